import pytest

from gatepost.message.headers import MAX_VALUE_BYTES, split_headers
from gatepost.message.pieces import Header
from gatepost.message.source import MAX_HEADERS, Source


def split(raw: bytes) -> tuple[list[tuple[str, bytes]], bytes, list[str]]:
    """Give names and values, the body, and the defects' codes."""
    source = Source(raw, raw)
    headers, body = split_headers(source, 0, len(raw))
    return [(header.name, header.value) for header in headers], raw[body:], [each.code for each in source.defects]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_fields_end_at_the_blank_line_and_keep_their_folding(end: bytes) -> None:
    raw = end.join((b"From: a", b"SUBJECT:b", b"\tc", b" d", b"X:", b"", b"body: x"))
    folded = b"b" + end + b"\tc" + end + b" d"
    assert split(raw) == ([("from", b" a"), ("subject", folded), ("x", b"")], b"body: x", [])


def test_a_header_knows_its_place() -> None:
    raw = b"A: 1\r\nB: 2\r\n 3\r\n\r\n"
    headers, _ = split_headers(Source(raw, raw), 0, len(raw))
    assert [raw[header.span.start : header.span.end] for header in headers] == [b"A: 1\r\n", b"B: 2\r\n 3\r\n"]


@pytest.mark.parametrize(
    ("raw", "names", "body", "codes"),
    [
        (b"", [], b"", []),
        (b"\nx", [], b"x", []),
        (b"A: 1", ["a"], b"", []),
        (b"A: 1\n\n", ["a"], b"", []),
        (b"From joe@x Sat Jan  3 2026\nA: 1\n\nx", ["a"], b"x", ["header.mbox_from"]),
        (b">From joe\nA: 1\n\nx", ["a"], b"x", ["header.mbox_from"]),
        (b"From : joe@x\nA: 1\n\nx", ["from", "a"], b"x", ["header.space_before_colon"]),
        (b"A : 1\n\nx", ["a"], b"x", ["header.space_before_colon"]),
        (b"A: 1\njunk\nB: 2\n\nx", ["a", "b"], b"x", ["header.no_colon"]),
        (b"A: 1\njunk\nmore junk\n", ["a"], b"junk\nmore junk\n", ["header.missing_blank_line"]),
        (b"A: 1\n--b\nC: 2\n", ["a"], b"--b\nC: 2\n", ["header.missing_blank_line"]),
        (b"  x\nA: 1\n\nx", ["a"], b"x", ["header.no_colon"]),
        (b"A: 1\n \t\n 2\n\nx", ["a"], b"x", ["header.blank_fold"]),
        (b"A: 1\n \n\nx", ["a"], b"x", ["header.blank_fold"]),
        (b"A: 1\n Content-TYPE : text/html\n\nx", ["a"], b"x", ["header.field_in_fold"]),
        (b"A: 1\n content-type:subject\n\nx", ["a"], b"x", []),
        (b"A: \x00\n\nx", ["a"], b"x", ["header.nul"]),
        (b"\xc3\xa9: 1\n\nx", ["\xc3\xa9"], b"x", []),
        (b": 1\nA: 2\n\nx", ["a"], b"x", ["header.no_colon"]),
    ],
)
def test_broken_blocks_are_read_as_far_as_they_go(raw: bytes, names: list[str], body: bytes, codes: list[str]) -> None:
    fields, rest, defects = split(raw)
    assert ([name for name, _ in fields], rest, defects) == (names, body, codes)


def test_too_many_headers_are_told_and_the_body_is_found_all_the_same() -> None:
    fields, body, codes = split(b"A: 1\r\n" * (MAX_HEADERS + 5) + b"\r\nbody")
    assert (len(fields), body, codes) == (MAX_HEADERS, b"body", ["limit.headers"])


def test_a_huge_value_is_cut_and_told() -> None:
    fields, body, codes = split(b"A: " + b"x" * MAX_VALUE_BYTES + b"\n\nbody")
    assert (len(fields[0][1]), body, codes) == (MAX_VALUE_BYTES, b"body", ["limit.header_size"])


def test_a_block_in_the_middle_of_the_bytes_stays_within_its_end() -> None:
    raw = b"A: 1\nB: 2\n\nx"
    headers, body = split_headers(Source(raw, raw), 5, 9)
    assert (len(headers), headers[0].value, body) == (1, b" 2", 9)
    assert isinstance(headers[0], Header)
