"""Answers go to somebody else than the sender.

A mailing list that puts its own address into From (because of DMARC) names the true author in Reply-To; then From
stands among the recipients, and nothing is wrong.
"""

from collections.abc import Iterator

from gatepost.message.message import Mailbox
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_RECIPIENTS = 1_000

FREE_MAIL = Kind(
    "reply_to_elsewhere.free_mail",
    Severity.ODD,
    2.5,
    "Answers go to a mailbox that anybody may open, which is not the sender's.",
)
OTHER = Kind("reply_to_elsewhere.other", Severity.NOTE, 0.3, "Answers go to another organisation than the sender's.")
KINDS: tuple[Kind, ...] = (FREE_MAIL, OTHER)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Compare Reply-To with From."""
    sender = next(iter(case.message.from_), None)
    answer = next(iter(case.message.reply_to), None)
    if sender is None or answer is None or not sender.domain or not answer.domain:
        return
    known = {mailbox.address.lower() for mailbox in (*case.message.to, *case.message.cc)[:MAX_RECIPIENTS]}
    if sender.address.lower() in known or answer.address.lower() == sender.address.lower():
        return
    if (kind := _compare(sender, answer, kit)) is not None:
        real, other = quote(sender.address), quote(answer.address)
        yield kind.seen(
            point_at(answer.address, answer.span),
            says=f"The mail comes from {real}, but an answer would go to {other}.",
            says_zh=f"邮件来自 {real}，但回复会发往 {other}。",
        )


def _compare(sender: Mailbox, answer: Mailbox, kit: Kit) -> Kind | None:
    if answer.domain in kit.tables.free_mail:
        return FREE_MAIL
    return None if kit.tables.is_same_organisation(sender.domain, answer.domain) else OTHER
