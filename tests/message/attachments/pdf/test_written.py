"""Text is put together as it is placed."""

import pytest

from gatepost.message.attachments.pdf.fonts import NO_WIDTHS, PLAIN_FONT, Font, Widths
from gatepost.message.attachments.pdf.written import read_written


class Courier:
    """Fonts of one width."""

    def read(self, _name: bytes) -> Font:
        return PLAIN_FONT

    def measure(self, name: bytes) -> Widths:
        return NO_WIDTHS if name == b"unknown" else Widths(others=0.5)


@pytest.mark.parametrize(
    ("drawing", "text"),
    [
        (b"BT /F 10 Tf (ab) Tj (cd) Tj ET", "abcd"),
        (b"BT /F 10 Tf (ab) Tj 10 0 Td (cd) Tj ET", "abcd"),
        (b"BT /F 10 Tf (ab) Tj 13 0 Td (cd) Tj ET", "ab cd"),
        (b"BT /F 10 Tf (ab) Tj 60 0 Td (cd) Tj ET", "ab\ncd"),
        (b"BT /F 10 Tf (ab) Tj 0 -12 Td (cd) Tj ET", "ab\ncd"),
        (b"BT /F 10 Tf 12 TL (ab) Tj T* (cd) Tj ET", "ab\ncd"),
        (b"BT /F 10 Tf [(ab) -300 (cd) 40 (ef)] TJ ET", "ab cdef"),
        (b"BT /F 10 Tf 2 Tc (ab) Tj 14 0 Td (cd) Tj ET", "abcd"),
        (b"BT /F 10 Tf 5 Tw (a b) Tj 20 0 Td (cd) Tj ET", "a bcd"),
        (b"BT /F 10 Tf 200 Tz (ab) Tj 20 0 Td (cd) Tj ET", "abcd"),
        (b"q 2 0 0 2 0 0 cm BT /F 10 Tf (ab) Tj ET Q BT /F 10 Tf 20 0 Td (cd) Tj ET", "abcd"),
        (b"BT /F 10 Tf q /F 99 Tf Q (ab) Tj 10 0 Td (cd) Tj ET", "abcd"),
        (b"BT /unknown 10 Tf (ab) Tj 10 0 Td (cd) Tj ET", "ab\ncd"),
        (b"BT /F 0 Tf (ab) Tj 10 0 Td (cd) Tj ET", "ab\ncd"),
        (b"1 cm Q Td Tm TL Tf (ab) Tj", "ab"),
        (b"BT /F 10 Tf (a\x0cb) Tj ET", "afib"),
    ],
)
def test_what_stands_together_is_a_word(drawing: bytes, text: str) -> None:
    assert read_written(drawing, Courier()).strip() == text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", [b")\\((", b"(\\", b"(()\\x", b"(()", b"(a\\)"])
def test_strings_without_an_end_take_no_time(unit: bytes) -> None:
    assert read_written(unit * (400_000 // len(unit)) + b" BT (End) Tj ET", Courier()).endswith("End")
