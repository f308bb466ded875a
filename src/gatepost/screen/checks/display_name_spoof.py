"""The sender's name claims to be somebody else than the address behind it.

Most mail programs show the name and hide the address.
"""

import re
from collections.abc import Iterator

from gatepost.message.message import Mailbox
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.lookalike import find_shown_brand
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.tables import fold_name

MAX_SENDERS = 20

OWN = Kind(
    "display_name_spoof.own_domain",
    Severity.DANGER,
    3.0,
    "The sender's name holds a domain of ours, the address is a stranger's.",
)
ADDRESS = Kind(
    "display_name_spoof.address",
    Severity.SUSPECT,
    2.0,
    "The sender's name is a mail address of another organisation than the real address.",
)
BRAND = Kind(
    "display_name_spoof.brand",
    Severity.SUSPECT,
    3.0,
    "The sender's name is that of a well-known organisation, the address is not one of its own.",
)
DOMAIN = Kind(
    "display_name_spoof.domain",
    Severity.ODD,
    0.9,
    "The sender's name holds the domain of another organisation than the address.",
)
KINDS: tuple[Kind, ...] = (OWN, ADDRESS, BRAND, DOMAIN)

_ADDRESS = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[\w-]{2,63})")
_DOMAIN = re.compile(r"(?<![\w.@-])((?:[a-z0-9-]{2,63}\.)+[a-z]{2,24})(?![\w@-])")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare the name of each sender with its address."""
    for name, mailbox in _join_names(case.message.from_[:MAX_SENDERS]):
        if name and mailbox.domain:
            yield from _examine_sender(name, mailbox, case, kit)


def _join_names(mailboxes: tuple[Mailbox, ...]) -> Iterator[tuple[str, Mailbox]]:
    """Put names without an address in front of the next one: `Norton, Inc <a@b>` without quotes reads as two."""
    names: list[str] = []
    for mailbox in mailboxes:
        names.append(mailbox.display_name)
        if mailbox.address:
            yield " ".join(names).strip(), mailbox
            names.clear()


def _examine_sender(name: str, mailbox: Mailbox, case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    if (kind := _find_false_domain(name, mailbox.domain, case, kit)) is not None:
        shown, real = quote(name), quote(mailbox.address)
        yield kind.seen(
            _point_at(name, mailbox),
            says=f"The sender calls itself “{shown}”, but the address is {real}.",
            says_zh=f"发件人自称“{shown}”，但实际地址是 {real}。",
        )
    brand = find_shown_brand(kit.tables, name)
    if brand and brand.name not in kit.tables.find_owners(kit.tables.find_registrable_domain(mailbox.domain)):
        real = quote(mailbox.address)
        yield BRAND.seen(
            _point_at(name, mailbox),
            says=f"The sender's name says {brand.name}, but {real} is not an address of {brand.name}.",
            says_zh=f"发件人名称为“{brand.name_zh}”，但 {real} 并非其官方地址。",
        )


def _point_at(name: str, mailbox: Mailbox) -> Evidence:
    return point_at(f"{name} <{mailbox.address}>", mailbox.span)


def _find_false_domain(shown_name: str, real_domain: str, case: Case, kit: Kit) -> Kind | None:
    name = fold_name(shown_name)
    if "." not in name:
        return None
    address = _ADDRESS.search(name)
    claimed = [address[1]] if address else [match[1] for match in _DOMAIN.finditer(name)]
    false = [domain for domain in claimed if not kit.tables.is_same_organisation(domain, real_domain)]
    if not false:
        return None
    if any(domain.name in false for domain in case.own_domains):
        return OWN
    return ADDRESS if address else DOMAIN if kit.tables.has_public_suffix(false[0]) else None
