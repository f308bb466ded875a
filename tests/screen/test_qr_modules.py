"""Codes of every size are read as a library reads them, also damaged as far as they may be."""

import random

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.qr_modules import read_modules

LEVELS = ["L", "M", "Q", "H"]


def draw(text: str, level: str = "M") -> list[str]:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    return ["".join("10"[bool(module)] for module in row) for row in picture]


def spoil(rows: list[str], count: int, seed: int = 1) -> list[str]:
    """Turn modules round that hold data."""
    modules, choose = [list(row) for row in rows], random.Random(seed)
    for _ in range(count):
        row, column = choose.randrange(9, len(rows) - 9), choose.randrange(9, len(rows) - 9)
        modules[row][column] = "10"[int(modules[row][column])]
    return ["".join(row) for row in modules]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("length", [1, 9, 30, 70, 120, 200, 350, 600, 1_000, 1_270])
def test_a_code_of_any_size_is_read(length: int, level: str) -> None:
    text = f"https://a.example/{'x7-' * length}"[:length]
    assert read_modules(draw(text, level)) == text


@pytest.mark.parametrize(
    "text", ["0123456789", "01234567890", "1", "HTTPS://A.EXAMPLE/X", "A1", "密码", "点茗", "h" * 40 + "0" * 40]
)
def test_every_way_to_write_is_read(text: str) -> None:
    assert read_modules(draw(text)) == text


def test_damage_is_mended_as_far_as_the_code_allows() -> None:
    rows = draw("https://a.example/login?id=0123456789", "H")
    assert read_modules(spoil(rows, 6)) == "https://a.example/login?id=0123456789"
    assert read_modules(spoil(rows, 300)) is None


def test_what_has_no_side_of_a_code_is_none() -> None:
    rows = draw("a")
    assert [read_modules(wrong) for wrong in ([], rows[:-1], [row[:-1] for row in rows], ["1"] * 21)] == [None] * 4


@given(st.integers(0, 4), st.randoms(use_true_random=False))
def test_any_modules_give_a_value(version: int, choose: random.Random) -> None:
    side = 21 + 4 * version
    read_modules(["".join(choose.choice("01") for _ in range(side)) for _ in range(side)])
    read_modules(spoil(draw("https://a.example/" + "x" * 20 * version), choose.randrange(60), choose.randrange(99)))
