"""What codes say in each kind of font, and how wide they are."""

import time
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from gatepost.message.attachments.pdf.fonts import (
    NO_WIDTHS,
    PLAIN_FONT,
    UNKNOWN_SIGN,
    Font,
    Widths,
    read_font,
    read_widths,
)


def composite(**keys: Any) -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type0, **keys)


def read_with_table(table: str, make: Callable[..., Dictionary] = composite) -> Font:
    pdf = pikepdf.new()
    return read_font(make(ToUnicode=pdf.make_stream(table.encode())))


@pytest.mark.parametrize(
    ("table", "shown", "text"),
    [
        ("1 beginbfchar <0003> <0061> endbfchar", b"\0\x03", "a"),
        ("1 beginbfrange <0003> <0005> <0061> endbfrange", b"\0\x03\0\x04\0\x05", "abc"),
        ("1 beginbfrange\n<0003><0004>[<0061> <0062>]\nendbfrange", b"\0\x03\0\x04", "ab"),
        ("1 beginbfchar <0003> <00660069> endbfchar", b"\0\x03", "fi"),
        ("1 beginbfchar <0003> <FB01> endbfchar", b"\0\x03", "fi"),
        ("1 beginbfchar <0003> <0061> endbfchar", b"\0\x03\0\x04", f"a{UNKNOWN_SIGN}"),
        ("begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <03> <0061> endbfchar", b"\x03\x03", "aa"),
    ],
)
def test_a_table_tells_what_codes_say(table: str, shown: bytes, text: str) -> None:
    assert read_with_table(table).decode(shown) == text


def test_signs_have_names_in_a_simple_font() -> None:
    names = Array([1, Name.colon, Name.slash, 65, Name.period, Name.uni0077, Name("/g12"), Name.fi])
    font = read_font(Dictionary(Subtype=Name.Type1, Encoding=Dictionary(Differences=names)))
    assert font.decode(b"\x01\x02\x02ABCDE") == f"://.w{UNKNOWN_SIGN}fiE"


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UniGB-UCS2-H", "utf-16-be"), ("GBK-EUC-H", "gbk"), ("90ms-RKSJ-H", "cp932"), ("ETen-B5-H", "big5")],
)
def test_tables_with_names_are_known(name: str, codec: str) -> None:
    text = "登录 https://a.example"
    assert (
        read_font(composite(Encoding=Name(f"/{name}")))
        .decode(text.encode(codec, "ignore"))
        .endswith(" https://a.example")
    )


def test_numbers_of_shapes_without_a_table_say_nothing() -> None:
    assert read_font(composite(Encoding=Name("/Identity-H"))).decode(b"\0h\0t") == 2 * UNKNOWN_SIGN


def test_what_is_no_font_is_read_as_plain_text() -> None:
    assert read_font(None) is PLAIN_FONT
    assert PLAIN_FONT.decode(b"a\x93") == "a\u201c"


def test_widths_are_read_from_both_kinds_of_fonts() -> None:
    simple = Dictionary(Subtype=Name.TrueType, FirstChar=65, Widths=Array([500, 250]))
    inner = Dictionary(DW=1000, W=Array([3, Array([500, 250]), 7, 9, 300]))
    assert read_widths(simple, 1).measure(b"AAB") == 1.25
    assert read_widths(composite(DescendantFonts=Array([inner])), 2).measure(b"\0\x03\0\x04\0\x08\0\x63") == 2.05
    assert read_widths(Dictionary(Subtype=Name.Type1, BaseFont=Name.Courier), 1) == Widths(others=0.6)


@pytest.mark.parametrize("font", [None, Dictionary(Subtype=Name.Type1, BaseFont=Name.Helvetica), composite()])
def test_widths_that_are_not_told_are_not_known(font: Dictionary | None) -> None:
    assert read_widths(font, 1) is NO_WIDTHS
    assert NO_WIDTHS.measure(b"a") is None


def test_tables_without_end_take_no_time() -> None:
    start = time.process_time()
    read_with_table("1 beginbfrange " + "<0000> <FFFF> <0000> " * 8_000 + "endbfrange")
    read_widths(composite(DescendantFonts=Array([Dictionary(W=Array([0, 10**9, 5] * 3_000))])), 2)
    assert time.process_time() - start < 2
