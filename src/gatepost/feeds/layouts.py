"""Read the entries out of a list: one a line, out of a column of CSV, or out of JSON.

Read are OpenPhish (lines), PhishTank (CSV, JSON), URLhaus (lines, CSV, JSON), MalwareBazaar (CSV), hosts files and
plain lists. Comments begin with #, ; or //.
Standards: RFC 4180 (CSV, each record on one line), RFC 8259 (JSON).
Trust: the bytes come from a list's server, which may be broken, hostile, or show an error page.
Fails: FeedTrouble where this is no such list; a single line that holds no entry is given as "".
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from gatepost.feeds.settings import Layout
from gatepost.feeds.trouble import FeedTrouble

MAX_LINE_BYTES = 32_768
_PAGE_BEGINNINGS = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<script")
_SINKHOLES = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1"})  # noqa: S104 - how hosts files begin a line
_COMMENTS = ("#", ";", "//")
_DENIALS = frozenset({"no", "false", "n"})
_BAD = ""

_BEGINNING_BYTES = max(map(len, _PAGE_BEGINNINGS))


class _Record(msgspec.Struct):
    """What is kept of a record of JSON; the rest is passed over without being built."""

    verified: str | bool | None = None
    online: str | bool | None = None

    def is_denied(self) -> bool:
        """Say whether PhishTank has not confirmed it, or says that it is gone."""
        return any(str(word).lower() in _DENIALS for word in (self.verified, self.online))


def read_entries(pieces: Iterable[bytes], layout: Layout, column: str) -> Iterator[str]:
    """Give each entry as text, and "" for each line that holds none."""
    pieces = _refuse_pages(iter(pieces))
    match layout:
        case Layout.LINES:
            yield from _read_lines(pieces)
        case Layout.CSV:
            yield from _read_csv(pieces, column)
        case Layout.JSON:
            yield from _read_json(pieces, column)


def _refuse_pages(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Look at the beginning, where a page of HTML shows itself."""
    first = b""
    while len(first) < _BEGINNING_BYTES and (more := next(pieces, b"")):
        first = (first + more).lstrip(b"\xef\xbb\xbf\r\n\t ")
    if first[:_BEGINNING_BYTES].lower().startswith(_PAGE_BEGINNINGS):
        raise FeedTrouble("is a page of HTML or XML, not a list")
    for piece in chain([first], pieces):
        if b"\0" in piece:
            raise FeedTrouble("holds NUL bytes: it is no text")
        yield piece


def split_lines(pieces: Iterable[bytes]) -> Iterator[str | None]:
    """Give the lines without their ends, None for one that is not UTF-8."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        yield from map(_decode, lines)
        if len(rest) > MAX_LINE_BYTES:
            raise FeedTrouble(f"has a line of more than {MAX_LINE_BYTES} bytes")
    if rest:
        yield _decode(rest)


def _decode(line: bytes) -> str | None:
    if len(line) > MAX_LINE_BYTES:
        raise FeedTrouble(f"has a line of more than {MAX_LINE_BYTES} bytes")
    try:
        return line.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None


def _read_lines(pieces: Iterable[bytes]) -> Iterator[str]:
    for line in split_lines(pieces):
        if line is None:
            yield _BAD
        elif line and not line.startswith(_COMMENTS):
            yield _read_line(line)


def _read_line(line: str) -> str:
    """Give the first word, the second of a hosts file; text behind it must be a comment."""
    words = line.split(None, 2)
    if len(words) > 1 and words[0] in _SINKHOLES:
        words = words[1:]
    is_alone = len(words) == 1 or words[1].startswith(_COMMENTS)
    return words[0] if is_alone else _BAD


def _read_csv(pieces: Iterable[bytes], column: str) -> Iterator[str]:
    """Give one column; the header is the first record, or the last comment in front of it (URLhaus)."""
    header: list[str] = []
    place = -1
    for line in split_lines(pieces):
        if line == "":
            continue
        if place < 0 and line is not None:
            record = _read_record(line.lstrip("# "))
            if column in record:
                header, place = record, record.index(column)
            elif not line.startswith("#"):
                raise FeedTrouble(f"has no column {column!r} in its header")
            continue
        if line is None or not line.startswith("#"):
            record = _read_record(line or "")
            yield record[place].strip() if len(record) == len(header) else _BAD


def _read_record(line: str) -> list[str]:
    try:
        return next(csv.reader([line], skipinitialspace=True, strict=True), [])
    except csv.Error:
        return []


def _read_json(pieces: Iterable[bytes], column: str) -> Iterator[str]:
    """Give the value of one key in every record: of a list, of lists by name, or of records by name."""
    record = msgspec.defstruct(
        "Record", [("value", object, msgspec.field(name=column, default=None))], bases=(_Record,)
    )
    plain = str | int | float | bool | None
    layout: Any = list[record] | dict[str, list[record] | record | plain]  # type: ignore[valid-type]
    try:
        found = msgspec.json.decode(b"".join(pieces), type=layout)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FeedTrouble("is no JSON with records") from error
    for group in found.values() if isinstance(found, dict) else [found]:
        records = group if isinstance(group, list) else [group]
        for one in records:
            if isinstance(one, _Record) and not one.is_denied():
                value: object = one.value  # type: ignore[attr-defined]
                yield value.strip() if isinstance(value, str) else _BAD
