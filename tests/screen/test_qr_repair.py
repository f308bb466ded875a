"""A block is mended up to half of its repair bytes, and not beyond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.qr_repair import mend

BLOCK = [
    32,
    91,
    11,
    120,
    209,
    114,
    220,
    77,
    67,
    64,
    236,
    17,
    236,
    17,
    236,
    17,
    196,
    35,
    39,
    119,
    235,
    215,
    231,
    226,
    93,
    23,
]
CHECKS = 10  # of the example in the standard: HELLO WORLD, version 1, level M


def spoil(places: list[int]) -> list[int]:
    return [word ^ (0x5A + place) if place in places else word for place, word in enumerate(BLOCK)]


def test_a_whole_block_stays() -> None:
    assert mend(BLOCK, CHECKS) == BLOCK


@pytest.mark.parametrize("places", [[0], [25], [3, 16], [0, 1, 2], [5, 11, 17, 23], [0, 6, 12, 18, 25]])
def test_errors_are_mended_up_to_half_of_the_repair_bytes(places: list[int]) -> None:
    assert mend(spoil(places), CHECKS) == BLOCK


def test_too_many_errors_are_not_mended() -> None:
    assert mend(spoil(list(range(9))), CHECKS) != BLOCK


@given(st.lists(st.integers(0, 255), min_size=12, max_size=60), st.integers(2, 11))
def test_any_block_gives_a_value(block: list[int], checks: int) -> None:
    mended = mend(block, checks)
    assert mended is None or len(mended) == len(block)
