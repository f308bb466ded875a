"""What COMPRESS.EXE packed comes out as it went in."""

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.archives.ms_compress import MAX_BYTES, unpack_kwaj, unpack_szdd
from gatepost.message.attachments.archives.zip_data import Unpacked

ROOM = 1_000_000


def put_head(size: int, packed: bytes) -> bytes:
    return b"SZDD\x88\xf0\x27\x33A\x00" + struct.pack("<I", size) + packed


@pytest.mark.parametrize(
    ("packed", "content"),
    [
        (b"\xffabcdefgh\x01i", b"abcdefghi"),
        (b"\x07ab \xf0\xf4\x00\xf0", b"ab ab ab a   "),  # what was written first, then blanks of the window
        (b"\x01x\xf0\xf5", b"x" * 9),  # a copy that runs into itself
        (b"\x00\xed\xf0", b"   "),
    ],
)
def test_letters_and_copies_come_out(packed: bytes, content: bytes) -> None:
    found = unpack_szdd(put_head(len(content), packed), ROOM)
    assert found == Unpacked(content, is_whole=True, used_bytes=14 + len(packed))


def test_what_is_cut_off_is_damaged_and_what_is_too_large_is_not_whole() -> None:
    assert unpack_szdd(put_head(9, b"\xffabc"), ROOM).is_damaged
    assert unpack_szdd(put_head(9, b"\xffabcdefgh"), 4) == Unpacked(b"abcd", is_whole=False, used_bytes=23)


@pytest.mark.parametrize(
    ("method", "content"), [(0, b"abc"), (1, bytes(255 - value for value in b"abc")), (2, b"\x07abc")]
)
def test_three_forms_of_the_later_format_are_undone(method: int, content: bytes) -> None:
    packed = b"KWAJ\x88\xf0\x27\xd1" + struct.pack("<HHH", method, 14, 0) + content
    found = unpack_kwaj(packed, ROOM)
    assert found is not None
    assert found.content == b"abc"
    assert unpack_kwaj(packed[:8] + b"\x03" + packed[9:], ROOM) is None


@given(st.binary(max_size=300))
def test_any_bytes_come_out_as_something(packed: bytes) -> None:
    assert len(unpack_szdd(put_head(2_000, packed), 1_500).content) <= 1_500
    unpack_kwaj(b"KWAJ\x88\xf0\x27\xd1" + packed, ROOM)


def test_a_file_of_copies_alone_is_cut_before_it_takes_long() -> None:
    start = time.process_time()
    found = unpack_szdd(
        put_head(MAX_BYTES * 2, b"\x00" + b"\xee\xf0" * 8 + (b"\x00" + b"\xee\xf0" * 8) * 200_000), MAX_BYTES * 2
    )
    assert time.process_time() - start < 4
    assert not found.is_whole
