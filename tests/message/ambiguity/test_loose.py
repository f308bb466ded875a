"""What might be the header of a part, and where its body might begin and end."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.ambiguity.loose import PIECE_BYTES, read_loosely

MAIL = (
    b"Subject: x\r\nContent-Type: multipart/mixed; boundary=foo\r\n\r\n--foo\r\nContent-Type: text/plain\r\n\r\nHi\r\n"
    b"--foo\r\nContent-Type: image/png\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    b"--foo--\r\n"
)


def read(raw: bytes) -> list[tuple[list[str], list[bytes]]]:
    """Give the kinds of fields of each section, and its body from each place where it may begin to its last end."""
    reading = read_loosely(raw)
    return [
        (
            [one.kind for one in section.fields],
            [raw[start : reading.find_ends(section, start)[-1]] for start in section.starts],
        )
        for section in reading.sections
    ]


def test_a_plain_mail_is_split_as_it_is_meant() -> None:
    assert read(MAIL) == [(["type"], [b"", b""]), (["type"], [b"Hi\r\n"]), (["type", "encoding"], [b"AAAA\r\n"])]


@pytest.mark.parametrize(
    "field",
    [
        b"Content-Transfer-Encoding: base64",
        b"content-transfer-encoding:base64",
        b" Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding : base64",
        b"Content-Transfer-Encoding:: base64",
        b"Content-Transfer-Encoding base64",
        b"Content-Transfer-Encoding\r\n : base64",
        b"\x00Content-Transfer-Encoding: base64",
        b"Content_Transfer_Encoding: base64",
        b"Content-Transfer-Encoding(: )base64",
        b"\rContent-Transfer-Encoding: base64",
        b"X: y\rContent-Transfer-Encoding: base64",
        b"\xef\xbb\xbfContent-Transfer-Encoding: base64",
    ],
)
def test_a_field_is_found_however_its_name_is_written(field: bytes) -> None:
    reading = read_loosely(b"Subject: x\r\n" + field + b"\r\n\r\nAAAA\r\n")
    ((one,),) = [section.fields for section in reading.sections]
    assert (one.kind, one.value.strip().strip(b":) ")) == ("encoding", b"base64")


@pytest.mark.parametrize(
    "text",
    [
        b"DKIM-Signature: h=From:\r\n Content-Type:Content-Transfer-Encoding:Subject; b=x\r\n\r\n",
        b"X-Content-Type: a/b\r\n",
        b"about content-type things",
        b"<meta http-equiv='content-type' content='text/html'>",
        b"  content-type: is a field\r\n",
    ],
)
def test_a_name_in_a_list_or_a_sentence_is_no_field(text: bytes) -> None:
    assert read_loosely(text).sections == []


def test_a_folded_value_is_one_value() -> None:
    (section,) = read_loosely(b"Content-Type: text/plain;\r\n charset=utf-8\r\n\r\nHi").sections
    assert section.values("type") == [b" text/plain;\r\n charset=utf-8\r"]


@pytest.mark.parametrize(
    ("between", "bodies"),
    [
        (b"\r\n", [b"AAAA\r\n"]),
        (b" \r\n", [b"AAAA\r\n", b"--foo--\r\n"]),
        (b"", [b"AAAA\r\n", b"--foo--\r\n"]),
        (b"junk\r\n\r\n", [b"junk\r\n\r\nAAAA\r\n", b"\r\nAAAA\r\n", b"AAAA\r\n"]),
        (b"\r\nA\r\n\r\n", [b"A\r\n\r\nAAAA\r\n", b"AAAA\r\n"]),
        (b"Content-ID: <1>\r\nX: y\r\n\r\n", [b"AAAA\r\n"]),
    ],
)
def test_a_body_may_begin_behind_junk(between: bytes, bodies: list[bytes]) -> None:
    raw = b"--foo\r\nContent-Type: image/png\r\n" + between + b"AAAA\r\n--foo--\r\n"
    assert read(raw)[0][1] == [body if body != b"--foo--\r\n" else b"" for body in bodies]


def test_fields_that_blank_lines_part_belong_together_and_fields_of_different_parts_do_not() -> None:
    raw = (
        b"Content-Type: a/b\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--x\r\nContent-Type: c/d\r\n\r\nHi"
    )
    assert [kinds for kinds, _ in read(raw)] == [["type", "encoding"], ["type"]]


def test_a_body_may_end_at_dashes_or_at_what_begins_as_a_boundary_or_at_a_whole_one() -> None:
    raw = MAIL.replace(b"AAAA\r\n", b"AAAA\r\n-- \r\nBBBB\r\n--foox\r\nCCCC\r\n")
    reading = read_loosely(raw)
    section = reading.sections[2]
    bodies = [raw[section.starts[0] : end] for end in reading.find_ends(section, section.starts[0])]
    assert bodies == [b"AAAA\r\n", b"AAAA\r\n-- \r\nBBBB\r\n", b"AAAA\r\n-- \r\nBBBB\r\n--foox\r\nCCCC\r\n"]


def test_the_boundary_of_a_line_counts_though_no_field_tells_it() -> None:
    raw = b"--faa\r\nContent-Type: image/png\r\n\r\nAAAA\r\n--faa--\r\nbye\r\n"
    assert read(raw)[0][1] == [b"AAAA\r\n"]


def test_the_view_is_as_long_as_the_mail_and_has_line_feeds_for_bare_carriage_returns() -> None:
    raw = b"a\rb\r\r\nc\x00d\r\n"
    reading = read_loosely(raw)
    assert (reading.view, reading.has_bare_cr) == (b"a\nb \r\nc d\r\n", True)


def test_limits_are_told() -> None:
    assert not read_loosely(b"Content-Type: a/b\r\n\r\n--x\r\n" * 3_100).is_whole
    assert not read_loosely(b"content " * 21_000).is_whole
    reading = read_loosely(b"Content-Type: a/b\r\n\r\n" + b"--\r\n" * 21_000)
    reading.find_ends(reading.sections[0], reading.sections[0].starts[0])
    assert not reading.is_whole


@given(
    st.lists(
        st.sampled_from([b"Content-Type", b":", b" a/b", b"\r", b"\n", b"--x", b" ", b"\x00", b"AAAA"]), max_size=40
    )
)
def test_any_bytes_give_sections_in_their_order(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    reading = read_loosely(raw)
    assert len(reading.view) == len(raw)
    position = 0
    for section in reading.sections:
        assert position <= section.fields[0].start <= section.starts[0] <= section.limit <= len(raw)
        assert all(
            section.fields[-1].end <= end <= section.limit for end in reading.find_ends(section, section.starts[0])[-1:]
        )
        position = section.limit


@pytest.mark.parametrize("shift", range(4))
def test_line_ends_are_read_alike_wherever_a_piece_of_the_mail_ends(shift: int) -> None:
    raw = b"x" * (PIECE_BYTES - shift) + b"\r\n\r\r"
    assert read_loosely(raw).view == b"x" * (PIECE_BYTES - shift) + b"\r\n\n\n"


def test_a_mail_of_bare_carriage_returns_takes_no_more_memory_than_another() -> None:
    raw = b"Subject: x\r\n\r\n" + b"\r" * 2_000_000
    tracemalloc.start()
    read_loosely(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * len(raw)


@pytest.mark.parametrize("unit", [b"\r\n", b"A: b\r\n", b" \r\n", b"Content-Type: a\r\n", b"Content-Type: a\r\n b\r\n"])
def test_what_repeats_takes_no_more_memory_than_copies_of_the_mail(unit: bytes) -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + unit * (1_000_000 // len(unit))
    tracemalloc.start()
    read_loosely(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 12 * len(raw)
