"""Codes that are drawn by rectangles, by paths, in stretches, on light squares, turned and moved, are all read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from built_files.pages import build_pdf, draw_code
from gatepost.message.attachments.codes import read_codes
from gatepost.message.attachments.openers import pdf as opener
from gatepost.message.attachments.pdf.drawings import draw_codes
from opened_files import links, open_alone

URL = "https://a.example/drawn"
MODULES = draw_code(URL, scale=1)
PLACES = [(x, y) for y in range(MODULES.height) for x in range(MODULES.width)]
DARK = [(x, y) for x, y in PLACES if not MODULES.getpixel((x, y))]


def by_rectangles() -> str:
    return "\n".join(f"{50 + 4 * x} {700 - 4 * y} 4 4 re f" for x, y in DARK)


def by_one_path() -> str:
    return "0 0 0 rg\n" + "\n".join(f"{50 + 4 * x} {700 - 4 * y} 4 4 re" for x, y in DARK) + "\nf*"


def by_lines() -> str:
    corners = ((50 + 3.5 * x, 700 - 3.5 * y) for x, y in DARK)
    return "\n".join(f"{x} {y} m {x + 3.5} {y} l {x + 3.5} {y + 3.5} l {x} {y + 3.5} l h f" for x, y in corners)


def by_moving() -> str:
    return "\n".join(f"q 2.5 0 0 2.5 {50 + 2.5 * x} {700 - 2.5 * y} cm 0 0 1 1 re f Q" for x, y in DARK)


def on_light_squares() -> str:
    ground = "1 1 1 rg 0 0 612 792 re f"
    return f"{ground}\n" + "\n".join(
        f"{0 if (x, y) in set(DARK) else 1} g {50 + 4 * x} {700 - 4 * y} 4 4 re f" for x, y in PLACES
    )


def in_stretches() -> str:
    rows = []
    for y in range(MODULES.height):
        start = None
        for x in range(MODULES.width + 1):
            is_dark = (x, y) in set(DARK)
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                rows.append(f"{50 + 4 * start} {700 - 4 * y} {4 * (x - start)} 4 re f")
                start = None
    return "\n".join(rows)


def upside_down() -> str:
    return "1 0 0 -1 0 792 cm\n" + "\n".join(f"0 0 0 1 k {50 + 4 * x} {50 + 4 * y} 4 4 re f" for x, y in DARK)


@pytest.mark.parametrize(
    "draw", [by_rectangles, by_one_path, by_lines, by_moving, on_light_squares, in_stretches, upside_down]
)
def test_a_drawn_code_is_read(draw: object) -> None:
    picture = draw_codes(draw().encode())  # type: ignore[operator]
    assert isinstance(picture, Image.Image)
    assert [text for _, text in read_codes(picture)] == [URL]


def test_a_drawn_code_of_a_page_is_a_link() -> None:
    content = f"BT /F1 9 Tf (see 1 2 3 4 re f) Tj ET 0.9 g 0 0 612 90 re f 0 g\n{by_rectangles()}"
    opened = open_alone(
        opener, build_pdf(lambda pdf: pdf.pages[0].contents_add(content.encode()), compress_streams=True)
    )
    assert links(opened) == [URL]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n".join(f"72 {y} 468 0.5 re f" for y in range(100, 700, 12)),
        "\n".join(f"{x} 100 40 {x % 97 + 3} re f" for x in range(0, 4_000, 45)),
        "\n".join(f"{x} {y} m {x + 9} {y} l S" for x in range(50) for y in range(9)),
    ],
)
def test_tables_and_diagrams_are_no_codes(content: str) -> None:
    picture = draw_codes(content.encode())
    assert picture is None or read_codes(picture) == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    ["(", "(\\", ")\\((", "q ", "0 0 1 1 re ", "1 1 m ", "1 1 l ", "f ", "9" * 9 + " ", "1e9 ", "[", "1 0 0 1 1 1 cm "],
)
def test_a_long_drawing_of_one_unit_takes_no_time(unit: str) -> None:
    draw_codes((unit * (600_000 // len(unit)) + "re l " * 100).encode())


@given(st.binary(max_size=200), st.integers(0, 100))
def test_any_bytes_give_a_value(content: bytes, count: int) -> None:
    draw_codes(content + b" 0 0 1 1 re f" * count + content)
