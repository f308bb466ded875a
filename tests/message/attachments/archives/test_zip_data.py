"""Data of one file is unpacked by every method, and never more of it than asked for."""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_cases import NOTE
from gatepost.message.attachments.archives.zip_data import UnknownMethodError, Unpacked, unpack
from gatepost.message.attachments.archives.zip_records import Header

TEXT = NOTE * 2_000


def deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def pack_lzma(content: bytes) -> bytes:
    alone = lzma.compress(content, lzma.FORMAT_ALONE)
    return b"\x09\x04\x05\x00" + alone[:5] + alone[13:]


PACKERS: dict[int, Callable[[bytes], bytes]] = {
    0: lambda content: content,
    8: deflate,
    12: bz2.compress,
    14: pack_lzma,
    93: zstandard.compress,
    95: lzma.compress,
}


def give(packed: bytes, method: int, room: int, content: bytes = TEXT) -> Unpacked:
    header = Header(0, 0, b"a", b"", 0, method, 0, zlib.crc32(content), len(packed), len(content), 0)
    return unpack(b"in front" + packed + b"behind", header, 8, room)


@pytest.mark.parametrize("method", PACKERS)
def test_every_method_is_undone(method: int) -> None:
    found = give(PACKERS[method](TEXT), method, 10**6)
    assert (found.content, found.is_whole, found.is_damaged, found.unused_bytes) == (TEXT, True, False, 0)


@pytest.mark.parametrize("method", PACKERS)
def test_no_more_comes_out_than_asked_for(method: int) -> None:
    found = give(PACKERS[method](TEXT), method, 1_000)
    assert (found.content, found.is_whole) == (TEXT[:1_000], False)
    assert give(PACKERS[method](TEXT), method, len(TEXT)).is_whole


@pytest.mark.parametrize("method", [8, 12, 93, 95])
def test_what_stands_in_front_of_the_damage_is_given(method: int) -> None:
    packed = PACKERS[method](TEXT)
    found = give(packed[: len(packed) - 9], method, 10**6)
    assert found.is_damaged
    assert TEXT.startswith(found.content)


def test_bytes_behind_the_end_of_the_stream_are_counted() -> None:
    assert give(deflate(TEXT) + b"more", 8, 10**6).unused_bytes == 4


def test_packed_bytes_are_counted_where_there_is_more() -> None:
    packed = deflate(bytes(10**7))
    assert 0 < give(packed, 8, 10**6).used_bytes <= len(packed)


def test_a_method_that_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownMethodError) as error:
        give(TEXT, 97, 100)
    assert error.value.args == (97,)


def test_a_dictionary_larger_than_the_memory_is_made_smaller() -> None:
    packed = b"\x09\x04\x05\x00" + struct.pack("<BI", 0x5D, 0xFFFFFFF0) + pack_lzma(TEXT)[9:]
    assert give(packed, 14, 100).content == TEXT[:100]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*PACKERS, 98, 99]), st.binary(max_size=100), st.integers(0, 50))
def test_any_bytes_are_unpacked_or_damaged(method: int, noise: bytes, room: int) -> None:
    header = Header(0, 0, b"a", b"", 0, method, 0, 0, len(noise), 10, 0)
    for each in (header, replace(header, packed_bytes=10_000)):
        assert len(unpack(noise, each, 0, room).content) <= room
