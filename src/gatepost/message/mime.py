"""Split a mail into its tree of parts.

Standards: RFC 2045, RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822), RFC 6532 §3.7 (message/global).
Trust: the bytes come from the mail's author.
Fails: never; deviations are noted as defects. The outer boundary wins over an inner one, so every byte belongs to
one place. Linear: each level looks at its bytes once, and there are at most MAX_DEPTH levels.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.headers import split_headers
from gatepost.message.message import Message, Part
from gatepost.message.parameters import parse_parameters, split_token
from gatepost.message.pieces import Header
from gatepost.message.source import MAX_DEPTH, MAX_PARTS, Source
from gatepost.message.transfer import decode_body, is_identity, read_encoding
from gatepost.model.finding import Span

MAX_BOUNDARY_LINES = 20_000  # lines looked at for one multipart, true delimiters or not
_OPAQUE = "application/octet-stream"
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where in the tree a part stands."""

    path: str
    depth: int
    default_type: str = "text/plain"
    parent_type: str = ""


def build_message(source: Source, start: int, end: int, frame: "_Frame | None" = None) -> Message:
    """Parse raw[start:end] as a message."""
    root = _build_part(source, start, end, frame or _Frame("1", 0))
    return Message(source.raw, source.span(start, end), root.headers, root, source.defects)


def _build_part(source: Source, start: int, end: int, frame: _Frame) -> Part:
    source.part_count += 1
    headers, body = split_headers(source, start, end)
    described = _first(headers, b"content-type")
    kind, tail = split_token(described.value) if described else ("", "")
    parameters = parse_parameters(tail)
    if described and not _is_media_type(kind):
        source.note("content_type.unreadable", described.span.start, described.span.end)
        kind = ""
    kind = kind or frame.default_type
    encoding = _read_transfer_encoding(source, headers)
    children: tuple[Part, ...] = ()
    message = None
    if kind.startswith("multipart/"):
        children = _split_multipart(source, Span(body, end), frame, kind, parameters.get("boundary", ""))
    elif kind in _MESSAGES:
        message = _open_message(source, Span(body, end), frame, encoding)
    return Part(
        path=frame.path,
        headers=headers,
        content_type=kind,
        parameters=parameters,
        encoding=encoding,
        body_span=source.span(body, end),
        children=children,
        message=message,
        parent_type=frame.parent_type,
        buffer=source.raw,
        extent=Span(body, end),
    )


def _is_media_type(text: str) -> bool:
    kind, slash, subtype = text.partition("/")
    return bool(slash and kind and subtype) and " " not in text


def _first(headers: tuple[Header, ...], name: bytes) -> Header | None:
    wanted = name.decode("ascii")
    return next((header for header in headers if header.name == wanted), None)


def _read_transfer_encoding(source: Source, headers: tuple[Header, ...]) -> str:
    header = _first(headers, b"content-transfer-encoding")
    if header is None:
        return ""
    encoding = read_encoding(header.value)
    if is_identity(encoding) and encoding not in ("7bit", "8bit", "binary"):
        source.note("encoding.unknown", header.span.start, header.span.end)
    return encoding


def _open_message(source: Source, body: Span, frame: _Frame, encoding: str) -> Message | None:
    if frame.depth >= MAX_DEPTH or source.part_count >= MAX_PARTS:
        source.note("limit.depth", body.start, body.end)
        return None
    inner = _Frame(f"{frame.path}.1", frame.depth + 1)
    if is_identity(encoding):
        return build_message(source, body.start, body.end, inner)
    source.note("message.encoded", body.start, body.end)
    content = decode_body(source.raw[body.start : body.end], encoding)
    nested = source.open_nested(content, source.span(body.start, body.end))
    message = build_message(nested, 0, len(content), inner)
    source.part_count, source.header_count = nested.part_count, nested.header_count
    return message


def _split_multipart(source: Source, body: Span, frame: _Frame, kind: str, boundary: str) -> tuple[Part, ...]:
    if frame.depth >= MAX_DEPTH:
        source.note("limit.depth", body.start, body.end)
        return ()
    if not boundary:
        source.note("multipart.no_boundary", body.start, body.end)
        return ()
    default_type = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    children: list[Part] = []
    for section in _find_sections(source, body, boundary.encode("utf-8", "surrogateescape")):
        place = _Frame(f"{frame.path}.{len(children) + 1}", frame.depth + 1, default_type, kind)
        if source.part_count >= MAX_PARTS:
            rest = Span(section.start, body.end)
            source.note("limit.parts", rest.start, rest.end)
            children.append(_opaque(source, rest, place))
            break
        children.append(_build_part(source, section.start, section.end, place))
    return tuple(children)


def _opaque(source: Source, extent: Span, frame: _Frame) -> Part:
    return Part(
        path=frame.path,
        headers=(),
        content_type=_OPAQUE,
        parameters={},
        encoding="",
        body_span=source.span(extent.start, extent.end),
        children=(),
        message=None,
        parent_type=frame.parent_type,
        buffer=source.raw,
        extent=extent,
    )


def _find_sections(source: Source, body: Span, boundary: bytes) -> Iterator[Span]:
    """Give the places between the delimiter lines; the preamble and the epilogue are left out."""
    raw, opened = source.raw, -1
    for line, after, is_last in _find_delimiters(source, body, b"--" + boundary):
        if opened >= 0:
            yield Span(opened, max(opened, _before_line_end(raw, line, opened)))
        opened = -1 if is_last else after
        if is_last:
            return
    if opened >= 0:
        source.note("multipart.no_end", body.start, body.end)
        yield Span(opened, body.end)


def _find_delimiters(source: Source, body: Span, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Give each delimiter line: where it starts, where the next line starts, whether it closes the multipart."""
    raw, position, seen = source.raw, body.start, 0
    needle = b"\n" + delimiter
    found = body.start if raw.startswith(delimiter, body.start) else raw.find(needle, position, body.end) + 1
    while found and seen < MAX_BOUNDARY_LINES or found == body.start and not seen:
        seen += 1
        tail_start = found + len(delimiter)
        line_end = raw.find(b"\n", tail_start, body.end) + 1 or body.end
        tail = raw[tail_start : min(line_end, tail_start + 200)].strip()
        if tail in (b"", b"--"):
            yield found, line_end, tail == b"--"
        else:
            source.note("multipart.text_after_boundary", found, line_end)
        found = raw.find(needle, line_end - 1, body.end) + 1
    if found:
        source.note("limit.boundaries", found, body.end)


def _before_line_end(raw: bytes, line: int, start: int) -> int:
    """Leave out the line end before a delimiter line: it belongs to the delimiter (RFC 2046 §5.1.1)."""
    end = line
    if end > start and raw[end - 1] == 0x0A:
        end -= 1
        if end > start and raw[end - 1] == 0x0D:
            end -= 1
    return end
