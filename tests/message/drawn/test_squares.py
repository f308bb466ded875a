"""A code is found in squares at coordinates: shadows, backgrounds, placed elements, shapes and paths."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from code_drawings import DRAWN, MODULES, PLACES, list_runs
from gatepost.message.drawn.modules import cut_codes, find_drawn_codes
from gatepost.message.drawn.squares import read_squares


def draw_path(form: str) -> str:
    moves, x = [], 0
    for y, line in enumerate(DRAWN):
        x = 0
        for run in list_runs(line):
            if run[0] == "1":
                moves.append(form.format(x=x, y=y, end=x + len(run), under=y + 1, width=len(run)))
            x += len(run)
    return "".join(moves)


def join(form: str, between: str = "") -> str:
    return between.join(form.format(x=4 * x, y=4 * y) for x, y in PLACES)


RECT = "<rect x='{x}' y='{y}' width='4' height='4'/>"
GRADIENT = "linear-gradient(#000,#000) {x}px {y}px/4px 4px no-repeat"


@pytest.mark.parametrize(
    "source",
    [
        f"<div style='width:4px;box-shadow:{join('{x}px {y}px #000', ',')}'></div>",
        f"<div style='width:4px;box-shadow:{join('{x}px {y}px 0 0 rgb(0,0,0)', ', ')}'></div>",
        f"<div style='background:{join(GRADIENT, ',')}'></div>",
        join("<i style='position:absolute;left:{x}px;top:{y}px;width:4px;height:4px;background:#000'></i>"),
        "<svg><rect width='400' height='400' fill='#fff'/>" + join(RECT) + "</svg>",
        f'<svg><path stroke="#000" d="{draw_path("M{x} {y}.5h{width}")}"/></svg>',
        f'<svg><path d="{draw_path("M{x},{y}h{width}v1h-{width}z")}"/></svg>',
        f'<svg><path d="{draw_path("M{x},{y}H{end}V{under}H{x}z")}"/></svg>',
    ],
)
def test_a_code_of_squares_is_found(source: str) -> None:
    found = [square for rows in find_drawn_codes(source, is_html=True) for square in cut_codes(rows)]
    assert MODULES in found


@pytest.mark.parametrize(
    "source",
    [
        "<div style='box-shadow:0 4px 8px #000'></div>" * 99,
        "<rect width='4' height='4' fill='#fff'/>" * 99,
        "<svg><path d='M4 4h7v1h-7z'/></svg>" * 99,
        "<p>absolute</p>" * 99,
    ],
)
def test_ordinary_shapes_are_no_code(source: str) -> None:
    assert list(find_drawn_codes(source, is_html=True)) == []


@pytest.mark.parametrize(
    "unit",
    ["box-shadow:", "0 0 #000,", "linear-gradient(", "linear-gradient(#000 ", "<rect ", "<i position:absolute",
     "<path d='", "M1 1h1", "<path d='M1 1h1v1'>", "<rect x='0' y='0' width='199' height='199'>",
     "<rect x='0' y='0' width='1' height='1'><path d='M0 0h199v199"],
)  # fmt: skip
def test_no_source_takes_long(unit: str) -> None:
    start = time.process_time()
    read_squares("box-shadow:" + unit * (300_000 // len(unit)))
    assert time.process_time() - start < 2


def test_a_tag_is_read_once_however_often_it_says_where_it_is_placed() -> None:
    start = time.process_time()
    assert read_squares(f"<i {'position:absolute' * 28}" * 1_000) is None
    assert time.process_time() - start < 1


def test_many_large_squares_cost_no_more_than_small_ones() -> None:
    start = time.process_time()
    rows = read_squares(f"<path d='M0 0h1v1{'M0 0h199v199' * 20_000}'/>")
    assert rows == ["1" * 199] * 199
    assert time.process_time() - start < 3


def test_squares_that_lie_over_each_other_are_dark_once() -> None:
    squares = "".join(f"<rect x='{x}' y='{x}' width='2' height='3'/>" for x in range(60))
    rows = read_squares(squares + "<rect x='70' y='0' width='1' height='1'/>")
    assert rows is not None
    assert [row[:4] for row in rows[:4]] == ["1100", "1110", "1111", "0111"]
    assert rows[0][70] == "1"


@given(st.text(alphabet="<rectphd xywi=\"'0123456789.-MmHhVvz/>", max_size=300))
def test_any_source_gives_rows_or_none(source: str) -> None:
    rows = read_squares(f"<path d='{draw_path('M{x} {y}h{width}')}{source}'/>")
    assert rows is None or set().union(*rows) <= {"0", "1"}
