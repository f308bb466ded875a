"""The mail speaks of a well-known organisation first, but neither comes from it nor leads to it.

Newsletters and friends also write about organisations, so this weighs only together with other signs.
"""

from collections.abc import Iterator

from gatepost.message.message import Message
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_links import read_file_links
from gatepost.screen.kind import Kind
from gatepost.screen.lookalike import find_shown_brand
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import point_at
from gatepost.screen.tables import Brand

OPENING_CHARS = 300

SUBJECT = Kind(
    "borrowed_brand.subject",
    Severity.SUSPECT,
    1.5,
    "The subject names a well-known organisation; sender and links belong to others.",
)
OPENING = Kind(
    "borrowed_brand.opening",
    Severity.ODD,
    1.0,
    "The first lines name a well-known organisation; sender and links belong to others.",
)
KINDS: tuple[Kind, ...] = (SUBJECT, OPENING)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare the organisations that are named with those that are behind the mail."""
    message = case.message
    hosts = {_find_end(one, kit) for one in read_opened(message) or read_file_links(case)} - {""}
    if not hosts:
        return
    subject = find_shown_brand(kit.tables, message.subject)
    opening = kit.tables.find_brand(message.text[:OPENING_CHARS])
    if subject is None and opening is None:
        return
    owners = _find_owners(hosts | {mailbox.domain for mailbox in message.from_}, kit)
    for kind, brand in ((SUBJECT, subject), (OPENING, opening)):
        if brand and brand.name not in owners:
            yield _describe(kind, brand, _point_at_name(kind, message))


def _point_at_name(kind: Kind, message: Message) -> Evidence:
    header = next(iter(message.all_headers("subject")), None)
    if kind is SUBJECT:
        return point_at(message.subject, header.span if header else None)
    return point_at(message.text[:OPENING_CHARS])


def _find_end(one: Opened, kit: Kit) -> str:
    """Give the host that answers for a link: behind a known redirect the one that it leads to, else the first.

    Anybody may append `?u=https://bank.example` to a page of his own.
    """
    first = one.link.target_host
    return one.host if kit.tables.is_listed(first, kit.tables.redirectors) else first


def _find_owners(hosts: set[str], kit: Kit) -> set[str]:
    tables = kit.tables
    return {owner for host in hosts for owner in tables.find_owners(tables.find_registrable_domain(host))}


def _describe(kind: Kind, brand: Brand, evidence: Evidence) -> Finding:
    return kind.seen(
        evidence,
        says=f"The mail speaks of {brand.name}, but neither its sender nor its links belong to {brand.name}.",
        says_zh=f"邮件提到“{brand.name_zh}”，但发件人和链接都与其无关。",
    )
