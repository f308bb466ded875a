"""Frames come through a stream whole, however it is cut, and none is larger than its reader allows."""

import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.attachments.shown import attach_entity
from gatepost.net.sandbox.frames import (
    LEAST_ATTACHED_BYTES,
    LEAST_SHOWN_BYTES,
    Born,
    Died,
    Failed,
    count_shown,
    decode_word,
    encode,
    pack_answer,
    read_bytes,
    read_frame,
    unpack_answer,
    write_bytes,
    write_frame,
)


def send_in_pieces(sock: socket.socket, stream: bytes, step: int) -> None:
    for at in range(0, len(stream), step):
        sock.sendall(stream[at : at + step])


def send_slowly(sock: socket.socket, count: int) -> None:
    for _ in range(count):
        sock.sendall(b"x")
        time.sleep(0.01)


def send_with_content(sock: socket.socket, content: bytes) -> None:
    write_frame(sock, b"x")
    write_bytes(sock, content)


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 40))
def test_frames_come_out_as_they_went_in_however_the_stream_is_cut(values: list[bytes], step: int) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = b"".join(len(value).to_bytes(4, "big") + value for value in values)
        sender = threading.Thread(target=send_in_pieces, args=(ours, stream, step))
        sender.start()
        assert [read_frame(theirs, 300) for _ in values] == values
        sender.join()


def test_large_content_comes_through() -> None:
    content = bytes(range(256)) * 40_000
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=send_with_content, args=(ours, content))
        sender.start()
        until_s = time.monotonic() + 20
        assert read_frame(theirs, 10, until_s) == b"x"
        assert read_bytes(theirs, len(content), until_s) == content
        sender.join()


def test_a_frame_that_is_too_large_is_not_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"\xff\xff\xff\xff")
        with pytest.raises(ValueError, match="4294967295"):
            read_frame(theirs, 1_000)


def test_the_end_of_the_other_side_is_told() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(b"\0\0\0\x05ab")
        with pytest.raises(EOFError):
            read_frame(ours, 100)
        with pytest.raises(EOFError):
            write_bytes(ours, b"x" * 1_000)


def test_nobody_waits_past_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(TimeoutError):
            read_frame(theirs, 100, time.monotonic() + 0.01)
        with pytest.raises(TimeoutError):
            write_bytes(ours, bytes(10_000_000), time.monotonic() + 0.01)


@pytest.mark.parametrize("word", [Born(1, 2, ("a",)), Died(1, 9, 100), Failed(3, "why")])
def test_the_nursery_is_understood(word: Born | Died | Failed) -> None:
    assert decode_word(encode(word)) == word


def test_an_answer_is_put_together_and_taken_apart() -> None:
    values, contents, shown = unpack_answer(pack_answer(b"values", [b"", b"bytes"], [(1, b"text")]))
    assert (bytes(values), contents, shown) == (b"values", [b"", b"bytes"], [(1, b"text")])


def test_a_short_text_that_is_shown_counts_as_more_than_it_is() -> None:
    assert count_shown([b"", b"x", bytes(LEAST_SHOWN_BYTES + 1)]) == LEAST_SHOWN_BYTES * 3 + 1
    attached = attach_entity(b"Subject: x")
    assert count_shown([attached, attached + bytes(LEAST_SHOWN_BYTES)]) == (
        LEAST_ATTACHED_BYTES + len(attached) + LEAST_SHOWN_BYTES
    )


@pytest.mark.parametrize("answer", [b"", b"abc", b"\xff" * 4, b"\x00\x00\x00\x01", b"\x00\x00\x00\x01x"])
def test_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack_answer(answer)


def test_bytes_that_come_one_by_one_are_not_waited_for_without_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=send_slowly, args=(theirs, 20))
        sender.start()
        with pytest.raises(ValueError, match="too many pieces"):
            read_bytes(ours, 100, time.monotonic() + 10, most_pieces=3)
        sender.join()
