"""Addresses in the text of pages are found as programs write them, and end where a reader sees them end."""

from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from built_files.pages import build_pdf, link
from gatepost.message.attachments.desk import Desk
from gatepost.message.attachments.openers import pdf as opener
from gatepost.message.attachments.pdf import texts
from gatepost.model.contents import LinkSource
from gatepost.model.file_kinds import FileKind
from opened_files import codes, links, open_alone

URL = "https://evil.example/login"


def write(content: str | bytes, *fonts: Dictionary) -> Callable[[pikepdf.Pdf], None]:
    """One page with this drawing; the fonts go by F1, F2 ..."""

    def change(pdf: pikepdf.Pdf) -> None:
        named = {f"/F{number}": pdf.make_indirect(font) for number, font in enumerate(fonts, 1)}
        pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(named))
        pdf.pages[0].obj.Contents = pdf.make_stream(content.encode() if isinstance(content, str) else content)

    return change


def read(content: str | bytes, *fonts: Dictionary) -> list[str]:
    return links(open_alone(opener, build_pdf(write(content, *fonts))), LinkSource.TEXT)


def simple(width: int = 500, **keys: Any) -> Dictionary:
    """A font of one byte, each sign of the same width."""
    return Dictionary(
        Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/AAAAAA+Arial"), Encoding=Name.WinAnsiEncoding,
        FirstChar=0, Widths=Array([width] * 256), **keys,
    )  # fmt: skip


@pytest.mark.parametrize(
    "drawing",
    [
        f"BT /F1 12 Tf 72 700 Td ({URL}) Tj ET",
        f"BT /F1 12 Tf 72 700 Td (Go to {URL}, please.) Tj ET",
        f"BT /F1 12 Tf 72 700 Td [({URL[:7]})-30({URL[7:12]})25({URL[12:]})] TJ ET",
        f"BT /F1 12 Tf 72 700 Td [(See)-333({URL})-333(now)] TJ ET",
        f"BT /F1 12 Tf 14 TL 72 700 Td (First) Tj T* ({URL}) Tj T* (Next) Tj ET",
        f"BT /F1 12 Tf 14 TL (First) Tj ({URL}) ' (Next) ' ET",
        f"BT /F1 12 Tf 14 TL (First) Tj 0 0 ({URL}) \" (Next) ' ET",
        f"BT /F1 12 Tf 72 700 Td (First) Tj 0 -14 TD ({URL}) Tj T* (Next) Tj ET",
        f"BT /F1 12 Tf <{URL.encode().hex()}> Tj ET",
        f"BT /F1 12 Tf <{URL.encode().hex(' ')}> Tj ET",
        r"BT /F1 12 Tf (https:\057\057evil.example\
/login) Tj ET",
        f"/Span <</MCID 0>> BDC q BT /F1 12 Tf ({URL}) Tj ET Q EMC",
        f"BI /W 1 /H 1 ID \x01(( EI BT /F1 12 Tf ({URL}) Tj ET",
        f"BT ({URL}) Tj ET",
    ],
)
def test_an_address_is_read_as_programs_write_it(drawing: str) -> None:
    assert read(drawing, simple()) == [URL]


def test_pieces_that_stand_together_are_one_address() -> None:
    """12 points and signs of half a size: 8 signs are 48 points wide."""
    moved = f"BT /F1 12 Tf 1 0 0 1 72 700 Tm ({URL[:8]}) Tj 1 0 0 1 120 700 Tm ({URL[8:]}) Tj ET"
    apart = f"q BT /F1 12 Tf 72 700 Td ({URL[:8]}) Tj ET Q q BT /F1 12 Tf 120 700 Td ({URL[8:]}) Tj ET Q"
    scaled = f"q .5 0 0 .5 0 0 cm BT /F1 24 Tf 144 1400 Td ({URL[:8]}) Tj 96 0 Td ({URL[8:]}) Tj ET Q"
    upright = f"BT /F1 12 Tf 0 1 -1 0 72 700 Tm ({URL[:8]}) Tj 0 1 -1 0 72 748 Tm ({URL[8:]}) Tj ET"
    letters = "BT /F1 12 Tf " + " ".join(
        f"1 0 0 1 {72 + 6 * number} 700 Tm ({sign}) Tj" for number, sign in enumerate(URL)
    )
    for drawing in (moved, apart, scaled, upright, letters):
        assert read(drawing, simple()) == [URL]


def test_words_that_stand_apart_are_not_joined() -> None:
    along = f"BT /F1 12 Tf 72 700 Td ({URL}) Tj {6 * len(URL) + 4} 0 Td (Click) Tj ET"
    below = f"BT /F1 12 Tf 72 700 Td ({URL}) Tj 0 -14 Td (Click) Tj ET"
    for drawing in (along, below):
        assert read(drawing, simple()) == [URL]
        assert read(drawing) == [URL]  # where nothing is known of the font


def test_a_subset_of_a_font_is_read_by_its_table() -> None:
    signs = sorted(set(URL))
    pairs = "\n".join(f"<{number:04X}> <{ord(sign):04X}>" for number, sign in enumerate(signs, 3))

    def change(pdf: pikepdf.Pdf) -> None:
        table = f"1 begincodespacerange <0000> <FFFF> endcodespacerange {len(signs)} beginbfchar\n{pairs}\nendbfchar"
        inner = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, W=Array([3, Array([500] * len(signs))]))
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type0, Encoding=Name("/Identity-H"), DescendantFonts=Array([inner]),
            ToUnicode=pdf.make_stream(table.encode()),
        )  # fmt: skip
        shown = [f"{signs.index(sign) + 3:04X}" for sign in URL]
        first, rest = "".join(shown[:8]), "".join(shown[8:])
        write(f"BT /F1 12 Tf 72 700 Td <{first}> Tj 48 0 Td <{rest}> Tj ET", font)(pdf)

    assert links(open_alone(opener, build_pdf(change)), LinkSource.TEXT) == [URL]


