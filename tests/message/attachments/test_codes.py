"""Codes are read however they are drawn, and what they say becomes a link where a telephone would open one."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from built_files.pages import draw_code
from code_drawings import DRAWN
from code_drawings import URL as DRAWN_URL
from gatepost.message.attachments.codes import is_black_and_white, note_codes, paint, read_codes
from gatepost.message.attachments.desk import Insides

URL = "https://login.bank.example/session?id=0123456789"
CODE = draw_code(URL)


def put_on(picture: Image.Image, size: tuple[int, int], place: tuple[int, int] = (30, 40)) -> Image.Image:
    page = Image.new("RGB", size, (240, 240, 250))
    page.paste(picture, place)
    return page


def clear(picture: Image.Image) -> Image.Image:
    """Make the light modules transparent."""
    grey = picture.convert("L")
    drawn = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    drawn.paste((10, 10, 60, 255), mask=ImageOps.invert(grey))
    return drawn


@pytest.mark.parametrize(
    "picture",
    [
        CODE,
        CODE.rotate(90),
        CODE.rotate(33, expand=True, fillcolor=255),
        ImageOps.invert(CODE),
        ImageOps.mirror(CODE),
        CODE.resize((90, 90)),
        CODE.resize((2_000, 2_000)),
        CODE.convert("1"),
        CODE.convert("P"),
        CODE.convert("CMYK"),
        clear(CODE),
        ImageOps.colorize(CODE.convert("L"), (120, 40, 160), (255, 230, 250)),
        ImageOps.colorize(CODE.convert("L"), (150, 150, 150), (200, 200, 200)),
        put_on(CODE, (900, 1_400)),
        put_on(CODE.resize((200, 200)), (2_400, 3_200), (1_900, 2_700)),
        ImageOps.crop(CODE, 16),
    ],
    ids=lambda picture: f"{picture.mode}-{picture.width}",
)
def test_a_code_is_read_however_it_is_drawn(picture: Image.Image) -> None:
    assert [text for _, text in read_codes(picture)] == [URL]


@pytest.mark.parametrize("kind", ["Aztec", "DataMatrix", "PDF417", "MicroQRCode"])
def test_other_codes_for_cameras_are_read(kind: str) -> None:
    text = "a.example/1" if kind == "MicroQRCode" else URL
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=4))
    assert [found for _, found in read_codes(picture)] == [text]


def test_several_codes_are_all_read() -> None:
    page = put_on(CODE, (800, 800))
    page.paste(draw_code("https://b.example/"), (400, 400))
    assert {text for _, text in read_codes(page)} == {URL, "https://b.example/"}


def test_codes_are_told_and_their_links_given_on() -> None:
    insides = Insides()
    note_codes(draw_code("WIFI:S:guests;;"), insides)
    note_codes(CODE, insides)
    assert [trait.text for trait in insides.traits] == ["QR Code: WIFI:S:guests;;", f"QR Code: {URL}"]
    assert [(link.url, link.source) for link in insides.links] == [(URL, "qr-code")]


@given(st.integers(1, 120), st.integers(1, 120), st.sampled_from(["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"]))
def test_a_picture_of_any_size_and_mode_gives_a_value(width: int, height: int, mode: str) -> None:
    assert read_codes(Image.new(mode, (width, height))) == []


def test_modules_are_painted_as_a_picture_that_is_read() -> None:
    assert read_codes(paint(DRAWN)) == [("QR Code", DRAWN_URL)]
    assert paint(["101", "0"]).size == (11 * 4, 10 * 4)


@pytest.mark.parametrize("scale", [1, 2])
def test_a_code_with_a_pixel_for_each_module_is_read(scale: int) -> None:
    code = draw_code(URL, scale=scale)
    box = ImageOps.invert(code.convert("L")).getbbox()
    assert [text for _, text in read_codes(code.crop(box))] == [URL]


def test_small_pictures_that_are_not_black_and_white_are_no_codes() -> None:
    assert not is_black_and_white(Image.radial_gradient("L"))
    assert not is_black_and_white(Image.new("L", (30, 30), 255))
    assert is_black_and_white(paint(DRAWN))
    assert read_codes(Image.new("L", (20, 20))) == []
