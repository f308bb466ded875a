"""Which pictures of a document are searched for codes."""

from io import BytesIO

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

from built_files.pages import build_pdf, draw_code, save_picture, show
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.pdf.pictures import MAX_PAGES, note_pictures

CODE = draw_code("https://a.example/")


def read(content: bytes) -> list[str]:
    insides = Insides()
    with pikepdf.open(BytesIO(content)) as pdf:
        note_pictures(pdf, insides)
    return [link.url for link in insides.links]


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


def test_only_the_first_pages_are_looked_at() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for _ in range(MAX_PAGES):
            pdf.add_blank_page()
        show(CODE)(pdf)
        pdf.pages[-1].obj.Resources = pdf.pages[0].obj.Resources
        pdf.pages[0].obj.Resources = Dictionary()

    assert read(build_pdf(change)) == []


def test_a_picture_that_claims_to_be_huge_is_not_made() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(Image.new("L", (50, 50)))(pdf)
        picture = pdf.pages[0].obj.Resources.XObject.Im0
        picture.Width, picture.Height = 100_000, 100_000

    assert read(build_pdf(change)) == []


def test_a_picture_with_too_few_bytes_is_passed_over() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        show(CODE)(pdf)
        pdf.pages[0].obj.Resources.XObject.Im0.write(b"few")

    assert read(build_pdf(change)) == []
