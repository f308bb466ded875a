"""What is read of each page, and that what many pages call is read once."""

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from gatepost.message.attachments.pdf.pages import Drawings


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
