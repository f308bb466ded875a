"""Read what a multipart/report says.

Standards: RFC 6522 §3 (multipart/report), RFC 3464 §2 (delivery status), RFC 8098 §3 (disposition notification),
RFC 5965 §3 (feedback report).
Trust: anyone can write a report; it proves nothing.
Fails: never; broken reports give what they say.
"""

import re
from collections.abc import Iterator

from gatepost.message.encoded_words import decode_value
from gatepost.message.headers import split_headers
from gatepost.message.pieces import DeliveryReport, RecipientReport
from gatepost.message.source import Source

MAX_REPORTED_RECIPIENTS = 1_000

REPORT_TYPES = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
    }
)
_BLANK_LINES = re.compile(rb"\r?\n[ \t\r]*\n")
_NEW_GROUP = frozenset({"final-recipient", "original-recipient"})  # where a sender forgot the blank line
_BRACKETED = re.compile(r"<([^<>]*)>")


def read_report(report_type: str, status: bytes, returned_message_id: str) -> DeliveryReport:
    """Read the machine-readable part of a report; `status` is its content."""
    general: dict[str, str] = {}
    recipients: list[RecipientReport] = []
    for group in _find_groups(status):
        if _NEW_GROUP & group.keys() and len(recipients) < MAX_REPORTED_RECIPIENTS:
            recipients.append(_build_recipient(group))
        general = group | general
    return DeliveryReport(
        report_type=report_type,
        reporting_mta=_strip_type(general.get("reporting-mta") or general.get("reporting-ua", "")),
        recipients=tuple(recipients),
        returned_message_id=returned_message_id or find_message_id(general.get("original-message-id", "")),
    )


def find_message_id(text: str) -> str:
    """Give what stands in angle brackets, or all of it where there are none."""
    match = _BRACKETED.search(text)
    return (match[1] if match else text).strip()


def _find_groups(status: bytes) -> Iterator[dict[str, str]]:
    """Give the groups of fields; a recipient's field where one was named already begins a new group."""
    for block in _BLANK_LINES.split(status.strip()):
        group: dict[str, str] = {}
        for header in split_headers(Source(block, block), 0, len(block))[0]:
            is_next = header.name in group or not _NEW_GROUP & group.keys()
            if header.name in _NEW_GROUP and group and is_next:
                yield group
                group = {}
            group.setdefault(header.name, decode_value(header.value))
        yield group


def _build_recipient(group: dict[str, str]) -> RecipientReport:
    return RecipientReport(
        final_recipient=_strip_type(group.get("final-recipient", "")),
        original_recipient=_strip_type(group.get("original-recipient", "")),
        action=(group.get("action") or group.get("disposition", "")).partition(" ")[0].lower(),
        status=group.get("status", "").partition(" ")[0],
        diagnostic=_strip_type(group.get("diagnostic-code", "")),
    )


def _strip_type(value: str) -> str:
    """Leave off the type before the semicolon: `rfc822; a@b`, `smtp; 550 ...`, `dns; mx.example`."""
    return value.partition(";")[2].strip() if ";" in value else value.strip()
