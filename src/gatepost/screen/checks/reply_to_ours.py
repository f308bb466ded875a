"""The mail answers one that our people wrote: it names that mail, and comes from one to whom it was sent.

The name of a mail (Message-ID) is known to those who got it, and to whoever they passed it on to; so it counts only
together with the proven address that our mail went to, and only where all who get the answer had a part in our mail:
otherwise whoever makes a program of ours write to him (a form's thanks) could answer that to everybody here.

Standards: RFC 5322 §3.6.4 (In-Reply-To, References).
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

ANSWER = Kind(
    "reply_to_ours.proven",
    Severity.NOTE,
    -1.5,
    "The mail answers one that our people sent to this very address, and its sender is proven.",
)
KINDS: tuple[Kind, ...] = (ANSWER,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look whether the mail that is answered is one of ours."""
    history = case.facts.history
    if history is None:
        return
    box = next((box for box in case.message.from_ if box.address), None)
    if box is None or not (history.answers_ours and history.ways):
        return
    headers = (*case.message.all_headers("in-reply-to"), *case.message.all_headers("references"))
    yield ANSWER.seen(
        *(point_at(header.value.decode("utf-8", "replace"), header.span) for header in headers[:1]),
        says=f"{quote(box.address)} answers a mail that was sent from here.",
        says_zh=f"{quote(box.address)} 回复的是由本单位发出的邮件。",
    )
