"""The domain of a sender or a link is made to be taken for another: ours, an often-imitated one, or a partner's.

Compared is what a reader sees: letters of other scripts, digits for letters, `rn` for `m`; one letter changed, added,
left out or swapped; words of service added (`-secure`, `login-`); another ending.

Standards: UTS 39 §4 (skeletons).
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.message import Mailbox
from gatepost.model.address import Domain
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_links import read_file_hosts
from gatepost.screen.kind import Kind
from gatepost.screen.lookalike import Likeness, compare, compare_letters, learn_names
from gatepost.screen.opened import Opened, read_hosts
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.remember import remember
from gatepost.screen.tables import Tables

MAX_SENDERS = 5  # of each header
MAX_REMEMBERED = 4096
MAX_OWN_DOMAINS = 200  # each link is compared with each of them
MAX_HOSTS = 200
MAX_TALKED = 50
MAX_TEXT_CHARS = 50_000
MIN_TALKED_CHARS = 6
MAX_TALKED_DIFFERENCE = 2  # in letters: `rn` for `m`, twice

OWN_SENDER = Kind(
    "lookalike_domain.own_sender",
    Severity.DANGER,
    3.0,
    "The sender's domain is one of ours with look-alike letters or one letter changed.",
)
OWN_NEAR = Kind(
    "lookalike_domain.own_near",
    Severity.SUSPECT,
    2.0,
    "The sender's domain is one of ours with words added or with another ending.",
)
OWN_LINK = Kind(
    "lookalike_domain.own_link",
    Severity.SUSPECT,
    2.5,
    "A link opens a domain that is made to be taken for one of ours.",
)
BRAND_LETTERS = Kind(
    "lookalike_domain.brand_letters",
    Severity.DANGER,
    3.0,
    "The domain of the sender or of a link is that of a well-known organisation in look-alike letters.",
)
BRAND_TYPO = Kind(
    "lookalike_domain.brand_typo",
    Severity.SUSPECT,
    3.0,
    "The domain of the sender or of a link is that of a well-known organisation with one letter changed.",
)
BRAND_SENDER = Kind(
    "lookalike_domain.brand_sender",
    Severity.SUSPECT,
    3.0,
    "The sender's domain holds the name of a well-known organisation to which it does not belong.",
)
BRAND_LINK = Kind(
    "lookalike_domain.brand_link",
    Severity.SUSPECT,
    2.0,
    "A link opens a domain made of a well-known organisation's name and words of service.",
)
PARTNER = Kind(
    "lookalike_domain.partner",
    Severity.ODD,
    1.0,
    "The sender's domain resembles one that the mail names, as of somebody who breaks into a conversation.",
)
KINDS: tuple[Kind, ...] = (
    *(OWN_SENDER, OWN_NEAR, OWN_LINK, BRAND_LETTERS),
    *(BRAND_TYPO, BRAND_SENDER, BRAND_LINK, PARTNER),
)

_CLOSE = frozenset({Likeness.LETTERS, Likeness.TYPO})
_BRAND_KINDS = {Likeness.LETTERS: BRAND_LETTERS, Likeness.TYPO: BRAND_TYPO}
_HOW = {
    Likeness.LETTERS: ("written with look-alike letters", "使用了形近字符"),
    Likeness.TYPO: ("with a letter changed", "改动了个别字母"),
    Likeness.ADDED: ("with words added", "添加了其他词语"),
    Likeness.SUFFIX: ("with another ending", "更换了后缀"),
}
_DIGITS = "0123456789"
_ADDRESS = re.compile(r"@(?<=[\w.+-]@)((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})\b", re.IGNORECASE)

_Senders = dict[str, Mailbox]  # by registrable domain
_Links = dict[str, tuple[str, Opened]]  # by registrable domain, each with a host below it


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare senders and links with what they may be taken for."""
    senders = _list_senders(case, kit)
    links = _list_links(case, kit)
    found = [*_compare_with_own(senders, links, case, kit), *_compare_with_brands(senders, links, kit)]
    found = found or _compare_with_partners(senders, links, case, kit)
    close_count = sum([is_close for _, is_close in found])
    yield Feature("lookalike_domain.close", close_count)
    yield Feature("lookalike_domain.near", len(found) - close_count)
    for finding, _ in (*found, *_compare_files(senders, links, case, kit)):
        yield finding


def _compare_files(senders: _Senders, links: _Links, case: Case, kit: Kit) -> list[tuple[Finding, bool]]:
    """Compare the links that stand in files; they are measured by no feature."""
    in_files = _group_links(read_file_hosts(case), kit)
    others = {domain: place for domain, place in in_files.items() if domain not in links and domain not in senders}
    return [*_compare_with_own({}, others, case, kit), *_compare_with_brands({}, others, kit)] if others else []


def _list_senders(case: Case, kit: Kit) -> _Senders:
    """Give the domains that answer for the mail."""
    message = case.message
    boxes = (*message.from_[:MAX_SENDERS], *message.reply_to[:MAX_SENDERS], *message.sender[:MAX_SENDERS])
    seen = {host: box for box in reversed(boxes) if (host := box.domain)}
    return {kit.tables.find_registrable_domain(host): box for host, box in seen.items()}


def _list_links(case: Case, kit: Kit) -> _Links:
    """Give the registrable domains of links, each with a host below it."""
    return _group_links(read_hosts(case.message), kit)


def _group_links(opened: dict[str, Opened], kit: Kit) -> _Links:
    hosts = [host for host in reversed(opened) if "." in host][:MAX_HOSTS]
    return {kit.tables.find_registrable_domain(host): (host, opened[host]) for host in hosts}


@remember(MAX_REMEMBERED)
def _read_label(domain: str) -> str:
    label = domain.partition(".")[0]
    return Domain(label).unicode if label.startswith("xn--") else label


