"""A code is found in cells and in rows of other elements, however they get their colours and widths."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from code_drawings import DRAWN, MODULES, list_runs
from gatepost.message.drawn.cells import may_have_cells, read_cells
from gatepost.message.drawn.modules import cut_codes, find_drawn_codes, swap

DARK, LIGHT = "#000", "#fff"


def colour(modules: str) -> str:
    return DARK if modules[0] == "1" else LIGHT


def table(cell: Callable[[str], str], around: str = "", row: str = "", *, joined: bool = False) -> str:
    lines = ("".join(map(cell, list_runs(line) if joined else line)) for line in DRAWN)
    return f"<table {around}>" + "".join(f"<tr {row}>{line}</tr>" for line in lines) + "</table>"


def lines(cell: Callable[[str], str], end: str = "<br>") -> str:
    return end.join("".join(map(cell, list_runs(line))) for line in DRAWN)


def spanning_rows() -> str:
    done: set[tuple[int, int]] = set()
    written = []
    for y, line in enumerate(DRAWN):
        cells = []
        for x, module in enumerate(line):
            if (x, y) not in done:
                count = next((down for down, other in enumerate(DRAWN[y:]) if other[x] != module), len(DRAWN) - y)
                done |= {(x, y + down) for down in range(count)}
                cells.append(f"<td rowspan={count} bgcolor={colour(module)}></td>")
        written.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(written)}</table>"


@pytest.mark.parametrize(
    "source",
    [
        table(lambda module: f"<td bgcolor={colour(module)}>"),
        table(lambda module: f"<TD BGCOLOR='{colour(module)}'></TD>"),
        table(lambda module: f"<td style='background: rgb({'0, 0, 0' if module == '1' else '255,255,255'})'></td>"),
        table(lambda module: f"<td bgcolor={'#1a73e8' if module == '1' else '#fff'}></td>"),
        table(lambda module: f"<td bgcolor={'navy' if module == '1' else 'white'}></td>"),
        table(lambda module: f"<td bgcolor={colour('10'[int(module)])}></td>"),
        table(lambda module: "<td></td>" if module == "1" else "<td bgcolor=#fff></td>", "bgcolor=#000"),
        table(lambda module: "<td></td>" if module == "1" else "<td bgcolor=#fff></td>", "", "style='background:#000'"),
        table(lambda module: f"<td><div style='width:4px;height:4px;background:{colour(module)}'></div></td>"),
        table(lambda run: f"<td colspan={len(run)} bgcolor={colour(run)}></td>", joined=True),
        table(lambda run: f"<td width={5 * len(run)} bgcolor={colour(run)}></td>", joined=True),
        spanning_rows(),
        lines(lambda run: f'<div style="width:{4 * len(run)}px;background:{colour(run)}"></div>', "</div><div>"),
        lines(lambda run: f"<span style='background:{colour(run)}'>{'&nbsp;&nbsp;' * len(run)}</span>"),
        lines(lambda run: f'<i style="display:inline-block;width:{5 * len(run)}px;background:{colour(run)}"></i>'),
        lines(lambda run: f"<span style='color:{colour(run)}'>{'██' * len(run)}</span>"),
        "<pre>" + lines(lambda run: f"<font color={colour(run)}>{'█' * len(run)}</font>", "\n") + "</pre>",
        "<style>.b{background:#000}.w{background:#fff}</style>"
        + lines(lambda run: f"<span class={'wb'[int(run[0])]}>&nbsp;&nbsp;</span>" * len(run)),
    ],
)
def test_a_code_of_elements_is_found(source: str) -> None:
    found = [square for rows in find_drawn_codes(source, is_html=True) for square in cut_codes(rows)]
    assert MODULES in found
    assert list(find_drawn_codes(source, is_html=False)) == []


def test_cells_with_words_are_no_modules() -> None:
    source = table(lambda module: f"<td bgcolor={colour(module)}>7</td>")
    assert list(find_drawn_codes(source, is_html=True)) == []


def test_an_ordinary_table_is_known_at_once() -> None:
    assert not may_have_cells("<table>" + "<tr><td>Board</td><td>12</td><td>7.50</td></tr>" * 99 + "</table>")
    assert not may_have_cells("<div><div><p>Bring</p></div></div>" * 200)
    assert may_have_cells(table(lambda module: f"<td bgcolor={colour(module)}>"))


def test_both_colours_may_be_the_dark_one() -> None:
    (rows, *_) = read_cells(table(lambda module: f"<td bgcolor={colour(module)}></td>"))
    assert swap(rows)[: len(DRAWN)] == [line.translate(str.maketrans("01", "10")) for line in DRAWN]


@given(st.text(alphabet="<>/=tdrspanivolk#0f&; \n\"'", max_size=300))
def test_any_source_gives_rows(source: str) -> None:
    for rows in read_cells(f"<table><tr><td bgcolor=#000></td>{source}"):
        assert set().union(*rows) <= {"0", "1"}


@pytest.mark.parametrize("blank", ["\u00a0", "&nbsp;", " ", "\u2588"])
def test_blanks_in_a_cell_with_words_do_not_take_for_ever(blank: str) -> None:
    start = time.process_time()
    assert not may_have_cells("<td></td>x" * 160 + f"<td>{blank * 60}x" * 20)
    assert time.process_time() - start < 1
