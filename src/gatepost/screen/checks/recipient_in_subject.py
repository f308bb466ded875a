"""The subject holds the recipient's mail address, or the part before the @, in place of a name.

Who knows only the address and not the person merges it into the text.
"""

import re
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_RECIPIENTS = 20
MIN_LOCAL_PART_CHARS = 5  # `info` and `sales` are words

ADDRESS = Kind("recipient_in_subject.address", Severity.SUSPECT, 2.5, "The subject holds the recipient's address.")
LOCAL_PART = Kind(
    "recipient_in_subject.local_part",
    Severity.ODD,
    1.5,
    "The subject holds the part of the recipient's address before the @.",
)
KINDS: tuple[Kind, ...] = (ADDRESS, LOCAL_PART)

_DIVIDED = re.compile(r"[\d._+-]")  # a local part of one word may be a common word or a name


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look for each recipient in the subject."""
    subject = case.message.subject.lower()
    header = next(iter(case.message.all_headers("subject")), None)
    named = [mailbox.address for mailbox in case.message.to[:MAX_RECIPIENTS]]
    for address in dict.fromkeys([*named, *map(str, case.envelope.recipients[:MAX_RECIPIENTS])]):
        if header and (kind := _find(address.lower(), subject)) is not None:
            yield kind.seen(
                point_at(case.message.subject, header.span),
                says=f"The subject addresses its reader as {quote(address)} instead of by name.",
                says_zh=f"主题以邮箱地址 {quote(address)} 称呼收件人，而不是姓名。",
            )


def _find(address: str, subject: str) -> Kind | None:
    local_part, at, _ = address.partition("@")
    if not at or local_part not in subject:
        return None
    if address in subject:
        return ADDRESS
    if len(local_part) < MIN_LOCAL_PART_CHARS or not _DIVIDED.search(local_part):
        return None
    return LOCAL_PART if re.search(rf"(?<![\w.]){re.escape(local_part)}(?![\w.])", subject) else None
