"""What is read of each page, and that what many pages call is read once."""

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from gatepost.message.attachments.pdf.pages import MAX_FORM_DEPTH, MAX_FORMS, MAX_NOTES, MAX_STREAMS, Drawings


def make() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    form = pdf.make_indirect(Stream(pdf, b"form", Dictionary(Subtype=Name.Form)))
    picture = pdf.make_indirect(Stream(pdf, b"picture", Dictionary(Subtype=Name.Image)))
    for number in range(2):
        page = pdf.add_blank_page()
        page.obj.Resources = Dictionary(XObject=Dictionary(A=form, B=picture))
        page.obj.Contents = Array([pdf.make_stream(b"%d" % number), pdf.make_stream(b"more")])
    return pdf


def read(pdf: pikepdf.Pdf, drawings: Drawings) -> list[bytes]:
    return [content for page in pdf.pages for content, _ in drawings.read(page.obj)]


def test_pieces_of_a_page_are_joined_and_a_form_is_read_once() -> None:
    drawings = Drawings(1000)
    assert read(make(), drawings) == [b"0\nmore", b"form", b"1\nmore"]
    assert not drawings.is_cut


def test_a_form_that_calls_itself_ends() -> None:
    pdf = pikepdf.new()
    form = pdf.make_indirect(Stream(pdf, b"form", Dictionary(Subtype=Name.Form)))
    form.Resources = Dictionary(XObject=Dictionary(A=form))
    pdf.add_blank_page().obj.Resources = Dictionary(XObject=Dictionary(A=form))
    assert read(pdf, Drawings(1000)) == [b"", b"form"]


def test_no_more_is_unpacked_than_is_left() -> None:
    drawings = Drawings(8)
    read(make(), drawings)
    assert drawings.is_cut


def make_form(pdf: pikepdf.Pdf, content: bytes, *called: Stream) -> Stream:
    resources = Dictionary(XObject=Dictionary({f"/F{number}": one for number, one in enumerate(called)}))
    return pdf.make_stream(content, Subtype=Name.Form, Resources=resources)


def is_cut(pieces: int, forms: int = 0, depth: int = 0, notes: int = 0) -> bool:
    pdf = pikepdf.new()
    called = [make_form(pdf, b"%d" % number) for number in range(forms)]
    for _ in range(depth):
        called = [make_form(pdf, b"around", *called)]
    look = Dictionary(N=make_form(pdf, b"note"))
    page = pdf.add_blank_page().obj
    page.Contents = Array([pdf.make_stream(b"%d" % number) for number in range(pieces)])
    page.Resources = Dictionary(XObject=Dictionary({f"/F{number}": one for number, one in enumerate(called)}))
    page.Annots = Array([Dictionary(Subtype=Name.FreeText, AP=look) for _ in range(notes)])
    drawings = Drawings(100_000)
    read(pdf, drawings)
    return drawings.is_cut


def test_more_than_is_read_of_a_page_is_told() -> None:
    assert not is_cut(MAX_STREAMS, MAX_FORMS, MAX_FORM_DEPTH, MAX_NOTES)
    assert is_cut(MAX_STREAMS + 1)
    assert is_cut(1, forms=MAX_FORMS + 1)
    assert is_cut(1, forms=1, depth=MAX_FORM_DEPTH + 1)
    assert is_cut(1, notes=MAX_NOTES + 1)
