"""The Message-ID is not of the form that every mail program writes.

What stands in it otherwise (a strange domain, `localhost`, an address with an @ of its own) says little: many honest
servers name themselves badly.

Standards: RFC 5322 §3.6.4, §4.5.4 (obsolete forms), RFC 6532 §3.2 (letters of all scripts).
"""

import re
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

MAX_VALUE_BYTES = 4_096

BROKEN = Kind("message_id_shape.broken", Severity.ODD, 1.5, "The Message-ID is not of the form <name@host>.")
KINDS: tuple[Kind, ...] = (BROKEN,)

_COMMENT = re.compile(rb"\([^()]*+\)")
_USUAL = re.compile(rb"\s*<\s*(?:\"[^\"\r\n]*+\"|[^<>\s]+)@(?:\[[^\[\]\s]*+\]|[^<>@\s]++)\s*>\s*")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at the first Message-ID; that there is none, `missing_essentials` says."""
    header = next(iter(case.message.all_headers("message-id")), None)
    if header is None or not header.value.strip():
        return
    value = header.value[:MAX_VALUE_BYTES]
    if not _USUAL.fullmatch(value) and not _USUAL.fullmatch(_COMMENT.sub(b" ", value)):
        yield BROKEN.seen(
            point_at(value.decode("utf-8", "replace"), header.span),
            says="The mail's number (Message-ID) is not of the form that mail programs write.",
            says_zh="邮件编号（Message-ID）不符合邮件程序的书写格式。",
        )
