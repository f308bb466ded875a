"""An invitation that calendars enter by themselves is somebody else's than the sender's, or leads to strangers.

The entry stays in the calendar when the mail is long in the junk folder, and its links are opened from there.

Features: `links` (hosts in the invitation other than the sender's, the organiser's and those of well-known meetings, at
most 10), `other_organizer` (the organiser belongs to another organisation than the sender).

Standards: RFC 5545 §3.1 (folded lines), §3.8.4.3 (ORGANIZER).
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.links import find_text_links
from gatepost.message.message import Link, Message, Part
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote
from gatepost.screen.unwrap import unwrap

MAX_CALENDARS = 5
MAX_CHARS = 100_000
MAX_LINKS = 200
MAX_COUNTED = 10

ORGANIZER = Kind(
    "calendar_invite.organizer", Severity.ODD, 1.0, "The organiser of an invitation is somebody else than the sender."
)
LINK = Kind(
    "calendar_invite.link",
    Severity.ODD,
    1.0,
    "An invitation leads to others than its sender, its organiser or a meeting.",
)
KINDS: tuple[Kind, ...] = (ORGANIZER, LINK)

_TYPES = frozenset({"text/calendar", "application/ics"})
_FOLD = re.compile(r"\r?\n[ \t]")
_ORGANIZER = re.compile(r"^ORGANIZER[^\r\n]{0,500}?mailto:([^\s;\"<>]{3,320})", re.IGNORECASE | re.MULTILINE)
_SAID = re.compile(
    r"^(?:DESCRIPTION|LOCATION|SUMMARY|URL|X-ALT-DESC|CONFERENCE|ATTACH)[;:](.*)$", re.IGNORECASE | re.MULTILINE
)
_MEETING_NAMES = (
    "zoom.us zoom.com microsoft.com teams.live.com google.com goo.gl webex.com gotomeeting.com goto.com whereby.com"
    " meet.jit.si bluejeans.com calendly.com doodle.com tencent.com voovmeeting.com dingtalk.com feishu.cn"
    " larksuite.com zhumu.com skype.com chime.aws aka.ms"
)
_MEETINGS = frozenset(_MEETING_NAMES.split())


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare each invitation with the sender."""
    sender = case.message.from_[0].domain if case.message.from_ else ""
    for part in islice(_find_calendars(case.message), MAX_CALENDARS):
        text = _FOLD.sub("", part.text[:MAX_CHARS] or part.content[:MAX_CHARS].decode("utf-8", "replace"))
        match = _ORGANIZER.search(text)
        organizer = match[1].rpartition("@")[2].lower().rstrip(".") if match else ""
        if organizer and sender and not kit.tables.is_same_organisation(organizer, sender):
            yield Feature("calendar_invite.other_organizer", 1.0)
            yield ORGANIZER.seen(
                point_at_part(part, match[1] if match else ""),
                says=f"The invitation comes from {quote(sender)}, but its organiser is at {quote(organizer)}.",
                says_zh=f"邀请由 {quote(sender)} 发出，但组织者属于 {quote(organizer)}。",
            )
        yield from _examine_links(part, text, {sender, organizer} - {""}, kit)


def _find_calendars(message: Message) -> Iterator[Part]:
    return (
        part
        for part in message.walk()
        if not part.children and (part.content_type in _TYPES or part.filename.lower().endswith(".ics"))
    )


def _examine_links(part: Part, text: str, known: set[str], kit: Kit) -> Iterator[Finding | Feature]:
    said = " ".join(_SAID.findall(text)).replace("\\n", " ").replace("\\N", " ").replace("\\,", ",")
    hosts = {_find_end(link): link for link in islice(find_text_links(said, part.locator), MAX_LINKS)}
    strange = [
        host
        for host in hosts
        if not kit.tables.is_listed(host, _MEETINGS)
        and not any(kit.tables.is_same_organisation(host, one) for one in known)
    ]
    if strange:
        yield Feature("calendar_invite.links", min(MAX_COUNTED, len(strange)))
        yield LINK.seen(
            point_at_part(part, hosts[strange[0]].target),
            says=f"The invitation puts a link to {quote(strange[0])} into your calendar.",
            says_zh=f"该邀请会把指向 {quote(strange[0])} 的链接写入你的日历。",
        )


def _find_end(link: Link) -> str:
    """Give the host at which a link ends, behind click counters and mail gateways."""
    hops = unwrap(link.target, link.target_host)
    return hops[-1].host if hops else link.target_host
