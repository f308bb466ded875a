"""The words of a link name one site, the link opens another.

Bulk mailers and mail gateways send links through hosts of their own to count clicks or to rewrite them; such a link
differs in the same way and is honest. It is told apart by the tables, by most links of the mail going through the same
host, by the shown site's URL standing last in the target, or by opening the sender's own site. The last two anybody
can arrange: they count only where the words do not name an organisation that is often imitated. Where the target can
be read out of the link, it is what counts: a gateway or a counter does not make a false link honest.
"""

from collections import Counter
from collections.abc import Iterator

from gatepost.message.message import Link, LinkKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.unwrap import MAX_HOPS, unwrap

MAX_LINKS = 2_000
MIN_WRAPPED_LINKS = 4  # so many links through one host make it a click counter ...
MIN_WRAPPED_SHARE = 0.6  # ... when they are this part of all links

HOST = Kind(
    "link_mismatch.host",
    Severity.DANGER,
    3.0,
    "The visible text of a link is the address of one organisation's site, the link opens another's.",
)
REDIRECTED = Kind(
    "link_mismatch.redirected",
    Severity.NOTE,
    0.0,
    "The visible text of a link names one site, the link opens a click counter, a mail gateway or the sender's site.",
)
KINDS: tuple[Kind, ...] = (HOST, REDIRECTED)

_FILE_ENDINGS = frozenset({"ai", "app", "cc", "inc", "md", "mov", "pl", "ps", "py", "rs", "sh", "so", "zip"})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare what each link shows with what it opens."""
    links = [link for link in case.message.links[:MAX_LINKS] if link.kind is LinkKind.ANCHOR and link.target_host]
    suspects = {
        (link.shown_host, link.target_host): link
        for link in links
        if _names_a_site(link, kit) and not _is_same_site(link.shown_host, link.target_host, kit)
    }
    yield Feature("link_mismatch.count", len(suspects))
    if not suspects:
        return
    counters = _find_click_counters(links)
    for link in suspects.values():
        kind = REDIRECTED if _is_redirect(link, counters, case, kit) else HOST
        shown, opened = quote(link.shown_host), quote(link.target_host)
        yield kind.seen(
            point_at(f"{link.shown} -> {link.target}", link.span),
            says=f"A link shows {shown} but opens {opened}.",
            says_zh=f"链接显示为 {shown}，实际打开的是 {opened}。",
        )


def _names_a_site(link: Link, kit: Kit) -> bool:
    """Say whether the visible text is meant as a site: `README.md` is not, though .md is a country."""
    if not link.shown_host or not kit.tables.has_public_suffix(link.shown_host):
        return False
    is_written_out = "/" in link.shown or link.shown.lower().startswith("www.")
    return is_written_out or link.shown_host.rpartition(".")[2] not in _FILE_ENDINGS


def _is_same_site(shown_host: str, opened_host: str, kit: Kit) -> bool:
    """Say whether both are one organisation's; `shop.co.za` for `shop.com` is, unless others like to pose as it."""
    tables = kit.tables
    if tables.is_same_organisation(shown_host, opened_host):
        return True
    shown, opened = map(tables.find_registrable_domain, (shown_host, opened_host))
    has_same_name = shown.partition(".")[0] == opened.partition(".")[0]
    return has_same_name and not tables.find_owners(shown) and not tables.is_cheap(opened)


def _find_click_counters(links: list[Link]) -> set[str]:
    """Give the host that most links of the mail go through."""
    counts = Counter(link.target_host for link in links)
    enough = max(MIN_WRAPPED_LINKS, MIN_WRAPPED_SHARE * len(links))
    return {host for host, count in counts.items() if count >= enough}


def _is_redirect(link: Link, counters: set[str], case: Case, kit: Kit) -> bool:
    tables = kit.tables
    hops = unwrap(link.target, link.target_host)
    is_read = 0 < len(hops) < MAX_HOPS and not any(hop.rivals for hop in hops)
    leads_there = is_read and _is_same_site(link.shown_host, hops[-1].host, kit)
    if link.target_host in counters or tables.is_listed(link.target_host, tables.redirectors):
        return leads_there or not hops
    if tables.find_owners(tables.find_registrable_domain(link.shown_host)):
        return False
    senders = [mailbox.domain for mailbox in case.message.from_]
    return leads_there or any(tables.is_same_organisation(link.target_host, sender) for sender in senders)
