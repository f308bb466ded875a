"""Deflate64 is undone: all that it shares with Deflate, and the codes that it alone has."""

import random
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_cases import NOTE
from gatepost.message.attachments.archives.deflate64 import MAX_BYTES, inflate64


def deflate(content: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return packer.compress(content) + packer.flush()


def write_bits(*fields: tuple[int, int]) -> bytes:
    """Write (value, bits), the lowest bit first; codes are given turned round."""
    value = place = 0
    for number, bits in fields:
        value |= number << place
        place += bits
    return value.to_bytes(place // 8 + 1, "little")


def turn(code: int, bits: int) -> tuple[int, int]:
    return int(f"{code:0{bits}b}"[::-1], 2), bits


TEXTS = {
    "nothing": b"",
    "a line": NOTE,
    "lines": b"".join(b"line %d\n" % number for number in range(2_000)),  # no match is as long as 258
    "noise": random.Random(7).randbytes(5_000),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("level", "strategy"), [(0, 0), (1, 0), (9, 0), (9, zlib.Z_FIXED), (9, zlib.Z_HUFFMAN_ONLY)])
def test_what_both_write_alike_is_undone(name: str, level: int, strategy: int) -> None:
    assert inflate64(deflate(TEXTS[name], level, strategy), 10**6) == (TEXTS[name], True, False)


LONGEST = (turn(0xC0 + 5, 8), (65_535, 16), turn(0, 5))  # code 285 with sixteen bits more, and distance one


def test_a_match_may_be_as_long_as_64_kib() -> None:
    packed = write_bits(
        (1, 1), (1, 2), turn(0x30 + ord("a"), 8), turn(0xC0 + 5, 8), (65_535, 16), turn(0, 5), turn(0, 7)
    )
    assert inflate64(packed, 10**6) == (b"a" * (1 + 65_538), True, False)


def test_a_match_may_lie_48_kib_back() -> None:
    """Stored data first, then code 257 for three bytes at distance code 31."""
    stored = random.Random(7).randbytes(60_000)
    head = b"\x00" + len(stored).to_bytes(2, "little") + (len(stored) ^ 0xFFFF).to_bytes(2, "little")
    match = write_bits((1, 1), (1, 2), turn(1, 7), turn(31, 5), (100, 14), turn(0, 7))
    place = len(stored) - 49_153 - 100
    assert inflate64(head + stored + match, 10**6) == (stored + stored[place : place + 3], True, False)


def test_no_more_comes_out_than_asked_for() -> None:
    assert inflate64(deflate(TEXTS["lines"]), 100) == (TEXTS["lines"][:100], False, False)
    assert len(inflate64(deflate(TEXTS["noise"] * 200, 0), 10**9)[0]) == MAX_BYTES


def test_damage_gives_what_stands_in_front_of_it() -> None:
    packed = deflate(TEXTS["lines"])
    found, is_whole, is_damaged = inflate64(packed[:-50], 10**6)
    assert (TEXTS["lines"].startswith(found), is_whole, is_damaged) == (True, True, True)
    assert inflate64(b"\x07", 10)[2]


@pytest.mark.parametrize("hostile", [
    bytes.fromhex("04c0810800000000209d7f50000000000000") * 20_000,  # blocks that hold nothing
    b"\x00\x00\x00\xff\xff" * 200_000,
    write_bits((1, 1), (1, 2), turn(0x30, 8), *LONGEST * 900),
])  # fmt: skip
def test_hostile_data_costs_little(hostile: bytes) -> None:
    start = time.process_time()
    assert len(inflate64(hostile, 10**9)[0]) <= MAX_BYTES
    assert time.process_time() - start < 3


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 300))
def test_any_bytes_are_undone_or_damaged(noise: bytes, at: int) -> None:
    packed = deflate(TEXTS["lines"])
    assert len(inflate64(packed[:at] + noise + packed[at + len(noise) :], 5_000)[0]) <= 5_000
    assert len(inflate64(noise, 5_000)[0]) <= 5_000
