"""Split a mail into its tree of parts.

Standards: RFC 2045 §5.2 (defaults), RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822), RFC 6532 §3.7
(message/global).
Trust: the bytes come from the mail's author.
Fails: never; deviations are noted as defects. The outer boundary wins over an inner one, so every byte belongs to
one place. Linear: each level looks at its bytes once, and there are at most MAX_DEPTH levels.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gatepost.message.headers import split_headers
from gatepost.message.message import Message, Part
from gatepost.message.parameters import NO_PARAMETERS, parse_media_type
from gatepost.message.pieces import Header
from gatepost.message.source import MAX_DEPTH, MAX_PARTS, Source
from gatepost.message.transfer import KNOWN_ENCODINGS, decode_body, is_identity, read_encoding
from gatepost.model.finding import Span

MAX_BOUNDARY_LINES = 20_000  # looked at in one multipart, true delimiters or not
MAX_ENCODED_MESSAGE_BYTES = 16 * 1024 * 1024  # a longer one stays a file, which is opened as one
MAX_BOUNDARY_TAIL_BYTES = 200  # blanks behind a delimiter
MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})

_TEXT = re.compile(rb"\S")
(_LINE_FEED,) = b"\n"
_ONLY_ONCE_NAMES = (
    "from sender reply-to to cc message-id subject date content-type content-transfer-encoding content-disposition"
    " mime-version"
)
_ONLY_ONCE = frozenset(_ONLY_ONCE_NAMES.split())  # RFC 5322 §3.6, RFC 2045 §3


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where in the tree a part stands."""

    path: str = "1"
    depth: int = 0
    default_type: str = "text/plain"
    parent_type: str = ""


def build_message(source: Source, path: str) -> Message:
    """Parse all of a source; the root has this path."""
    return _build_message(source, Span(0, len(source.raw)), _Frame(path))


def _build_message(source: Source, extent: Span, frame: _Frame) -> Message:
    root = _build_part(source, extent, frame)
    place = source.span(extent.start, extent.end)
    return Message(source.original, place, root.headers, root, source.defects)


def _build_part(source: Source, extent: Span, frame: _Frame) -> Part:
    source.part_count += 1
    headers, start = split_headers(source, extent.start, extent.end)
    body = Span(start, extent.end)
    fields = _note_repeated(source, headers)
    kind, parameters = _read_media_type(source, fields.get("content-type"), frame.default_type)
    encoding = _read_encoding(source, fields.get("content-transfer-encoding"))
    children: tuple[Part, ...] = ()
    message = None
    if kind.startswith("multipart/"):
        children = tuple(_split_multipart(source, body, frame, kind, parameters.get("boundary", "")))
    elif kind in MESSAGE_TYPES:
        message = _open_message(source, body, frame, encoding)
    return Part(
        path=frame.path,
        headers=headers,
        content_type=kind,
        parameters=parameters,
        encoding=encoding,
        body_span=source.span(body.start, body.end),
        children=children,
        message=message,
        parent_type=frame.parent_type,
        buffer=source.raw,
        extent=body,
        whole=extent,
    )


def _note_repeated(source: Source, headers: tuple[Header, ...]) -> dict[str, Header]:
    """Give the first header of each name that may stand but once."""
    first: dict[str, Header] = {}
    for header in headers:
        name = header.name
        if name in _ONLY_ONCE and first.setdefault(name, header) is not header:
            source.note("header.repeated", header.span.start, header.span.end)
    return first


def _read_media_type(source: Source, header: Header | None, default: str) -> tuple[str, Mapping[str, str]]:
    if header is None:
        return default, NO_PARAMETERS
    kind, parameters = parse_media_type(header.value)
    if not kind:
        source.note("content_type.unreadable", header.span.start, header.span.end)
    return kind or default, parameters


def _read_encoding(source: Source, header: Header | None) -> str:
    if header is None:
        return ""
    encoding = read_encoding(header.value)
    if encoding not in KNOWN_ENCODINGS:
        source.note("encoding.unknown", header.span.start, header.span.end)
    return encoding


