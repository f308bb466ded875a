"""A code is found whatever characters it is drawn of, and whatever stands around and between them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from code_drawings import DRAWN, MODULES
from gatepost.message.drawn.glyphs import may_be_drawn, read_glyphs
from gatepost.message.drawn.modules import cut_codes, find_drawn_codes

HALVES = {"11": "█", "10": "▀", "01": "▄", "00": " "}
QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
DOTS = ((0, 0, 1), (1, 0, 2), (2, 0, 4), (0, 1, 8), (1, 1, 16), (2, 1, 32), (3, 0, 64), (3, 1, 128))
PADDED = [f"{row}0000" for row in (*DRAWN, *["0" * len(DRAWN[0])] * 4)]


def by(dark: str, light: str) -> Callable[[], str]:
    return lambda: "\n".join(row.replace("1", dark).replace("0", light) for row in DRAWN)


def by_halves() -> str:
    pairs = zip(PADDED[::2], PADDED[1::2], strict=False)
    return "\n".join("".join(HALVES[a + b] for a, b in zip(upper, lower, strict=True)) for upper, lower in pairs)


def by_quarters() -> str:
    lines = []
    for y in range(0, len(DRAWN), 2):
        pairs = zip(PADDED[y], PADDED[y + 1], strict=True)
        upper, lower = ("".join(side) for side in zip(*pairs, strict=True))
        bits = (upper[x] + upper[x + 1] + lower[x] + lower[x + 1] for x in range(0, len(upper) - 1, 2))
        lines.append("".join(QUARTERS[int(four[::-1], 2)] for four in bits))
    return "\n".join(lines)


def by_dots() -> str:
    return "\n".join(
        "".join(
            chr(0x2800 + sum(bit for down, right, bit in DOTS if PADDED[y + down][x + right] == "1"))
            for x in range(0, len(DRAWN[0]), 2)
        )
        for y in range(0, len(DRAWN), 4)
    )


@pytest.mark.parametrize(
    "draw",
    [
        by("██", "  "),
        by("█", " "),
        by("▓▓", "░░"),
        by("⬛", "⬜"),
        by("⬛\ufe0f", "⬜\ufe0f"),
        by("⚫", "⚪"),
        by("🖤", "🤍"),
        by("🟦", "⬜"),
        by("🔳", "🔲"),
        by("██", "\u00a0\u00a0"),
        by("█\u200b", "\u00a0\u200b"),
        by("##", "  "),
        by("#", "."),
        by("  ", "██"),
        by_halves,
        by_quarters,
        by_dots,
        lambda: "\n".join(f"> {line}" for line in by("██", "  ")().splitlines()),
        lambda: "\n".join(f"\t{line}" for line in by("██", "  ")().splitlines()),
        lambda: "\n".join(f"│{line}│" for line in by("██", "  ")().splitlines()),
        lambda: "\n".join(line.rstrip() for line in by_halves().splitlines()),
    ],
)
def test_a_code_of_characters_is_found(draw: Callable[[], str]) -> None:
    drawing = f"Scan this:\n{draw()}\nThanks"
    found = [square for rows in find_drawn_codes(drawing, is_html=False) for square in cut_codes(rows)]
    assert MODULES in found
    found = [
        square
        for rows in find_drawn_codes(f"<pre>{drawing.replace('> ', '&gt; ')}</pre>", is_html=True)
        for square in cut_codes(rows)
    ]
    assert MODULES in found


@pytest.mark.parametrize(
    "text", ["■ one\n■ two", "⚫ yes", "####### Heading", "─────────", "Bring the long ladder.", "█ 9"]
)
def test_ordinary_signs_are_no_drawing(text: str) -> None:
    assert list(find_drawn_codes(text * 30, is_html=False)) == []


def test_most_texts_are_known_at_once_to_draw_nothing() -> None:
    assert not may_be_drawn("Grüße – das „Angebot“ " * 99)
    assert not may_be_drawn("■ Punkt\n" * 99)
    assert may_be_drawn(by("█", " ")())


@given(st.text(alphabet="█▀▄▛⣿⬛⬜#.> \t\n\u200b", max_size=400))
def test_any_text_gives_rows(text: str) -> None:
    for rows in read_glyphs(text):
        assert set().union(*rows) <= {"0", "1"}
