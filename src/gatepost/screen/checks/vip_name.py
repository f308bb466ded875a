"""The sender's name is that of one of our people (`[[screen.people]]`), but the address is not one of theirs.

"The director" who writes from a mailbox that anybody may open, and asks for a payment, is proven by that mailbox's
provider: so a proof of the address says nothing here, unless it is one of our own domain, or all recipients know it
under this very name: whoever made himself known under another one first has won nothing.
Order, titles, accents and look-alike letters make no difference (screen/people.py). Well-known services that write in
people's names (invitations, shared documents) are told and not held.
"""

from collections.abc import Iterator

from gatepost.message.message import Mailbox, Message
from gatepost.model.facts import History
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.proof import AuthResult
from gatepost.screen.acquaintance import is_address_of_ours, is_known_by_this_name, is_proven_service
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.people import Person, read_key
from gatepost.screen.quoting import point_at, quote

MAX_SENDERS = 20

STRANGER = Kind(
    "vip_name.stranger",
    Severity.DANGER,
    3.0,
    "The sender's name is that of one of our people, the address is not one of theirs.",
)
UNPROVEN = Kind(
    "vip_name.unproven",
    Severity.SUSPECT,
    2.0,
    "The sender's name and address are those of one of our people, but nothing proves it.",
)
SERVICE = Kind(
    "vip_name.service",
    Severity.NOTE,
    0.0,
    "A well-known service, proven as such, writes in the name of one of our people.",
)
KINDS: tuple[Kind, ...] = (STRANGER, UNPROVEN, SERVICE)

_NOTHING_PROVES = (AuthResult.FAIL, AuthResult.NONE)
_NOBODY_KNOWS = (AuthResult.UNKNOWN, AuthResult.TEMPERROR)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare each sender's name with those that are protected."""
    if not kit.people.by_name:
        return
    for name, box in _list_senders(case.message):
        if person := kit.people.find(name):
            yield from _examine_sender(name, box, person, case, kit)


def _list_senders(message: Message) -> Iterator[tuple[str, Mailbox]]:
    """Give each address with its name; names without an address go in front, for so programs show them."""
    names: list[str] = []
    for box in message.from_[:MAX_SENDERS]:
        names.append(box.display_name)
        if box.address:
            yield " ".join(names).strip(), box
            names.clear()


def _examine_sender(name: str, box: Mailbox, person: Person, case: Case, kit: Kit) -> Iterator[Finding]:
    evidence = point_at(f"{name} <{box.address}>", box.span)
    shown, address = quote(name), quote(box.address)
    if read_key(box.address) in person.addresses:
        if _is_unproven(case):
            yield UNPROVEN.seen(
                evidence,
                says=f"The mail says it is from {shown}, but nothing proves that {address} sent it.",
                says_zh=f"邮件自称来自{shown}，但没有任何依据证实它由 {address} 发出。",
            )
    elif is_proven_service(box.domain, case, kit):
        yield SERVICE.seen(
            evidence,
            says=f"{address} writes in the name of {shown}.",
            says_zh=f"{address} 以{shown}的名义发信。",
        )
    elif not _is_trusted(box, case):
        yield STRANGER.seen(
            evidence,
            says=f"The sender calls itself {shown}, but {address} is not an address of the one you know by that name.",
            says_zh=f"发件人自称{shown}，但 {address} 并非其本人的地址。",
        )


def _is_unproven(case: Case) -> bool:
    history, details = case.facts.history, case.proof.dmarc_details
    has_no_author = details is not None and not details.domain  # several senders, of whom none can be proven
    is_asked_in_vain = case.proof.dmarc in _NOTHING_PROVES or has_no_author
    return is_asked_in_vain and not case.proof.author_is_proven and not (history and history.ways)


def _is_trusted(box: Mailbox, case: Case) -> bool:
    """Say whether the address is proven as another one of our own domain, or known to all recipients by this name."""
    history: History | None = case.facts.history
    is_proven = case.proof.author_is_proven or bool(history and history.ways)
    # In our own network nobody is asked for a proof, and a scan asks nobody at all: unknown is no reason to hold.
    if is_address_of_ours(box.address, case) and (is_proven or case.proof.dmarc in _NOBODY_KNOWS):
        return True
    return bool(history and is_known_by_this_name(history))
