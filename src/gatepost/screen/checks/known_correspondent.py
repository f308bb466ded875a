"""The recipients know the sender: mail from this address, proven in the same way, has come to them for some time.

It counts for a mail, and not for much: mailboxes of honest people are broken into, and a patient deceiver makes himself
known first. A mail that is not proven has no share in it; where the sender always proved itself before, that is odd.
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.proof import AuthResult
from gatepost.screen.acquaintance import always_proved_itself, is_known
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

PROVEN = Kind(
    "known_correspondent.proven",
    Severity.NOTE,
    -1.0,
    "The recipients know the sender, and this mail is proven in the same way as the former ones.",
)
OTHERWISE = Kind(
    "known_correspondent.unproven",
    Severity.ODD,
    0.5,
    "The recipients know the sender by mail that was always proven, and this mail is not.",
)
KINDS: tuple[Kind, ...] = (PROVEN, OTHERWISE)

_ASKED_IN_VAIN = (AuthResult.FAIL, AuthResult.NONE)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Hold the mail against the history with its sender."""
    history = case.facts.history
    if history is None:
        return
    box = next((box for box in case.message.from_ if box.address), None)
    if box is None:
        return
    address = quote(box.address)
    evidence = point_at(f"{box.display_name} <{box.address}>", box.span)
    if is_known(history):
        yield PROVEN.seen(
            evidence,
            says=f"You know {address}, and this mail is proven in the same way as before.",
            says_zh=f"您与 {address} 早有往来，且该邮件以同样的方式得到证实。",
        )
    elif not history.ways and case.proof.dmarc in _ASKED_IN_VAIN and always_proved_itself(history):
        yield OTHERWISE.seen(
            evidence,
            says=f"Mail from {address} to you has always been proven; nothing proves this one.",
            says_zh=f"{address} 以往给您的邮件都得到证实，而该邮件未得到任何证实。",
        )
