"""The sender has never written to those who get this mail, which every deceiver and every new friend has in common.

So it says little by itself, and nothing where the recipients are not known long enough. Together with a name that the
reader knows from another address it says much: the name is all that most programs show. That holds, too, where the
sender has written before under another name. Not compared are names that
several correspondents share, names of departments, and names in which a well-known service writes.
"""

from collections.abc import Iterator

from gatepost.message.message import Mailbox
from gatepost.model.facts import History
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.acquaintance import (
    bears_a_known_name,
    is_address_of_ours,
    is_new,
    is_new_to_all_of_long_standing,
    is_new_to_the_domain,
    is_proven_service,
    took_a_known_name,
)
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

READER = Kind(
    "first_contact.reader",
    Severity.NOTE,
    0.0,
    "The sender has never written to the recipients, though somebody else in their domain knows the address.",
)
DOMAIN = Kind(
    "first_contact.domain",
    Severity.NOTE,
    0.2,
    "Nobody in the recipients' domain has had mail from this address before.",
)
NAME = Kind(
    "first_contact.known_name",
    Severity.SUSPECT,
    1.5,
    "The sender's name is that of somebody the recipient knows, but the address is strange, or bore another name.",
)
KINDS: tuple[Kind, ...] = (READER, DOMAIN, NAME)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look for the sender in the history of the recipients."""
    history = case.facts.history
    if history is None:
        return
    box = next((box for box in case.message.from_ if box.address), None)
    if box is None or (history.ways and is_address_of_ours(box.address, case)):
        return  # a colleague, and no forger
    evidence = point_at(f"{box.display_name} <{box.address}>", box.span)
    if not is_proven_service(box.domain, case, kit):
        yield from _compare_names(box, history, evidence)
    if is_new(history) and not history.answers_ours:
        yield from _tell_newness(history, evidence, quote(box.address))


def _compare_names(box: Mailbox, history: History, evidence: Evidence) -> Iterator[Finding]:
    name, address = quote(box.display_name), quote(box.address)
    if took_a_known_name(history):
        yield NAME.seen(
            evidence,
            says=f"You know “{name}” from another address; {address} used another name.",
            says_zh=f"您认识的“{name}”使用另一个地址；{address} 此前使用别的名称。",
        )
    elif bears_a_known_name(history) and not history.answers_ours:
        yield NAME.seen(
            evidence,
            says=f"You know “{name}” from another address; {address} is new to you.",
            says_zh=f"您认识的“{name}”使用另一个地址；{address} 从未给您写过信。",
        )


def _tell_newness(history: History, evidence: Evidence, address: str) -> Iterator[Finding]:
    if is_new_to_the_domain(history):
        yield DOMAIN.seen(
            evidence,
            says=f"Nobody here has had mail from {address} before.",
            says_zh=f"本单位此前从未收到过 {address} 的邮件。",
        )
    elif is_new_to_all_of_long_standing(history):
        yield READER.seen(
            evidence,
            says=f"{address} has not written to you before.",
            says_zh=f"{address} 此前从未给您写过信。",
        )
