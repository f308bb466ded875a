"""Split a header block into fields, and find where the body begins.

Standards: RFC 5322 §2.2, §3.5, §4.5 (obsolete forms), RFC 6532 (8-bit values).
Trust: the bytes come from the mail's author.
Fails: never; deviations are noted as defects. Linear in the size of the block.
"""

import re

from gatepost.message.pieces import Header
from gatepost.message.source import MAX_HEADERS, Source
from gatepost.model.finding import Span

MAX_VALUE_BYTES = 262_144  # of one field; a longer one is cut

_LINE_FEED, _NUL = b"\n\0"  # as numbers they are found six times as quickly as bytes
_FIELD = re.compile(rb"([^\x00-\x20:\x7f]++)([ \t]*+):([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_MBOX_LINE = re.compile(rb">?From (?![ \t]*+:)")  # with a colon it is the field, in the form of old
_LOOKS_LIKE_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]*+:[ \t\r\n]")
_BLANK_FOLD = re.compile(rb"\n[ \t]++\r?(?:\n|\Z)")
_FIELD_IN_FOLD = re.compile(
    rb"\n[ \t]+(?:content-type[ \t]*:[ \t]*[\w.+-]+/|content-transfer-encoding[ \t]*:[ \t]*[\w\"(=-]"
    rb"|content-disposition[ \t]*:[ \t]*(?:attachment|inline))"
)
_BLANK_LINE = re.compile(rb"\n\r?\n")


def split_headers(source: Source, start: int, end: int) -> tuple[tuple[Header, ...], int]:
    """Give the fields of the block at `start` and the offset where its body begins."""
    raw, place, headers = source.raw, source.place, list[Header]()
    room = MAX_HEADERS - source.header_count
    position = _skip_mbox_line(source, start, end)
    while position < end:
        if (field := _FIELD.match(raw, position, end)) is None:
            position, is_body = _read_other_line(source, position, end)
            if is_body:
                break
        elif len(headers) >= room:
            position = _skip_to_body(source, position, end)
            break
        else:
            name, blank, value = field.groups()
            after = field.end()
            if blank or _LINE_FEED in value or _NUL in value or len(value) > MAX_VALUE_BYTES:
                _note_deviations(source, field)
                value = value[:MAX_VALUE_BYTES]
            span = place or Span(position, after)
            headers.append(Header(name.lower().decode("latin-1"), value.removesuffix(b"\r"), span))
            position = after
    source.header_count += len(headers)
    return tuple(headers), position


def _skip_mbox_line(source: Source, start: int, end: int) -> int:
    if not _MBOX_LINE.match(source.raw, start, end):
        return start
    line_end = _find_line_end(source.raw, start, end)
    source.note("header.mbox_from", start, line_end)
    return line_end


def _note_deviations(source: Source, field: re.Match[bytes]) -> None:
    _, blank, value = field.groups()
    start, end = field.span()
    if blank:
        source.note("header.space_before_colon", start, end)
    if len(value) > MAX_VALUE_BYTES:
        source.note("limit.header_size", start, end)
        value = value[:MAX_VALUE_BYTES]
    if _LINE_FEED in value:
        if _BLANK_FOLD.search(value):
            source.note("header.blank_fold", start, end)
        if b"content-" in (low := value.lower()) and _FIELD_IN_FOLD.search(low):
            source.note("header.field_in_fold", start, end)
    if b"\x00" in value:
        source.note("header.nul", start, end)


def _read_other_line(source: Source, position: int, end: int) -> tuple[int, bool]:
    """Look at a line that is no field: give where to go on, and whether the body begins there.

    Where the blank line is missing, mail clients differ: a line of junk between fields is skipped, anything else
    begins the body. A line with two dashes may be a boundary, so it belongs to the body.
    """
    raw = source.raw
    line_end = _find_line_end(raw, position, end)
    if raw.startswith(b"\n", position) or not raw[position:line_end].rstrip(b"\r\n"):
        return line_end, True
    if not raw.startswith(b"--", position) and _LOOKS_LIKE_FIELD.match(raw, line_end, end):
        source.note("header.no_colon", position, line_end)
        return line_end, False
    source.note("header.missing_blank_line", position, line_end)
    return position, True


def _skip_to_body(source: Source, position: int, end: int) -> int:
    blank = _BLANK_LINE.search(source.raw, position, end)
    stop = blank.end() if blank else end
    source.note("limit.headers", position, stop)
    return stop


def _find_line_end(raw: bytes, position: int, end: int) -> int:
    return raw.find(b"\n", position, end) + 1 or end
