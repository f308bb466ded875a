"""The corners of codes are counted, and nothing else is taken for one."""

from PIL import Image

from built_files.pages import draw_code
from gatepost.message.attachments.code_corners import count_corners

CODE = draw_code("https://collect.example/session?e=bm9yYUBtaWxsLXN0cmVldC5leGFtcGxl")


def test_corners_are_counted() -> None:
    width, height = CODE.size
    assert count_corners(CODE) == 3
    assert count_corners(CODE.crop((0, 0, width // 2, height))) == 2
    assert count_corners(CODE.crop((width // 2, 0, width, height))) == 1
    assert count_corners(CODE.crop((width // 2, height // 2, width, height))) == 0


def test_other_pictures_have_none() -> None:
    assert count_corners(Image.radial_gradient("L")) == 0
    assert count_corners(Image.new("L", (100, 100))) == 0
