"""Which pictures of a document are searched for codes."""

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from built_files.pages import build_pdf, draw_code, save_picture, show
from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.desk import Desk, Insides
from gatepost.message.attachments.openers import pdf as opener
from gatepost.message.attachments.pdf.pictures import (
    MAX_DRAWN_BYTES,
    MAX_PAGES,
    MAX_PICTURES,
    DrawnCodes,
    note_pictures,
)
from gatepost.model.contents import LinkSource
from opened_files import links, open_alone

CODE = draw_code("https://a.example/")


def look(content: bytes) -> Insides:
    insides = Insides()
    with pikepdf.open(BytesIO(content)) as pdf:
        note_pictures(pdf, insides, Desk({}))
    return insides


def read(content: bytes) -> list[str]:
    return [link.url for link in look(content).links]


def is_told_to_be_unread(content: bytes) -> bool:
    return [trait.code for trait in look(content).traits] == [UNREAD_CODES]


def test_a_picture_that_another_drawing_shows_is_found() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(CODE)(pdf)
        resources = pdf.pages[0].obj.Resources
        drawing = pikepdf.Stream(pdf, b"/Im0 Do", Dictionary(Subtype=Name.Form, Resources=resources))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(F=pdf.make_indirect(drawing)))

    assert read(build_pdf(change)) == ["https://a.example/"]


def test_a_jpeg_is_read() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(CODE)(pdf)
        picture = pdf.pages[0].obj.Resources.XObject.Im0
        picture.write(save_picture(CODE.convert("L"), "JPEG"), filter=Name.DCTDecode)

    assert read(build_pdf(change)) == ["https://a.example/"]


def add_pages(pdf: pikepdf.Pdf) -> None:
    for _ in range(MAX_PAGES):
        pdf.add_blank_page()


def test_only_the_first_pages_are_looked_at() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        add_pages(pdf)
        show(CODE)(pdf)
        pdf.pages[-1].obj.Resources = pdf.pages[0].obj.Resources
        pdf.pages[0].obj.Resources = Dictionary()

    assert read(build_pdf(change)) == []
    assert is_told_to_be_unread(build_pdf(change))
    assert not is_told_to_be_unread(build_pdf(add_pages))


def test_more_pictures_than_are_looked_at_are_told() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(Image.new("L", (50, 50)))(pdf)
        one = pdf.pages[0].obj.Resources.XObject.Im0
        pictures = {f"/Im{number}": pdf.make_stream(bytes(2500), dict(one.stream_dict)) for number in range(count)}
        pdf.pages[0].obj.Resources.XObject = Dictionary(pictures)

    count = MAX_PICTURES
    assert not is_told_to_be_unread(build_pdf(change))
    count += 1
    assert is_told_to_be_unread(build_pdf(change))


def test_drawings_in_which_no_code_is_sought_are_told_where_one_may_be() -> None:
    insides = Insides()
    drawn = DrawnCodes(insides)
    for _ in range(MAX_PAGES):
        drawn.look_at([b"0 0 1 1 re f " * 60])
    drawn.look_at([b"(words) Tj " * 60])
    assert insides.traits == []
    drawn.look_at([b"0 0 1 1 re f " * 60])
    assert [trait.code for trait in insides.traits] == [UNREAD_CODES]


def test_the_rest_of_a_long_drawing_is_told() -> None:
    insides = Insides()
    DrawnCodes(insides).look_at([b"0 0 1 1 re f ", b" " * MAX_DRAWN_BYTES, b"0 0 1 1 re f " * 60])
    assert [trait.code for trait in insides.traits] == [UNREAD_CODES]


def test_a_picture_that_claims_to_be_huge_is_not_made() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(Image.new("L", (50, 50)))(pdf)
        picture = pdf.pages[0].obj.Resources.XObject.Im0
        picture.Width, picture.Height = 100_000, 100_000

    assert is_told_to_be_unread(build_pdf(change))


def test_a_picture_with_too_few_bytes_is_passed_over() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(CODE)(pdf)
        pdf.pages[0].obj.Resources.XObject.Im0.write(b"few")

    assert read(build_pdf(change)) == []


@pytest.mark.parametrize("text", ["", "(EI) Tj BI nonsense ID \x01 EI"])
def test_a_picture_that_stands_in_the_drawing_itself_is_read(text: str) -> None:
    """With a bit for each module, as programs write small pictures."""
    code = draw_code("https://a.example/", scale=1).convert("1")
    head = f"q 200 0 0 200 100 500 cm BI /W {code.width} /H {code.height} /BPC 1 /CS /G ID "
    drawing = head.encode() + code.tobytes() + b" EI Q " + text.encode()

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Contents = pdf.make_stream(drawing)

    assert links(open_alone(opener, build_pdf(change)), LinkSource.QR_CODE) == ["https://a.example/"]


def test_a_picture_of_a_pixel_for_each_module_is_read() -> None:
    assert read(build_pdf(show(draw_code("https://a.example/", scale=1)))) == ["https://a.example/"]


def test_a_code_that_is_cut_into_two_pictures_is_read() -> None:
    width, height = CODE.size

    def change(pdf: pikepdf.Pdf) -> None:
        show(CODE.crop((0, 0, width // 2, height)))(pdf)
        left = pdf.pages[0].obj.Resources.XObject.Im0
        show(CODE.crop((width // 2, 0, width, height)))(pdf)
        pdf.pages[0].obj.Resources.XObject.Im1 = left

    assert read(build_pdf(change)) == ["https://a.example/"]
