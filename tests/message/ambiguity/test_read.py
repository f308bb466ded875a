"""What is told of a mail that may be read in several ways, and what its other reading holds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambiguous_mails import ENCODING, HEAD, MIXED, TEXT, Payload, put, write_mails
from gatepost.message.ambiguity.read import MAX_RAW_BYTES, find_ambiguities, read_otherwise
from gatepost.message.parse import parse_message

PROGRAM = Payload(
    "a.bin", "application/octet-stream", b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0" + bytes(200)
)
NOTE = Payload("a.bin", "application/octet-stream", b"An innocent note, and nothing else.")
HIDING = b"--foo--\r\n--foo\r\n"


def write(payload: Payload, before: bytes = HIDING) -> bytes:
    return put(payload.fields + ENCODING + b"base64\r\n\r\n" + payload.base64, before=before)


def find_hidden(raw: bytes) -> list[tuple[str, str]]:
    return [(one.code, one.detail) for one in find_ambiguities(parse_message(raw)) if one.hides]


def test_a_plain_mail_has_one_reading() -> None:
    message = parse_message(write(PROGRAM, before=b"--foo\r\n"))
    assert (find_ambiguities(message), read_otherwise(message)) == ((), ())


def test_a_hidden_program_is_told_and_read() -> None:
    raw = write(PROGRAM)
    assert find_hidden(raw) == [("hidden.file", "a.bin")]
    (other,) = read_otherwise(parse_message(raw))
    assert [part.content for part in other.attachments] == [PROGRAM.content]


def test_a_hidden_note_is_read_but_not_told() -> None:
    raw = write(NOTE)
    assert find_hidden(raw) == []
    (other,) = read_otherwise(parse_message(raw))
    assert [part.content for part in other.attachments] == [NOTE.content]


def test_a_copy_of_what_is_shown_hides_nothing() -> None:
    part = PROGRAM.fields + ENCODING + b"base64\r\n\r\n" + PROGRAM.base64
    message = parse_message(put(part, end=HIDING + part))
    assert [one.code for one in find_ambiguities(message)] == ["structure.epilogue", "structure.boundary_elsewhere"]
    assert read_otherwise(message) == ()


def test_a_mailing_lists_footer_behind_the_end_hides_nothing() -> None:
    footer = b"_____\r\nTo leave: https://list.example/leave"
    message = parse_message(put(TEXT, end=b"--foo--\r\n" + footer + b"\r\n"))
    assert not any(one.hides for one in find_ambiguities(message))
    (other,) = read_otherwise(message)
    assert [part.content for part in other.text_parts] == [footer]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("https://elsewhere.example/", []), ("https://bank.example/", [("hidden.link", "elsewhere.example")])],
)
def test_a_hidden_link_is_told_where_no_shown_one_leads_there(shown: str, expected: list[tuple[str, str]]) -> None:
    page = b'Content-Type: text/html\r\n\r\n<p>Log in <a href="https://elsewhere.example/x">here</a></p>\r\n'
    assert find_hidden(put(b"", before=b"", end=HIDING + page).replace(b"See the file.", shown.encode())) == expected


def test_another_reading_has_the_headers_of_the_mail_and_no_other_reading() -> None:
    message = parse_message(write(PROGRAM))
    (other,) = read_otherwise(message)
    assert (other.subject, other.from_, other.raw) == (message.subject, message.from_, message.raw)
    assert (find_ambiguities(other), read_otherwise(other)) == ((), ())


def test_the_readings_are_made_once() -> None:
    message = parse_message(write(PROGRAM))
    assert read_otherwise(message) is read_otherwise(message)


def test_more_than_can_be_read_is_told() -> None:
    parts = b"".join(b"Content-Type: a/b\r\n\r\n%d\r\n--x\r\n" % number for number in range(300))
    assert ("hidden.limit", "") in find_hidden(HEAD + b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" + parts)


@pytest.mark.parametrize(("more_bytes", "code"), [(0, "hidden.file"), (MAX_RAW_BYTES, "hidden.limit")])
def test_a_mail_too_large_to_be_read_twice_is_told(more_bytes: int, code: str) -> None:
    hidden = b"--b\r\nContent-Type: application/zip; name=a.zip\r\n\r\nPK\x03\x04\r\n--b--\r\n"
    mail = HEAD + MIXED + b"--b\r\n\r\n" + b"x\r\n" * (more_bytes // 3) + b"--b--\r\n" + hidden
    assert code in {one.code for one in find_ambiguities(parse_message(mail)) if one.hides}


MAX_CPU_S = 2.5  # for 4 MB, also on a machine that is busy otherwise
BASE64 = MIXED + b"\r\n--foo\r\nContent-Type: a/b\r\n" + ENCODING + b"base64,\r\n\r\n"
HOSTILE = {
    "fields": lambda: b"Content-Type: multipart/mixed\r\n\r\n" + b"--x\r\nContent-Type: a/b\r\n\r\n" * 50_000,
    "words": lambda: b"Content-Type: ;\r\n\r\n" + b"content " * 500_000,
    "indented words": lambda: b"Content-Type: ;\r\n\r\n" + b"\n   content-type" * 150_000,
    "dashes": lambda: b"Content-Type: ;\r\n\r\n" + b"--\r\n" * 1_000_000,
    "blank lines": lambda: b"Content-Type: ;\r\n\r\n" + b"\r\n" * 2_000_000,
    "blanks": lambda: b"Content-Type: ;\r\n\r\ncontent-type" + b" " * 4_000_000,
    "folds": lambda: b"Content-Type: ;\r\n\r\ncontent-type: a/b" + b"\r\n x" * 1_000_000,
    "other fields": lambda: b"Content-Type: ;\r\n\r\ncontent-type: a/b\r\n" + b"a:\r\n" * 1_000_000,
    "junk in base64": lambda: BASE64 + b"AAA#\r\n" * 750_000,
    "padding in base64": lambda: BASE64 + b"AAA=" * 1_000_000,
    "short lines of base64": lambda: BASE64 + b"AAA\n" * 1_000_000,
    "bad escapes": lambda: BASE64.replace(b"base64", b"quoted-printable") + b"=X" * 2_000_000,
    "bare CR": lambda: BASE64 + b"AAAA\r" * 800_000,
    "blocks": lambda: b"\r\n" + b"begin 644 a\nend\n" * 250_000,
    "beginnings of blocks": lambda: b"\r\n" + b"begin 644 a\n" * 300_000,
    "yenc": lambda: b"\r\n=ybegin name=a\n" + b"=" * 4_000_000,
    "binhex": lambda: b"\r\n(This file must be converted with BinHex 4.0)\n:" + b"!!!!" * 1_000_000,
    "beginnings of binhex": lambda: b"\r\n" + b"(This file must be converted with BinHex\n:" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_costs_much(name: str) -> None:
    message = parse_message(HEAD + HOSTILE[name]())
    assert message.text is not None
    started_s = time.process_time()
    find_ambiguities(message)
    assert time.process_time() - started_s < MAX_CPU_S


@given(st.sampled_from([raw for _, raw in write_mails(PROGRAM)]), st.integers(0, 2_000), st.integers(0, 2_000))
def test_any_mail_has_its_readings_within_itself(raw: bytes, start: int, length: int) -> None:
    cut = HEAD + raw[start : start + length]
    message = parse_message(cut)
    for other in read_otherwise(message):
        assert all(0 <= part.body_span.start <= part.body_span.end <= len(cut) for part in other.walk())
    for one in find_ambiguities(message):
        assert 0 <= one.span.start <= one.span.end <= len(cut)
