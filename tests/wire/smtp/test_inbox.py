"""Command lines come out the same, however the bytes were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.wire.smtp.inbox import MAX_COMMAND_LINE_BYTES, Inbox, LineFault


def read_all(pieces: list[bytes]) -> list[bytes | LineFault]:
    inbox = Inbox()
    lines: list[bytes | LineFault] = []
    for piece in pieces:
        inbox.receive(piece)
        while (line := inbox.take_line()) is not None:
            lines.append(line)
    return lines


def test_lines_come_out_without_their_ends() -> None:
    assert read_all([b"NOOP\r\n\r\nQU", b"IT\r", b"\n"]) == [b"NOOP", b"", b"QUIT"]


@pytest.mark.parametrize("wrong", [b"a\nb\r\n", b"a\rb\r\n", b"a\r\r\n", b"a\0b\r\n", b"\n\n\n\r\n"])
def test_a_wrong_line_is_one_fault_and_the_next_line_counts(wrong: bytes) -> None:
    assert read_all([wrong + b"NOOP\r\n"]) == [LineFault.BARE_LINE_END, b"NOOP"]


def test_the_longest_line_is_565_bytes_with_its_end() -> None:
    longest = b"x" * (MAX_COMMAND_LINE_BYTES - 2)
    assert read_all([longest + b"\r\n"]) == [longest]
    assert read_all([longest + b"x\r\n"]) == [LineFault.TOO_LONG]


def test_a_line_without_end_is_told_early_and_not_kept() -> None:
    inbox = Inbox()
    inbox.receive(b"x" * 1_000_000)
    assert inbox.take_line() is LineFault.TOO_LONG
    inbox.receive(b"x" * 1_000_000)
    assert inbox.take_line() is None
    assert len(inbox) == 0


def test_what_was_looked_at_is_not_kept() -> None:
    inbox = Inbox()
    inbox.receive(b"NOOP\r\n")
    inbox.take_line()
    assert inbox.take_line() is None
    assert inbox.data == b""


def test_what_comes_while_lines_are_left_stays_in_order() -> None:
    inbox = Inbox()
    inbox.receive(b"ONE\r\nTWO\r\nTH")
    assert inbox.take_line() == b"ONE"
    inbox.receive(b"REE\r")
    inbox.receive(b"\nFOUR\r\n")
    assert [inbox.take_line() for _ in range(4)] == [b"TWO", b"THREE", b"FOUR", None]


@given(st.lists(st.sampled_from([b"NOOP", b"\r", b"\n", b"\r\n", b"\0", b"x" * 300, b" "]), max_size=30), st.data())
def test_lines_do_not_depend_on_the_cuts(words: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(words)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=10)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert read_all(pieces) == read_all([whole])
