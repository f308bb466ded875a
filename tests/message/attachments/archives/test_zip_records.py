"""The records of a ZIP archive, each by itself."""

import struct
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_cases import NOTE
from gatepost.message.attachments.archives.zip_records import (
    find_descriptor_end,
    read_central,
    read_end,
    read_extras,
    read_local,
    read_unicode_path,
)
from zip_builder import Piece, write_central, write_end, write_end64, write_local, write_zip

PIECE = Piece(b"plan.txt", NOTE)


def zip64(*numbers: int) -> bytes:
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def test_both_headers_say_the_same() -> None:
    local, central = read_local(write_local(PIECE), 0), read_central(write_central(PIECE, 7), 0)
    assert local is not None
    assert central is not None
    assert (local.name, local.size_bytes, local.crc) == (b"plan.txt", len(NOTE), zlib.crc32(NOTE))
    assert (central.name, central.size_bytes, central.crc, central.local_at) == (
        *[local.name, local.size_bytes, local.crc],
        7,
    )


def test_what_is_no_header_is_none() -> None:
    assert read_local(b"PK\x03\x04", 0) is None
    assert read_central(b"PK\x01\x02" + bytes(41), 0) is None
    assert read_end(b"PK\x05\x06", 0) is None


def test_zip64_sizes_are_put_in_where_the_header_asks() -> None:
    piece = Piece(b"a", NOTE, extra=zip64(5, 6), local={"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF})
    local = read_local(write_local(piece), 0)
    assert local is not None
    assert (local.size_bytes, local.packed_bytes, local.is_zip64_odd) == (5, 6, False)


def test_a_zip64_field_that_contradicts_the_header_is_odd() -> None:
    local = read_local(write_local(Piece(b"a", NOTE, extra=zip64(5, 6))), 0)
    assert local is not None
    assert (local.size_bytes, local.is_zip64_odd) == (len(NOTE), True)


def test_a_zip64_field_of_a_writer_who_streams_is_not_odd() -> None:
    local = read_local(write_local(Piece(b"a", NOTE, extra=zip64(0, 0))), 0)
    assert local is not None
    assert not local.is_zip64_odd


def test_an_extra_field_is_split_and_its_rest_is_given() -> None:
    assert read_extras(b"\x01\x00\x02\x00ab\x02\x00\x00\x00xyz") == ([(1, b"ab"), (2, b"")], b"xyz")


def test_a_unicode_path_belongs_to_one_name() -> None:
    value = b"\x01" + struct.pack("<I", zlib.crc32(b"a")) + "ä".encode()
    piece = Piece(b"a", extra=struct.pack("<HH", 0x7075, len(value)) + value)
    local = read_local(write_local(piece), 0)
    assert local is not None
    assert read_unicode_path(local) == ("ä".encode(), True)


def test_the_end_is_read_with_its_zip64_form() -> None:
    content = write_end64(3, 40, 50, 90) + write_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    end = read_end(content, content.rindex(b"PK\x05\x06"))
    assert end is not None
    assert (end.count, end.directory_bytes, end.directory_at, end.directory_end, end.is_odd) == (3, 40, 50, 0, False)


def test_an_end_that_contradicts_its_zip64_form_is_odd() -> None:
    content = write_end64(3, 40, 50, 90) + write_end(1, 40, 50)
    end = read_end(content, content.rindex(b"PK\x05\x06"))
    assert end is not None
    assert end.is_odd


def test_a_descriptor_is_known_in_all_its_forms() -> None:
    local = read_local(write_local(PIECE), 0)
    assert local is not None
    for layout, head in (("<III", b"PK\x07\x08"), ("<III", b""), ("<IQQ", b"PK\x07\x08"), ("<IQQ", b"")):
        written = head + struct.pack(layout, local.crc, local.packed_bytes, local.size_bytes)
        assert find_descriptor_end(b"xx" + written, 2, local) == 2 + len(written)
    assert find_descriptor_end(bytes(40), 2, local) is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.sampled_from([b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"]))
def test_any_bytes_are_a_record_or_none(noise: bytes, mark: bytes) -> None:
    content = write_zip([PIECE]) + mark + noise
    at = content.rindex(mark)
    for read in (read_local, read_central, read_end):
        found = read(content, at)
        assert found is None or found.at == at