def _open_message(source: Source, body: Span, frame: _Frame, encoding: str) -> Message | None:
    if frame.depth >= MAX_DEPTH or source.part_count >= MAX_PARTS:
        source.note("limit.depth", body.start, body.end)
        return None
    inside = _Frame(f"{frame.path}.1", frame.depth + 1)
    if is_identity(encoding):
        return _build_message(source, body, inside)
    source.note("message.encoded", body.start, body.end)
    if body.end - body.start > MAX_ENCODED_MESSAGE_BYTES:
        source.note("limit.encoded_message", body.start, body.end)
        return None
    content = decode_body(source.raw[body.start : body.end], encoding).content
    nested = source.open_nested(content, body)
    message = _build_message(nested, Span(0, len(content)), inside)
    source.count_nested(nested)
    return message


def _split_multipart(source: Source, body: Span, frame: _Frame, kind: str, boundary: str) -> Iterator[Part]:
    if frame.depth >= MAX_DEPTH:
        source.note("limit.depth", body.start, body.end)
        return
    if not (boundary := boundary.rstrip()):
        source.note("multipart.no_boundary", body.start, body.end)
        return
    default_type = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    count = 0
    for section in _find_sections(source, body, b"--" + boundary.encode("utf-8", "surrogateescape")):
        count += 1
        place = _Frame(f"{frame.path}.{count}", frame.depth + 1, default_type, kind)
        if source.part_count >= MAX_PARTS:
            yield _build_opaque(source, Span(section.start, body.end), place)
            return
        yield _build_part(source, section, place)
    if not count:
        source.note("multipart.no_parts", body.start, body.end)


def _build_opaque(source: Source, rest: Span, frame: _Frame) -> Part:
    """Keep what is beyond the limit as one part."""
    source.note("limit.parts", rest.start, rest.end)
    return Part(
        path=frame.path,
        headers=(),
        content_type="application/octet-stream",
        parameters=NO_PARAMETERS,
        encoding="",
        body_span=source.span(rest.start, rest.end),
        children=(),
        message=None,
        parent_type=frame.parent_type,
        buffer=source.raw,
        extent=rest,
        whole=rest,
    )


def _find_sections(source: Source, body: Span, delimiter: bytes) -> Iterator[Span]:
    """Give the places between the delimiter lines; the preamble and the epilogue are left out."""
    opened = -1
    for line, after, is_last in _find_delimiters(source, body, delimiter):
        if opened >= 0:
            yield Span(opened, _end_before(source.raw, line, opened))
        opened = after
        if is_last:
            _look_behind(source, Span(after, body.end), delimiter)
            return
    if opened >= 0:
        source.note("multipart.no_end", body.start, body.end)
        if opened < body.end:
            yield Span(opened, body.end)


def _look_behind(source: Source, rest: Span, delimiter: bytes) -> None:
    if _TEXT.search(source.raw, rest.start, rest.end):
        source.note("multipart.epilogue", rest.start, rest.end)
        if source.raw.find(delimiter, rest.start, rest.end) >= 0:
            source.note("multipart.boundary_elsewhere", rest.start, rest.end)


def _find_delimiters(source: Source, body: Span, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Give for each delimiter line where it starts, where the next line starts, and whether it is the last."""
    raw, position = source.raw, body.start
    for _ in range(MAX_BOUNDARY_LINES):
        if (found := raw.find(delimiter, position, body.end)) < 0:
            return
        position = found + len(delimiter)
        if found != body.start and raw[found - 1] != _LINE_FEED:
            source.note("multipart.boundary_elsewhere", found, position)
            continue
        line_end = raw.find(b"\n", position, body.end) + 1 or body.end
        tail = raw[position : min(line_end, position + MAX_BOUNDARY_TAIL_BYTES)].strip()
        if tail in (b"", b"--"):
            yield found, line_end, tail == b"--"
        else:
            source.note("multipart.text_after_boundary", found, line_end)
        position = line_end
    source.note("limit.boundaries", position, body.end)


def _end_before(raw: bytes, line: int, start: int) -> int:
    """Leave out the line end before a delimiter: it belongs to the delimiter (RFC 2046 §5.1.1)."""
    if line - 2 >= start and raw[line - 2 : line] == b"\r\n":
        return line - 2
    return max(start, line - 1)
