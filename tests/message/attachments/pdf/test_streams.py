"""Filters are undone in their order, never past the limit, and damage costs only what follows it."""

import zlib
from base64 import a85encode
from typing import Any

import pikepdf
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.pdf.streams import MAX_FILTERS, decode, inflate, read_filters, read_stream

PDF = pikepdf.new()


def build_stream(content: bytes, *filters: str, **keys: Any) -> pikepdf.Stream:
    names = pikepdf.Array([pikepdf.Name(f"/{name}") for name in filters])
    return pikepdf.Stream(PDF, content, pikepdf.Dictionary(Filter=names, **keys))


def test_filters_are_undone_from_the_outermost() -> None:
    packed = a85encode(zlib.compress(b"inner").hex().encode() + b">") + b"~>"
    stream = build_stream(packed, "A85", "ASCIIHexDecode", "FlateDecode")
    assert read_filters(stream) == ["A85", "ASCIIHexDecode", "FlateDecode"]
    assert read_stream(stream, 100) == b"inner"


def test_one_filter_may_stand_without_an_array() -> None:
    stream = pikepdf.Stream(PDF, zlib.compress(b"inner"), pikepdf.Dictionary(Filter=pikepdf.Name.FlateDecode))
    assert (read_filters(stream), read_stream(stream, 100)) == (["FlateDecode"], b"inner")


def test_no_more_is_unpacked_than_was_asked_for() -> None:
    bomb = zlib.compress(bytes(10_000_000))
    assert len(inflate(bomb, 1_000)) == 1_000
    assert len(read_stream(build_stream(zlib.compress(bomb), "FlateDecode", "FlateDecode"), 1_000)) <= 1_000


def test_more_filters_than_any_honest_file_has_are_not_undone() -> None:
    assert read_stream(build_stream(b"4141>", *["AHx"] * (MAX_FILTERS + 1)), 10) == b""


def test_a_filter_of_the_library_is_undone_by_the_library() -> None:
    stream = build_stream(b"\x04abcde\x80", "RunLengthDecode")
    assert read_stream(stream, 3) == b"abc"
    assert read_stream(build_stream(bytes(300_000), "RunLengthDecode"), 3) == b""


def test_what_stands_in_front_of_the_damage_is_read() -> None:
    packed = zlib.compress(bytes(range(256)) * 300, 0)
    assert inflate(packed[:50_000] + b"\xff" * 60_000, 100_000).startswith(bytes(range(256)))


@given(st.binary(max_size=200), st.lists(st.sampled_from(["A85", "AHx", "Fl"]), max_size=4), st.integers(0, 100))
def test_any_bytes_give_no_more_than_the_limit(content: bytes, filters: list[str], limit: int) -> None:
    assert len(decode(content, filters, limit)) <= limit
