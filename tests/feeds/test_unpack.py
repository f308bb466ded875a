import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds.trouble import FeedTrouble
from gatepost.feeds.unpack import read_pieces


def read(content: bytes, max_bytes: int = 10_000_000) -> bytes:
    return b"".join(read_pieces(io.BytesIO(content), max_bytes))


@given(st.binary(max_size=2_000), st.binary(max_size=50))
def test_what_was_packed_comes_out_and_what_was_not_stays(content: bytes, more: bytes) -> None:
    content = b"a" + content  # a list that begins like gzip is taken for gzip
    packed = gzip.compress(content)
    assert read(content) == content
    assert read(packed) == content
    assert read(packed + gzip.compress(more)) == content + more
    assert read(packed + b"\0" * 20) == content


def test_a_file_that_the_server_packed_once_more_is_read() -> None:
    assert read(gzip.compress(gzip.compress(b"evil.example\n"))) == b"evil.example\n"


BOMB = gzip.compress(b"\0" * 50_000_000, mtime=0)


@pytest.mark.parametrize("bomb", [BOMB, gzip.compress(BOMB, mtime=0)], ids=["once", "twice"])
def test_a_bomb_is_left_at_the_limit(bomb: bytes) -> None:
    taken: list[int] = []
    with pytest.raises(FeedTrouble, match="longer than 1000000 bytes"):
        taken.extend(map(len, read_pieces(io.BytesIO(bomb), 1_000_000)))
    assert (sum(taken) <= 1_000_000, max(taken) <= 65_536) == (True, True)


def test_a_list_too_long_is_told_even_when_it_is_not_packed() -> None:
    assert len(read(b"a" * 1000, 1000)) == 1000
    with pytest.raises(FeedTrouble, match="longer"):
        read(b"a" * 1001, 1000)


def test_a_list_cut_off_anywhere_is_told() -> None:
    packed = gzip.compress(b"evil.example/a\n" * 50)
    for cut in range(2, len(packed)):
        for whole_before in (b"", packed):
            with pytest.raises(FeedTrouble, match="cut off"):
                read(whole_before + packed[:cut])


@pytest.mark.parametrize("tail", [b"garbage", b"\x1f\x8b\x08garbage-garbage-garbage"])
def test_damage_is_told(tail: bytes) -> None:
    with pytest.raises(FeedTrouble, match=r"damaged|cut off"):
        read(gzip.compress(b"evil.example") + tail)


def test_members_without_end_are_told() -> None:
    with pytest.raises(FeedTrouble, match="members"):
        read(gzip.compress(b"") * 10_001)


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_mark_of_gzip_are_content_or_trouble(tail: bytes) -> None:
    content = b"\x1f\x8b" + tail
    try:
        found = read(content)
    except FeedTrouble:
        return
    assert found == zlib.decompressobj(31).decompress(content) or content.count(b"\x1f\x8b") > 1
