"""Streams that ask for very much memory are unpacked with less, and come out the same."""

import lzma
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.archives.dictionaries import MOST_BYTES, limit_alone, limit_xz

CONTENT = bytes(range(256)) * 400
GIGABYTE = 1 << 30


def write_xz(code: int, *, filters: tuple[int, ...] = ()) -> bytes:
    """Pack with a small dictionary, and say that it is another; the code for 1 GiB is 36."""
    chain = [{"id": each} for each in filters] + [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    packed = lzma.compress(CONTENT, lzma.FORMAT_XZ, filters=chain)
    end = 12 + 4 * packed[12]
    head = bytearray(packed[12:end])
    head[head.index(b"\x21\x01") + 2] = code
    return packed[:12] + head + zlib.crc32(head).to_bytes(4, "little") + packed[end + 4 :]


def write_alone(dictionary_bytes: int) -> bytes:
    packed = lzma.compress(CONTENT, lzma.FORMAT_ALONE)
    return packed[:1] + dictionary_bytes.to_bytes(4, "little") + packed[5:]


def unpack(content: bytes, form: int) -> bytes:
    return lzma.LZMADecompressor(form, memlimit=2 * MOST_BYTES).decompress(content)


@pytest.mark.parametrize("filters", [(), (lzma.FILTER_X86,), (lzma.FILTER_DELTA, lzma.FILTER_ARM)])
def test_a_large_dictionary_of_xz_is_limited(filters: tuple[int, ...]) -> None:
    packed = write_xz(36, filters=filters)
    with pytest.raises(lzma.LZMAError):
        unpack(packed, lzma.FORMAT_XZ)
    assert unpack(limit_xz(packed), lzma.FORMAT_XZ) == CONTENT


def test_a_large_dictionary_of_lzma_is_limited() -> None:
    packed = write_alone(GIGABYTE)
    with pytest.raises(lzma.LZMAError):
        unpack(packed, lzma.FORMAT_ALONE)
    assert unpack(limit_alone(packed), lzma.FORMAT_ALONE) == CONTENT


def test_what_asks_for_little_is_left_as_it_is() -> None:
    for packed in (write_xz(16), write_xz(28), b"", b"\xfd7zXZ\x00"):
        assert limit_xz(packed) is packed
    assert limit_alone(write_alone(1 << 20)) == write_alone(1 << 20)


@given(st.binary(max_size=60), st.integers(0, 30))
def test_any_bytes_keep_their_length(noise: bytes, at: int) -> None:
    packed = write_xz(36)[:200]
    for content in (noise, packed[:at] + noise + packed[at + len(noise) :]):
        assert len(limit_xz(content)) == len(content)
        assert len(limit_alone(content)) in (len(content), max(5, len(content)))
