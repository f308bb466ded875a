"""ARJ's fastest method is undone: letters as they are, and pieces that stood there before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.archives.arj_fastest import unpack_fastest


def write_run(value: int, least: int, most: int) -> str:
    """A number as bits: as many ones as its width is above the least, a zero unless it is the most, and the rest."""
    width = least
    while width < most and value >= 1 << width:
        value -= 1 << width
        width += 1
    ones = "1" * (width - least) + ("0" if width < most else "")
    return ones + (f"{value:0{width}b}" if width else "")


def write_fastest(*pieces: bytes | tuple[int, int]) -> bytes:
    """Letters, and (length, distance) of what is copied."""
    bits = ""
    for piece in pieces:
        if isinstance(piece, bytes):
            bits += "".join(f"0{letter:08b}" for letter in piece)
        else:
            bits += write_run(piece[0] - 2, 0, 7) + write_run(piece[1] - 1, 9, 13)
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0") or "0", 2).to_bytes(-(-len(bits) // 8), "big")


@pytest.mark.parametrize(("pieces", "content"), [
    ((b"ladder",), b"ladder"),
    ((b"abc", (3, 3)), b"abcabc"),
    ((b"a", (5, 1)), b"aaaaaa"),
    ((b"ab", (7, 2), b"."), b"ababababa."),
    ((bytes(range(200)), (200, 200), (130, 390)), bytes(range(200)) * 2 + bytes(range(10, 140))),
    (((4, 9), b"a"), b"\0\0\0\0a"),
])  # fmt: skip
def test_letters_and_copies_come_out(pieces: tuple[bytes | tuple[int, int], ...], content: bytes) -> None:
    assert unpack_fastest(write_fastest(*pieces), len(content)) == content


def test_no_more_comes_out_than_asked_for() -> None:
    assert unpack_fastest(write_fastest(b"a", (200, 1)), 50) == b"a" * 50


@given(st.binary(max_size=200), st.integers(0, 3_000))
def test_any_bytes_give_no_more_than_asked_for(data: bytes, size_bytes: int) -> None:
    assert len(unpack_fastest(data, size_bytes)) <= size_bytes
