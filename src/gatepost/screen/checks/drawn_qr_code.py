"""A QR code is drawn from cells of a table or from block characters, where no filter for pictures finds it.

The code leads a telephone past all that guards links on a computer. Codes in pictures are another matter, and where
this one leads is not read.

Feature: `drawn_qr_code.count` (parts with such a drawing).
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.modules import draws_qr_code
from gatepost.screen.quoting import point_at

MAX_PARTS = 5
MAX_SOURCE_CHARS = 500_000

DRAWN = Kind("drawn_qr_code.found", Severity.SUSPECT, 3.0, "A QR code is drawn without a picture.")
KINDS: tuple[Kind, ...] = (DRAWN,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at the text parts as they stand."""
    parts = [*case.message.html_parts[:MAX_PARTS], *case.message.text_parts[:MAX_PARTS]]
    found = [part for part in parts if draws_qr_code(part.text[:MAX_SOURCE_CHARS], is_html=part.is_html)]
    if found:
        yield Feature("drawn_qr_code.count", len(found))
        yield DRAWN.seen(
            point_at("QR", found[0].body_span),
            says="The mail draws a QR code from letters or table cells, which hides where it leads.",
            says_zh="邮件用字符或表格拼出二维码，以隐藏其指向的网址。",
        )