def test_what_annotations_and_called_drawings_show_is_read() -> None:
    def call(pdf: pikepdf.Pdf) -> None:
        inner = pikepdf.Stream(pdf, f"BT ({URL}) Tj ET".encode(), Dictionary(Subtype=Name.Form))
        outer = pikepdf.Stream(pdf, b"/B Do", Dictionary(Subtype=Name.Form))
        outer.Resources = Dictionary(XObject=Dictionary(B=pdf.make_indirect(inner)))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=pdf.make_indirect(outer)))

    def note(pdf: pikepdf.Pdf) -> None:
        look = pikepdf.Stream(pdf, f"BT ({URL}) Tj ET".encode(), Dictionary(Subtype=Name.Form))
        one = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, AP=Dictionary(N=pdf.make_indirect(look)))
        pdf.pages[0].obj.Annots = Array([one])

    for change in (call, note):
        assert links(open_alone(opener, build_pdf(change)), LinkSource.TEXT) == [URL]


def test_bare_names_are_addresses_only_before_a_path() -> None:
    assert read("BT (evil.com/login and www.evil.example) Tj ET") == [
        "http://www.evil.example",
        "http://evil.com/login",
    ]
    assert read("BT (woodwork.com and report.pdf/2 and 3.5/7 and and/or and a.setup/x) Tj ET") == []


def test_an_address_that_is_a_link_as_well_is_told_once() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        link(URL)(pdf)
        write(f"BT ({URL}) Tj ET")(pdf)

    opened = open_alone(opener, build_pdf(change))
    assert [(one.url, one.source) for one in opened.links] == [(URL, LinkSource.DOCUMENT)]


def test_every_page_is_searched() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for number in range(30):
            page = pdf.add_blank_page()
            page.Contents = pdf.make_stream(f"BT ({URL}/{number}) Tj ET".encode())

    assert len(links(open_alone(opener, build_pdf(change)), LinkSource.TEXT)) == 30


def test_a_password_that_stands_in_a_page_is_told() -> None:
    drawing = "BT /F1 12 Tf 12 TL 72 700 Td (Password:) Tj 60 0 Td (tulip-7) Tj T* (Click) Tj ET"
    desk = Desk({FileKind.PDF: (opener,)})
    desk.open("1", "a.pdf", build_pdf(write(drawing, simple())))
    assert desk.told.find_passwords()[0] == "tulip-7"


def test_more_text_than_is_searched_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"BT (" + b"a" * 2000 + b") Tj ET"
    assert "pdf.text_cut" not in codes(open_alone(opener, build_pdf(write(content))))
    monkeypatch.setattr(opener, "MAX_TEXT_BYTES", 1000)
    assert "pdf.text_cut" in codes(open_alone(opener, build_pdf(write(content))))


def test_more_fonts_than_are_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    content = f"BT /F1 12 Tf ({URL}) Tj /F2 12 Tf (a) Tj ET"
    assert "pdf.text_cut" not in codes(open_alone(opener, build_pdf(write(content, simple(), simple()))))
    monkeypatch.setattr(texts, "MAX_FONTS", 2)
    assert "pdf.text_cut" in codes(open_alone(opener, build_pdf(write(content, simple(), simple()))))


def test_the_text_of_a_file_that_the_library_cannot_read_is_searched() -> None:
    broken = b"%PDF-1.4\n" + b"1 0 obj\n<<>>\nstream\nBT (https://evil.example/login) Tj ET\nendstream\nendobj\n"
    assert links(open_alone(opener, broken), LinkSource.TEXT) == [URL]


@given(st.binary(max_size=300))
def test_any_bytes_are_read(content: bytes) -> None:
    open_alone(opener, build_pdf(write(b"BT /F1 1 Tf (http://a.example/) Tj " + content, simple())))


@pytest.mark.parametrize("odd", [String("x"), 7, Name.X, Array([1, String("y")]), Dictionary(A=1)])
def test_fonts_of_any_shape_do_no_harm(odd: object) -> None:
    for keys in ({"Subtype": Name.Type0, "DescendantFonts": odd}, {"Widths": odd, "Encoding": odd}):
        found = read(f"BT /F9 1 Tf ({URL}) Tj /F1 12 Tf ({URL}) Tj ET", Dictionary(**keys))  # type: ignore[arg-type]
        assert found[0].startswith(URL)


def test_an_address_that_goes_on_in_the_next_line_is_read_both_ways() -> None:
    drawing = "BT /F1 12 Tf 14 TL 72 700 Td (Sign in at https://evil.example/log) Tj T* (in?id=7 today, please.) Tj ET"
    assert read(drawing, simple()) == ["https://evil.example/log", "https://evil.example/login?id=7"]


def test_a_text_behind_an_address_is_none_of_it() -> None:
    drawing = "BT /F1 12 Tf 14 TL 72 700 Td (Our page is https://a.example/oak) Tj T* (Thank you.) Tj ET"
    assert read(drawing, simple()) == ["https://a.example/oak"]
