"""Frames survive any cut and any damage: what comes out is what went in, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import OurFault
from gatepost.store.frames import HEAD, MAX_META_BYTES, Frame, Kind, Torn, build_frame, find_next_frame, read_frame

frames = st.tuples(st.sampled_from(Kind), st.binary(max_size=200), st.binary(max_size=500))


@given(frames)
def test_a_frame_reads_back_as_it_was_written(parts: tuple[Kind, bytes, bytes]) -> None:
    data = b"".join(build_frame(*parts))
    assert read_frame(data) == Frame(*parts, 0, len(data))


@given(st.binary(max_size=400), st.integers(0, 100))
def test_any_bytes_are_a_frame_or_torn(data: bytes, start: int) -> None:
    assert isinstance(read_frame(data, min(start, len(data))), Frame | Torn)


@given(frames, st.data())
def test_a_cut_frame_is_a_torn_tail(parts: tuple[Kind, bytes, bytes], data: st.DataObject) -> None:
    whole = b"".join(build_frame(*parts))
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert read_frame(whole[:cut]) == Torn(0, is_tail=True)


@given(frames, st.data())
def test_a_changed_byte_is_never_read_as_a_frame(parts: tuple[Kind, bytes, bytes], data: st.DataObject) -> None:
    whole = bytearray(b"".join(build_frame(*parts)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert isinstance(read_frame(bytes(whole)), Torn)


def test_the_next_frame_is_found_behind_damage() -> None:
    first = b"".join(build_frame(Kind.MAIL, b"one", b"x" * 50))
    second = b"".join(build_frame(Kind.MAIL, b"two", b"y" * 50))
    damaged = b"\0" * len(first) + second
    assert find_next_frame(damaged, 0) == Frame(Kind.MAIL, b"two", b"y" * 50, len(first), len(damaged))


def test_a_frame_cut_by_the_chunk_is_told_apart_from_no_frame() -> None:
    second = b"".join(build_frame(Kind.MAIL, b"two", b"y" * 50))
    assert find_next_frame(b"\0" * 9 + second[:-1], 0) == Torn(9, is_tail=True)
    assert find_next_frame(b"\0" * 90, 0) is None


@given(frames, st.binary(max_size=50))
def test_no_mail_can_bring_a_frame_of_its_own(parts: tuple[Kind, bytes, bytes], junk: bytes) -> None:
    """Behind damage frames are looked for in what strangers wrote; a head needs NULs, which no gate takes."""
    forged = b"".join(build_frame(*parts))
    forged = forged[: HEAD.size].replace(b"\0", b"\x01") + forged[HEAD.size :]
    found = find_next_frame(junk.replace(b"\0", b"") + forged, 0)
    assert not isinstance(found, Frame) or found.start >= len(junk) + HEAD.size


def test_what_could_not_be_read_back_is_never_written() -> None:
    assert build_frame(Kind.MAIL, bytes(MAX_META_BYTES))
    with pytest.raises(OurFault):
        build_frame(Kind.MAIL, bytes(MAX_META_BYTES + 1))
