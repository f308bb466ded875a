"""A drawing counts as a QR code by its finder patterns, however its modules are drawn."""

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.drawn.modules import cut_codes, draws_qr_code, holds_qr_code

FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
Draw = Callable[[list[str]], str]


def build_code(size: int = 25) -> list[str]:
    """Give modules as a QR code has them: finder patterns at three corners, a quiet border, noise elsewhere."""
    dice = random.Random(18004)
    rows = [[dice.choice("01") for _ in range(size)] for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for row in range(-1, 8):
            for column in range(-1, 8):
                if 0 <= top + row < size and 0 <= left + column < size:
                    inside = 0 <= row < 7 and 0 <= column < 7
                    rows[top + row][left + column] = FINDER[row][column] if inside else "0"
    return ["0" * (size + 4), *("00" + "".join(row) + "00" for row in rows), "0" * (size + 4)]


def draw_table(rows: list[str]) -> str:
    cells = ("".join(f'<td bgcolor="{"#000000" if module == "1" else "#ffffff"}">' for module in row) for row in rows)
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def draw_joined_table(rows: list[str]) -> str:
    lines = []
    for row in rows:
        runs = row.replace("01", "0 1").replace("10", "1 0").split()
        style = ("background-color: white", "BACKGROUND:#111")
        lines.append("".join(f"<td colspan={len(run)} style='{style[int(run[0])]}'></td>" for run in runs))
    return "<TABLE><TR>" + "</TR><TR>".join(lines) + "</TABLE>"


def draw_classes(rows: list[str]) -> str:
    cells = ("".join(f"<td class={'b' if module == '1' else 'w'}>" for module in row) for row in rows)
    return "<style>.b { background: black } .w { background: white }</style>" + "".join(f"<tr>{row}" for row in cells)


def draw_blocks(rows: list[str]) -> str:
    return "\n".join(row.replace("1", "█").replace("0", " ") for row in rows)


def draw_wide_blocks(rows: list[str]) -> str:
    return "\n".join(row.replace("1", "██").replace("0", "  ") for row in rows)


def draw_squares(rows: list[str]) -> str:
    return "\n".join(row.replace("1", "⬛").replace("0", "⬜") for row in rows)


def draw_half_blocks(rows: list[str]) -> str:
    halves = {"11": "█", "10": "▀", "01": "▄", "00": " "}
    pairs = zip(rows[::2], [*rows[1::2], "0" * len(rows[0])], strict=False)
    return "\n".join("".join(halves[a + b] for a, b in zip(upper, lower, strict=True)) for upper, lower in pairs)


def draw_inverted(rows: list[str]) -> str:
    return draw_wide_blocks([row.translate(str.maketrans("01", "10")) for row in rows])


@pytest.mark.parametrize("draw", [draw_blocks, draw_wide_blocks, draw_squares, draw_half_blocks, draw_inverted])
def test_a_code_of_characters_is_seen(draw: Draw) -> None:
    drawing = draw(build_code())
    assert draws_qr_code(f"Scan this:\n{drawing}\nThanks", is_html=False)
    assert draws_qr_code("<p>Scan this:</p><div>" + drawing.replace("\n", "<br>") + "</div>", is_html=True)
    entities = "".join(f"&#{ord(letter)};" if letter in "█▀▄⬛⬜" else letter for letter in drawing)
    assert draws_qr_code(f"<pre>{entities}</pre>", is_html=True)


@pytest.mark.parametrize("draw", [draw_table, draw_joined_table, draw_classes])
def test_a_code_of_cells_is_seen(draw: Draw) -> None:
    assert draws_qr_code(draw(build_code()), is_html=True)
    assert not draws_qr_code(draw(build_code()), is_html=False)


@pytest.mark.parametrize("draw", [draw_blocks, draw_half_blocks, draw_table])
def test_noise_without_finder_patterns_is_none(draw: Draw) -> None:
    dice = random.Random(1)
    rows = ["".join(dice.choice("01") for _ in range(40)) for _ in range(40)]
    assert not draws_qr_code(draw(rows), is_html=draw is draw_table)


def test_one_finder_pattern_is_not_enough() -> None:
    assert not holds_qr_code([row + "0" * 20 for row in FINDER])
    assert holds_qr_code([row + "0" * 7 + row for row in FINDER])
    assert not holds_qr_code([])


@pytest.mark.parametrize(
    ("source", "is_html"),
    [
        ("█" * 300_000, False),
        (("█" * 30 + "\n") * 10_000, False),
        ("<td>" * 100_000, True),
        ("<tr>" * 100_000 + "<td>" * 200, True),
        ("<td " + "a" * 400_000, True),
        (".a{" * 100_000 + "<td" * 200, True),
        ("&#9608;" * 60_000, True),
        ("<" * 300_000 + "█", True),
        ("1111111" * 10_000, False),
        ("<font color=#000>█</font>" * 20_000, True),
        ("<tr><td rowspan=99></td>" * 20_000, True),
        ('<i style="position:absolute;left:1px;top:2px">' * 10_000, True),
        ("#" * 300_000, False),
        ("\u28ff" * 300_000, False),
    ],
)
def test_no_source_takes_long(source: str, is_html: bool) -> None:
    start = time.process_time()
    draws_qr_code(source, is_html=is_html)
    assert time.process_time() - start < 2


@given(st.text(alphabet="█▀▄⬛ \n<td>r=\"'0123456789#bgcolorspan&;", max_size=400), st.booleans())
def test_any_source_can_be_looked_at(source: str, is_html: bool) -> None:
    draws_qr_code(source, is_html=is_html)


def test_a_code_is_cut_out_without_its_margin() -> None:
    rows = build_code(29)
    (square,) = cut_codes(rows)
    assert square == [row[2:-2] for row in rows[1:-1]]


def test_two_codes_side_by_side_are_both_cut_out() -> None:
    rows = [row + row for row in build_code()]
    sides = [len(square) for square in cut_codes(rows)]
    assert sides.count(25) >= 2
