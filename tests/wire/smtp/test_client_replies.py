"""Any bytes give replies or the one error, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import PeerProtocolError
from gatepost.wire.smtp.client_replies import MAX_LINE_BYTES, MAX_LINES, ReplyReader, ServerReply, clean_text

REPLY_PIECES = st.sampled_from(
    [
        b"220 ",
        b"250-",
        b"250 ",
        b"451 4.3.0 ",
        b"550 5.1.1 ",
        b"\r\n",
        b"\r",
        b"\n",
        b"\0",
        b"\xff",
        b"x" * 700,
        b"-",
        b"1",
    ]
)
SERVER_BYTES = st.one_of(st.binary(max_size=300), st.lists(REPLY_PIECES, max_size=40).map(b"".join))


def read_all(*chunks: bytes) -> tuple[list[ServerReply], str]:
    reader = ReplyReader()
    for chunk in chunks:
        reader.receive(chunk)
    replies: list[ServerReply] = []
    try:
        while (reply := reader.next_reply()) is not None:
            replies.append(reply)
    except PeerProtocolError as error:
        return replies, error.public
    return replies, ""


def test_lines_with_the_same_code_are_one_reply() -> None:
    replies, _ = read_all(b"250-mx.example\r\n250-SIZE 1000\r\n250 HELP\r\n")
    assert replies == [ServerReply(250, "", ("mx.example", "SIZE 1000", "HELP"))]


def test_a_code_alone_is_a_reply() -> None:
    assert read_all(b"250\r\n")[0] == [ServerReply(250, "", ("",))]


def test_an_enhanced_status_of_the_same_class_is_taken() -> None:
    assert read_all(b"550 5.1.1 no such user\r\n")[0][0].status == "5.1.1"


@pytest.mark.parametrize("text", [b"550 2.1.1 no", b"550 5.1 no", b"550 5.1.1no", b"550 x5.1.1 no"])
def test_an_enhanced_status_that_does_not_fit_is_left_out(text: bytes) -> None:
    assert read_all(text + b"\r\n")[0][0].status == ""


@pytest.mark.parametrize(
    "line",
    [
        b"hello", b"25 short", b"150 preliminary", b"650 beyond", b"250_odd", b"250\x00", b"25\xb2 digit",
        b"250 bare\nline", b"250 bare\rreturn", b"", b" 250 late",
    ],
)  # fmt: skip
def test_what_is_no_reply_line_is_refused(line: bytes) -> None:
    replies, error = read_all(line + b"\r\n")
    assert replies == []
    assert "not a reply" in error


def test_a_code_that_changes_within_a_reply_is_refused() -> None:
    assert read_all(b"250-one\r\n550 two\r\n") == ([], "the server changed the code within a reply")


def test_replies_before_the_error_are_given_first() -> None:
    replies, error = read_all(b"250 2.0.0 queued\r\ngarbage\r\n250 more\r\n")
    assert [reply.code for reply in replies] == [250]
    assert "not a reply" in error


def test_the_longest_line_is_taken_and_one_byte_more_is_refused() -> None:
    longest = b"250 " + b"x" * (MAX_LINE_BYTES - 4)
    assert len(read_all(longest + b"\r\n")[0]) == 1
    assert read_all(longest + b"\r", b"\n") == read_all(longest + b"\r\n")
    assert "too long" in read_all(longest + b"x\r\n")[1]


def test_a_line_that_never_ends_is_refused_before_it_fills_the_memory() -> None:
    assert "too long" in read_all(b"250 " + b"x" * MAX_LINE_BYTES)[1]


def test_a_reply_that_never_ends_is_refused() -> None:
    assert "more than" in read_all(b"250-x\r\n" * MAX_LINES)[1]
    assert len(read_all(b"250-x\r\n" * (MAX_LINES - 1) + b"250 x\r\n")[0]) == 1


def test_text_with_controls_and_direction_marks_is_made_harmless() -> None:
    assert clean_text("a\x1b[2Jb\x85c\u2028d\u202ee\u200bf\ufeff\t中文 é") == "a [2Jb c d e f  中文 é"


def test_bytes_that_are_not_utf8_do_not_stop_the_reader() -> None:
    assert read_all(b"550 \xff\xfe no\r\n")[0][0].lines == ("\ufffd\ufffd no",)


@given(SERVER_BYTES, st.integers(0, 300), st.integers(0, 300))
def test_the_result_does_not_depend_on_how_the_bytes_were_cut(data: bytes, first: int, second: int) -> None:
    first, second = sorted((first, second))
    whole = read_all(data)
    assert read_all(data[:first], data[first:second], data[second:]) == whole
    assert read_all(*(data[at : at + 1] for at in range(len(data)))) == whole


@given(SERVER_BYTES)
def test_no_control_character_gets_through(data: bytes) -> None:
    for reply in read_all(data)[0]:
        assert all(line.isprintable() for line in reply.lines)
