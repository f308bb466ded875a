"""Text around the parts of a multipart is given where it is meant for somebody; the notices about MIME are not."""

import time

import pytest

from ambiguous_mails import HEAD, MIXED, TEXT
from gatepost.message.ambiguity.around import find_texts_around
from gatepost.message.message import MAX_TEXT_BYTES
from gatepost.message.parse import parse_message

LURE = b"Your account is locked: https://login.example/"


def find_texts(preamble: bytes = b"", epilogue: bytes = b"", blank: bytes = b"\r\n") -> list[tuple[str, bytes]]:
    raw = HEAD + MIXED + blank + preamble + b"\r\n--foo\r\n" + TEXT + b"--foo--\r\n" + epilogue
    texts = list(find_texts_around(parse_message(raw).root))
    assert all(raw[one.span.start : one.span.end].strip() for one in texts)
    return [(one.code, one.text) for one in texts]


@pytest.mark.parametrize(
    "notice",
    [
        b"This is a multi-part message in MIME format.",
        b"This is a multi-part message in MIME format...",
        b"This is a MIME-encapsulated message",
        b"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)",
        b"This message is in MIME format. Since your mail reader does not understand\r\nthis, it may not be legible.",
        b"C'est un message de format MIME en plusieurs parties.",
        b"Dies ist eine mehrteilige Nachricht im MIME-Format.",
        "这是 MIME 格式的多部分邮件。".encode(),
        b"-- End --",
        b"Hi",
        b"",
    ],
)
def test_notices_and_single_words_are_for_nobody(notice: bytes) -> None:
    assert find_texts(preamble=notice, epilogue=notice) == []


@pytest.mark.parametrize(
    "text",
    [
        LURE,
        b"Please pay the attached invoice today, or we will close the account.",
        "您的账户已被冻结，请立即联系客服完成身份验证。".encode(),
        b"MIME: www.login.example",
        b"MIME: write to ann@woodwork.example",
        b"MIME: call 0800 - 555 01 99",
        b"<b>MIME</b>",
        b"MIME. " * 60,
    ],
)
def test_what_is_meant_to_be_read_is_given(text: bytes) -> None:
    assert find_texts(preamble=text) == [("structure.preamble_text", text.strip())]
    assert find_texts(epilogue=text) == [("structure.epilogue_text", text.strip())]


def test_parts_among_it_are_left_out_but_not_a_text_behind_a_boundary() -> None:
    part = b"--foo\r\nX-Mailer: a\r\nContent-Type: text/plain\r\n\r\nPart\r\n"
    assert find_texts(epilogue=part + b"--foo\r\n\r\n" + LURE) == [("structure.epilogue_text", LURE)]
    assert find_texts(epilogue=part) == []
    assert find_texts(epilogue=b"Content-Type: text/plain\r\n\r\nMore, see www.a.example\r\n") == []


def test_a_text_in_front_without_a_blank_line_is_given() -> None:
    assert find_texts(preamble=LURE, blank=b"") == [("structure.preamble_text", LURE)]


def test_a_part_without_parts_or_without_a_boundary_has_nothing_around_it() -> None:
    for raw in (HEAD + TEXT, HEAD + MIXED + b"\r\n" + LURE, HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + LURE):
        assert list(find_texts_around(parse_message(raw).root)) == []


def test_a_text_that_is_too_long_is_cut_and_stays_too_long_for_its_reader() -> None:
    ((_, text),) = find_texts(preamble=b"--bar\r\nHi\r\n" * (3 * MAX_TEXT_BYTES // 11))
    assert MAX_TEXT_BYTES < len(text) <= 2 * MAX_TEXT_BYTES


@pytest.mark.parametrize("piece", [b"a: b\r\n", b"--\r\n", b"a:\r\n ", b"1 ", b"--foo\r\na:\r\n"])
def test_it_takes_time_in_proportion(piece: bytes) -> None:
    raw = HEAD + MIXED + b"\r\n" + piece * 40_000 + b"\r\n--foo\r\n" + TEXT + b"--foo--\r\n" + piece * 40_000
    root = parse_message(raw).root
    started_s = time.process_time()
    list(find_texts_around(root))
    assert time.process_time() - started_s < 1
