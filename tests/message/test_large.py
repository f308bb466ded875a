"""A large body gives the same content as any other, without being held as a whole."""

import base64
import binascii
import random
import re
import tracemalloc
from itertools import islice

import pytest

from gatepost.message.large import LARGE_BYTES, LargeBody, find_large
from gatepost.message.message import MAX_TEXT_BYTES, Part
from gatepost.message.parse import parse_message
from gatepost.message.transfer import decode_body
from gatepost.model.finding import Span

CONTENT = random.Random(7).randbytes(LARGE_BYTES)


def find(body: bytes, encoding: str) -> LargeBody | None:
    return find_large(b"head" + body + b"tail", Span(4, 4 + len(body)), encoding)


def cut_lines(text: bytes, width: int) -> bytes:
    return re.sub(b"(.{%d})" % width, rb"\1\r\n", text)


@pytest.mark.parametrize("width", [4, 76, 77, 1_000, 10_000_000])
@pytest.mark.parametrize("missing", [0, 1, 2])
def test_base64_in_lines_of_any_length_gives_what_decoding_at_once_gives(width: int, missing: int) -> None:
    content = CONTENT[missing:]
    body = cut_lines(base64.b64encode(content), width) + b"\r\n"
    large = find(body, "base64")
    assert large is not None
    assert (large.read(), len(large)) == (content, len(content))
    assert decode_body(body, "base64").content == content


def test_what_stands_as_it_is_is_cut_and_no_more() -> None:
    large = find(CONTENT, "8bit")
    assert large is not None
    assert b"".join(large.iterate()) == CONTENT
    assert len(large) == len(CONTENT)


@pytest.mark.parametrize("encoding", ["base64", "7bit"])
@pytest.mark.parametrize("most_bytes", [0, 1, 1_000, 300_000])
def test_the_first_and_the_last_bytes_are_found(encoding: str, most_bytes: int) -> None:
    body = cut_lines(base64.b64encode(CONTENT), 76) if encoding == "base64" else CONTENT
    large = find(body, encoding)
    assert large is not None
    assert large.read(most_bytes) == CONTENT[:most_bytes]
    if most_bytes:
        assert large.read_edges(most_bytes) == CONTENT[:most_bytes] + CONTENT[-most_bytes:]


def write_lines(text: bytes, *, end: bytes = b"\r\n") -> bytes:
    return b"".join(text[start : start + 76] + end for start in range(0, len(text), 76))


def write_uuencode(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45))
    return b"".join((b"begin 644 a\r\n", *lines, b"`\nend\n", *lines))


CODED = base64.b64encode(CONTENT)
NOISE = random.Random(8).randbytes(LARGE_BYTES + 9)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (CODED + b"!", "base64"),
        (write_lines(CODED, end=b"!\r\n"), "base64"),
        (CODED[:-1], "base64"),
        (CODED[:-3], "base64"),
        (CODED.rstrip(b"=")[:-1], "base64"),
        (CODED + b"AAAA", "base64"),
        (base64.b64encode(CONTENT[:1]) + CODED, "base64"),
        (b"QQ==" * (LARGE_BYTES // 4), "base64"),
        (b"=" * LARGE_BYTES, "base64"),
        (CODED + b"=====", "base64"),
        (NOISE, "base64"),
        (write_uuencode(CONTENT), "x-uuencode"),
        (NOISE, "uuencode"),
        (binascii.b2a_qp(CONTENT), "quoted-printable"),
        (binascii.b2a_qp(CONTENT, istext=False).replace(b"=\n", b"= \t\r\n") + b"=", "quoted-printable"),
        (b"a=XY=\rb" * (LARGE_BYTES // 7), "quoted-printable"),
        (NOISE, "quoted-printable"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:8]),
)
def test_whatever_is_wrong_with_it_a_large_body_is_decoded_as_a_small_one(body: bytes, encoding: str) -> None:
    body += b" " * (LARGE_BYTES - len(body))
    large, whole = find(body, encoding), decode_body(body, encoding)
    assert large is not None
    assert (large.read(), large.size_bytes, large.defect) == (whole.content, len(whole.content), whole.defect)
    assert large.read_edges(1_000) == whole.content[:1_000] + whole.content[-1_000:]


def test_a_large_text_that_was_never_encoded_stands_as_it_is() -> None:
    text = "Die Bretter für das Regal sind da, und die Leiter ist länger.\r\n".encode() * 70_000
    part = make_part(text, kind=b"text/plain; charset=utf-8", encoding=b"base64")
    small = make_part(text[:6_500], kind=b"text/plain; charset=utf-8", encoding=b"base64")
    assert part.large is not None
    assert (part.encoding_defect, part.content) == (small.encoding_defect, text)
    assert small.content == text[:6_500]


def test_a_small_body_is_no_large_one() -> None:
    assert find(CONTENT[:-1], "7bit") is None


def make_part(body: bytes, *, kind: bytes, encoding: bytes = b"8bit") -> Part:
    head = b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (kind, encoding)
    return parse_message(head + body).root


def test_a_large_part_is_like_any_other_to_who_reads_it() -> None:
    part = make_part(base64.b64encode(CONTENT), kind=b"application/zip", encoding=b"base64")
    assert part.large is not None
    assert (part.content, part.size_bytes, part.encoding_defect) == (CONTENT, len(CONTENT), "")
    assert part.read_beginning(9) == CONTENT[:9]
    assert part.defects == ()


def test_of_a_text_without_end_only_whole_lines_of_the_beginning_are_read_and_that_is_told() -> None:
    line = "Größe\r\n".encode()
    part = make_part(line * (MAX_TEXT_BYTES // len(line) + 99), kind=b"text/plain; charset=utf-8")
    assert len(part.text.encode()) == MAX_TEXT_BYTES // len(line) * len(line)
    assert [defect.code for defect in part.defects] == ["limit.text_size"]
    small = make_part(line * 99, kind=b"text/plain; charset=utf-8")
    assert small.defects == ()


def test_nothing_of_a_large_part_is_held() -> None:
    body = cut_lines(base64.b64encode(CONTENT), 76)
    tracemalloc.start()
    large = find(body, "base64")
    assert large is not None
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert sum(map(len, islice(large.iterate(), None))) == len(CONTENT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - before < len(CONTENT) // 2
