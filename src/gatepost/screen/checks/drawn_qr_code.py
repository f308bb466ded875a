"""A QR code is drawn from cells of a table or from block characters, where no filter for pictures finds it.

The code leads a telephone past all that guards links on a computer. Where it leads is judged by qr_code and by the
checks of links, if the code can be read. Codes in pictures are another matter.

Feature: `drawn_qr_code.count` (parts with such a drawing).
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.drawn_codes import read_drawn_codes
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at

DRAWN = Kind("drawn_qr_code.found", Severity.SUSPECT, 3.0, "A QR code is drawn without a picture.")
KINDS: tuple[Kind, ...] = (DRAWN,)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at the text parts as they stand."""
    if found := read_drawn_codes(case.message):
        yield Feature("drawn_qr_code.count", len(found))
        yield DRAWN.seen(
            point_at(found[0].text or "QR", found[0].part.body_span),
            says="The mail draws a QR code from letters or table cells, which hides where it leads.",
            says_zh="邮件用字符或表格拼出二维码，以隐藏其指向的网址。",
        )
