"""Lines of a header are found that only some programs take for From, or for the end of a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.screen.header_lines import find_almost_from, stands_at_bare_line_end
from screen_cases import write_mail


def find(raw: bytes) -> list[bytes]:
    return [raw[span.start : span.end] for span in find_almost_from(parse_message(raw))]


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("From\x00: admin@bank.example\r\n", [b"From\x00: admin@bank.example\r\n"]),
        ("-From: admin@bank.example\r\n", [b"-From: admin@bank.example\r\n"]),
        ("X-A: b\rFrom: admin@bank.example\r\n", [b"X-A: b\rFrom: admin@bank.example\r\n"]),
        ("\x0bFrom: admin@bank.example\r\n", [b"\x0bFrom: admin@bank.example\r\n"]),
        ("X-From: admin@bank.example\r\n", []),
        ("X-A: From: you\r\n", []),
        ("Subject: about\r\n From: you\r\n", []),
        ("X-A: b\r\rc\r\n", []),
    ],
)
def test_lines_that_are_nearly_from_are_found(head: str, lines: list[bytes]) -> None:
    assert find(write_mail(head=head)) == lines


def test_a_line_behind_the_header_is_found_where_no_blank_line_parts_them() -> None:
    assert find(b"To: a@b.example\r\n-- From: x@y.example\r\nz\r\n\r\n") == [b"-- From: x@y.example\r\nz"]
    assert find(b"To: a@b.example\r\n\r\n-- From: x@y.example\r\n") == []
    assert find(b"") == []


@pytest.mark.parametrize(
    ("before", "at_bare_line_end"),
    [(b"X: y\n", True), (b"X: y\r\n", False), (b"X: y\n\tz\r\n", False)],
)
def test_a_bare_line_end_counts_beside_the_header(before: bytes, *, at_bare_line_end: bool) -> None:
    message = parse_message(before + write_mail())
    assert stands_at_bare_line_end(message, message.all_headers("from")[0]) is at_bare_line_end


def test_where_no_line_ends_in_crlf_none_is_broken() -> None:
    for raw in (write_mail().replace(b"\r\n", b"\n"), write_mail().replace(b"\r\n", b"\n").replace(b"Ann", b"A\rnn")):
        message = parse_message(raw)
        assert not stands_at_bare_line_end(message, message.all_headers("from")[0])


@given(st.lists(st.sampled_from([b"From", b":", b"\r", b"\n", b"\r\n", b" ", b"x", b"-", b"\x00", b"To: a@b\r\n"])))
def test_any_bytes_can_be_searched(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert all(line in raw for line in find(raw))