def _compare_with_own(senders: _Senders, links: _Links, case: Case, kit: Kit) -> Iterator[tuple[Finding, bool]]:
    if not case.own_domains and not case.envelope.recipients:
        return
    recipients = (recipient.domain for recipient in case.envelope.recipients)
    own = {
        kit.tables.find_registrable_domain(domain.name)
        for domain in islice((*case.own_domains, *recipients), MAX_OWN_DOMAINS)
        if not domain.is_literal
    }
    own = {domain for domain in own if domain not in kit.tables.free_mail and not kit.tables.find_owners(domain)}
    for domain, sender in senders.items() if own else ():
        if (alike := _find_alike(domain, own)) is not None:
            kind = OWN_SENDER if alike[1] in _CLOSE else OWN_NEAR
            yield _describe(kind, sender, domain, *alike), alike[1] in _CLOSE
    for domain, (_, link) in links.items() if own else ():
        if (alike := _find_alike(domain, own)) is not None and alike[1] is not Likeness.SUFFIX:
            yield _describe(OWN_LINK, link, domain, *alike), alike[1] in _CLOSE


def _find_alike(domain: str, own: set[str]) -> tuple[str, Likeness] | None:
    if domain in own:
        return None
    label = _read_label(domain)
    found = ((ours, compare(label, _read_label(ours))) for ours in sorted(own))
    alike = {likeness: ours for ours, likeness in found if likeness is not None}
    return next(((alike[likeness], likeness) for likeness in Likeness if likeness in alike), None)


def _compare_with_brands(senders: _Senders, links: _Links, kit: Kit) -> Iterator[tuple[Finding, bool]]:
    tables = kit.tables
    for domain, sender in senders.items():
        if (seen := _find_brand(domain, tables)) is not None:
            kind = _BRAND_KINDS.get(seen[1], BRAND_SENDER)
            yield _describe(kind, sender, domain, *seen), seen[1] in _CLOSE
    for domain, (host, link) in links.items():
        seen = _find_brand(domain, tables) or _find_brand_below(host, domain, tables)
        if seen is not None and seen[1] in _CLOSE:
            yield _describe(_BRAND_KINDS[seen[1]], link, host, *seen), True
        elif seen is not None and not tables.find_borrowed_brand(domain):  # that is told by url_tricks
            yield _describe(BRAND_LINK, link, host, *seen), False


@remember(MAX_REMEMBERED)
def _find_brand(domain: str, tables: Tables) -> tuple[str, Likeness] | None:
    known = learn_names(tables)
    found = None if tables.find_owners(domain) else known.imitations.find(_read_label(domain))
    return None if found is None else (known.brands[found.of].name, found.likeness)


@remember(MAX_REMEMBERED)
def _find_brand_below(host: str, domain: str, tables: Tables) -> tuple[str, Likeness] | None:
    """Look at the labels in front of the registered domain: `paypa1.evil.example`."""
    known = learn_names(tables)
    for label in host.removesuffix(domain).split(".")[:-1][-4:]:
        if found := known.imitations.find_alike(_read_label(label)):
            return known.brands[found.of].name, found.likeness
    return None


def _compare_with_partners(senders: _Senders, links: _Links, case: Case, kit: Kit) -> list[tuple[Finding, bool]]:
    compared = [domain for domain in senders if len(_read_label(domain)) >= MIN_TALKED_CHARS]
    if not compared:
        return []
    message = case.message
    boxes = (*message.to[:MAX_SENDERS], *message.cc[:MAX_SENDERS])
    named = {box.domain for box in boxes} | _find_domains(message.text)
    talked = {kit.tables.find_registrable_domain(host) for host in named if "." in host} | set(
        islice(links, MAX_TALKED)
    )
    others = sorted(talked - senders.keys())
    return [
        (_describe(PARTNER, senders[domain], domain, *alike), True)
        for domain in compared
        if (alike := _find_partner(domain, others, kit.tables))
    ]


def _find_partner(domain: str, others: list[str], tables: Tables) -> tuple[str, Likeness] | None:
    """Give the first of other domains that a sender's resembles."""
    label = _read_label(domain)
    for other in others:
        likeness = _resemble(label, _read_label(other))
        if likeness and not tables.is_same_organisation(domain, other):
            return other, likeness
    return None


def _resemble(label: str, name: str) -> Likeness | None:
    """Compare the names of two strangers; `woodwork` and `woodwork2` are often one firm's."""
    if min(len(name), len(label)) < MIN_TALKED_CHARS or abs(len(name) - len(label)) > MAX_TALKED_DIFFERENCE:
        return None
    return None if label.rstrip(_DIGITS) == name.rstrip(_DIGITS) else compare_letters(label, name)


def _find_domains(text: str) -> set[str]:
    """Give the domains of the mail addresses that stand in a text."""
    if "@" not in text:
        return set()
    return {match[1].lower() for match in islice(_ADDRESS.finditer(text, 0, MAX_TEXT_CHARS), MAX_TALKED)}


def _describe(kind: Kind, place: Mailbox | Opened, domain: str, of: str, likeness: Likeness) -> Finding:
    shown, name = quote(Domain(domain).unicode), quote(of)
    how, how_zh = _HOW[likeness]
    if isinstance(place, Opened):
        evidence, who, who_zh = place.evidence, "A link opens", "链接打开"
    else:
        evidence, who, who_zh = point_at(place.address, place.span), "The sender writes from", "发件人使用"
    return kind.seen(
        evidence,
        says=f"{who} {shown}, which is easily taken for {name}: {how}.",
        says_zh=f"{who_zh} {shown}，容易被误认为 {name}：{how_zh}。",
    )
