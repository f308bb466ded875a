"""Find the places of a mail that mail programs read in different ways; quick where there are none.

What counts was collected from "Inbox Invasion" (Zhang et al., CCS 2024), Ullrich's "MIME is broken" (2018-2022) and
RFC 7103. Nothing is read a second time here: that is done by read.py, where something was found.

Standards: RFC 2045 §3-6, RFC 2046 §5.1 (boundaries), §5.2.2 (message/partial), RFC 7103.
Trust: the bytes come from the mail's author.
Fails: never. Linear in the size of the mail.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from gatepost.message.ambiguity.around import MAX_ROOM_BYTES, find_texts_around
from gatepost.message.ambiguity.names import SEEN_OR_HEARD, find_other_name
from gatepost.message.ambiguity.pieces import Ambiguity, Doubt
from gatepost.message.ambiguity.texts import (
    BASE,
    BASES,
    EXTERNAL,
    EXTERNAL_BODY,
    NUL,
    PAGE,
    find_base,
    holds_nuls,
    looks_like_page,
)
from gatepost.message.ambiguity.values import (
    are_of_one_ending,
    judge_disposition,
    judge_encoding,
    judge_media_type,
)
from gatepost.message.lowered import holds_lowered
from gatepost.message.message import Message, Part
from gatepost.message.parameters import parse_disposition
from gatepost.message.pieces import Defect
from gatepost.message.transfer import is_identity, iterate_body
from gatepost.model.finding import Span

MAX_SIGNS = 200
MAX_INDENT_BYTES = 40
MAX_PLAIN_BYTES = 120  # of the header of a text
MAX_KEPT_HEADERS = 512
MAX_BLOCK_LINE_BYTES = 1000  # of the line that begins a block
HEAD_BYTES = 512  # of a body: where fields stand that a blank line parted from their header

_JUDGES: Mapping[str, Callable[[bytes], tuple[Doubt, ...]]] = {
    "content-type": judge_media_type,
    "content-transfer-encoding": judge_encoding,
    "content-disposition": judge_disposition,
}
_BLOCKS = (  # how it begins, at the start of a line, and what must stand there
    ("encoding.uuencode", b"begin ", re.compile(rb"^begin [0-7]{3,4} ", re.MULTILINE)),
    ("encoding.base64_block", b"begin-base64 ", re.compile(rb"^begin-base64 [0-7]{3,4} ", re.MULTILINE)),
    ("encoding.yenc", b"=ybegin ", re.compile(rb"^=ybegin [^\r\n]*name=", re.MULTILINE)),
    ("encoding.binhex", b"(This file must", re.compile(rb"^\(This file must be converted with BinHex", re.MULTILINE)),
)
_PRINTABLE = bytes({*range(32, 127), *b"\t\r\n"})
_UUENCODINGS = frozenset({"uuencode", "x-uuencode", "x-uue"})
_HOLDING_BLOCKS = frozenset({"application/mac-binhex40", "application/x-uuencode", "application/x-uue"})
(_DASH,) = b"-"  # as a number it is found six times as quickly as bytes
_LINE_ENDS = frozenset((b"", b"\r", b"\n"))  # of what stands before a field; the first line has nothing before it
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)
_BOUNDARY = re.compile(r"[\w'()+,./:=?!#$%&*;<>@\[\]^`{|}~ -]{0,69}[\w'()+,./:=?!#$%&*;<>@\[\]^`{|}~-]", re.ASCII)
_FIELDS = (b"content-",)
_FIELD_OF_MIME = re.compile(rb"\s*content-(?:type|transfer-encoding|disposition)\s*:", re.IGNORECASE)
_FIELD_IN_BODY = re.compile(rb"content-(?:type|transfer-encoding|disposition)[ \t]*+[:\r\n]")
_BLANK_INSIDE = re.compile(rb"\S[ \t]*\r?\n[ \t]*\r?\n\s*\S")
_PLAIN_HEADER = re.compile(
    rb"Content-Type: text/(?:plain|html);\r?\n? charset=(?:[\w-]{1,20}|\"[\w-]{1,20}\")\r?\n"
    rb"(?:Content-Transfer-Encoding: (?:base64|quoted-printable|[78]bit)\r?\n)?\r?\n"
)
_DEFECTS = {  # what the parser noted: the code here, in the order of the parser's own codes
    "content_type.unreadable": "structure.type_unreadable",
    "encoding.base64_after_padding": "encoding.base64",
    "encoding.base64_junk": "encoding.base64",
    "encoding.base64_length": "encoding.base64",
    "encoding.not_base64": "encoding.not_base64",
    "encoding.quoted_printable": "encoding.quoted_printable",
    "encoding.unknown": "encoding.unknown",
    "header.blank_fold": "structure.blank_fold",
    "header.field_in_fold": "structure.field_in_fold",
    "header.missing_blank_line": "structure.no_blank_line",
    "header.no_colon": "structure.no_colon",
    "header.nul": "structure.nul",
    "header.repeated": "structure.repeated_field",
    "header.space_before_colon": "structure.space_before_colon",
    "limit.boundaries": "structure.limit",
    "limit.depth": "structure.limit",
    "limit.encoded_message": "structure.limit",
    "limit.headers": "structure.limit",
    "limit.parts": "structure.limit",
    "line.bare_cr": "structure.bare_cr",
    "line.bare_lf": "structure.bare_lf",
    "message.encoded": "structure.encoded_message",
    "multipart.boundary_elsewhere": "structure.boundary_elsewhere",
    "multipart.epilogue": "structure.epilogue",
    "multipart.no_boundary": "structure.no_boundary",
    "multipart.no_end": "structure.no_end",
    "multipart.no_parts": "structure.no_parts",
    "multipart.text_after_boundary": "structure.text_after_boundary",
    "charset.invalid_bytes": "charset.invalid_bytes",
    "charset.unknown": "charset.unknown",
    "charset.utf7": "charset.utf7",
    "charset.wrong_label": "charset.wrong_label",
}


def find_signs(message: Message) -> tuple[Ambiguity, ...]:
    """Give what may be read otherwise, each with its place; nobody has yet looked whether it hides something."""
    found = list(_read_defects(message.structure_defects, message.raw)) if message.structure_defects else []
    boundaries: list[str] = []
    for part in message.walk():
        _look_at_header(part, found)
        kind = part.content_type
        if kind.startswith("multipart/"):
            _look_at_multipart(part, boundaries, found)
        elif part.message is None:
            _look_at_leaf(part, kind, found)
        if len(found) >= MAX_SIGNS:
            break
    return tuple(found[:MAX_SIGNS])


def _read_defects(defects: Sequence[Defect], raw: bytes) -> Iterator[Ambiguity]:
    for defect in defects:
        if (code := _DEFECTS.get(defect.code)) is None:
            continue
        start, end = defect.span.start, defect.span.end
        if code == "structure.repeated_field" and not _FIELD_OF_MIME.match(raw, start, end):
            continue
        if code == "structure.epilogue" and not holds_lowered(raw, _FIELDS, start, end):
            code = "structure.footer"
        yield Ambiguity(code, defect.span)


def _look_at_header(part: Part, found: list[Ambiguity]) -> None:
    if part.extent.start - part.whole.start <= MAX_PLAIN_BYTES and _is_plain(
        part.buffer[part.whole.start : part.extent.start]
    ):
        return
    may_be_named = "name" in part.parameters
    for header in [one for one in part.headers if "content" in one.name]:
        name = header.name
        if (judge := _JUDGES.get(name)) is not None:
            if doubts := judge(header.value):
                found += [Ambiguity(doubt.code, header.span, doubt.detail) for doubt in doubts]
            may_be_named |= name == "content-disposition"
        elif name in BASES and part.is_html and find_base(part) is not None:
            found.append(Ambiguity(BASE, header.span))
        elif not _PLAIN_NAME.fullmatch(name):
            found.append(Ambiguity("structure.odd_name", header.span, name[:60]))
    if may_be_named and part.is_text and not part.is_attachment and part.filename:
        found.append(Ambiguity("name.of_a_text", _place_header(part), part.filename[:60]))


@lru_cache(MAX_KEPT_HEADERS)
def _is_plain(block: bytes) -> bool:
    """Say whether a header holds nothing but type and encoding of a text, as those of most texts do."""
    return _PLAIN_HEADER.fullmatch(block) is not None


def _place_header(part: Part) -> Span:
    if not part.headers:
        return part.body_span
    return Span(part.headers[0].span.start, part.headers[-1].span.end)


def _look_at_multipart(part: Part, boundaries: list[str], found: list[Ambiguity]) -> None:
    boundary = part.parameters.get("boundary", "")
    if part.encoding and not is_identity(part.encoding):
        found.append(Ambiguity("encoding.on_multipart", part.body_span, part.encoding))
    if not boundary:
        return
    if not _BOUNDARY.fullmatch(boundary):
        found.append(Ambiguity("structure.boundary_form", part.body_span, boundary[:100]))
    if boundaries and any(boundary.startswith(one) or one.startswith(boundary) for one in boundaries):
        found.append(Ambiguity("structure.boundary_in_boundary", part.body_span, boundary[:100]))
    boundaries.append(boundary)
    children = part.children
    room = len(boundary) + MAX_ROOM_BYTES
    if not children:
        _look_at_preamble(part, part.extent.end, found)
    elif children[0].whole.start - part.extent.start > room or part.extent.end - children[-1].extent.end > room:
        _look_at_preamble(part, children[0].whole.start, found)
        found += [Ambiguity(one.code, one.span) for one in find_texts_around(part)]


def _look_at_preamble(part: Part, end: int, found: list[Ambiguity]) -> None:
    if holds_lowered(part.buffer, _FIELDS, part.extent.start, end):
        found.append(Ambiguity("structure.preamble", part.body_span))


def _look_at_leaf(part: Part, kind: str, found: list[Ambiguity]) -> None:
    start = part.extent.start
    head = part.buffer[start : min(part.extent.end, start + HEAD_BYTES)]
    if _DASH in head and b"content-" in (low := head.lower()) and _begins_with_field(low):
        found.append(Ambiguity("structure.field_in_body", part.body_span))
    if code := part.encoding_defect:
        found.append(Ambiguity(_DEFECTS[code], part.body_span))
    if part.encoding == "base64":
        found += _look_at_base64(part, head)
    if kind.startswith("text/"):
        _look_at_text(part, found)
    else:
        found += _look_at_file(part, kind)


def _begins_with_field(low: bytes) -> bool:
    """Say whether a field of MIME stands at the start of a line; pages have the same words within theirs."""
    found = low.find(b"content-")
    while found >= 0:
        before = low[max(0, found - MAX_INDENT_BYTES) : found].rstrip(b" \t")
        if before[-1:] in _LINE_ENDS and _FIELD_IN_BODY.match(low, found):
            return True
        found = low.find(b"content-", found + 1)
    return False


def _look_at_base64(part: Part, head: bytes) -> Iterator[Ambiguity]:
    if not head.strip():
        yield Ambiguity("structure.empty_part", _place_header(part))
    elif _has_odd_lines(head):
        yield Ambiguity("encoding.base64_lines", part.body_span)


def _has_odd_lines(head: bytes) -> bool:
    """Say whether base64 has blank lines within, or lines that do not end with a group of four."""
    first, _, rest = head.lstrip().partition(b"\n")
    if len(first.rstrip()) % 4 and rest.strip():
        return True
    return (b"\n\r\n" in head or b"\n\n" in head) and _BLANK_INSIDE.search(head) is not None


def _look_at_file(part: Part, kind: str) -> Iterator[Ambiguity]:
    if kind in _HOLDING_BLOCKS:
        yield Ambiguity("encoding.block_as_file", part.body_span, kind)
    if part.encoding == "quoted-printable" and _is_unprintable(part):
        yield Ambiguity("encoding.quoted_printable", part.body_span)
    elif part.encoding in _UUENCODINGS:
        yield Ambiguity("encoding.uuencode", part.body_span)
    if kind == "message/partial":
        yield from _look_at_fragment(part)
    elif kind == EXTERNAL_BODY:
        yield Ambiguity(EXTERNAL, part.body_span)
    if name := part.parameters.get("name"):
        yield from _look_at_names(part, name)
    elif not kind.startswith(SEEN_OR_HEARD) and (name := find_other_name(part)):
        yield Ambiguity("name.elsewhere", _place_header(part), name[:60])


def _look_at_names(part: Part, name: str) -> Iterator[Ambiguity]:
    header = part.header("content-disposition")
    if header is None or (part.filename == name and b"=?" not in header.value):
        return
    other = parse_disposition(header.value)[1].get("filename", name)
    if not are_of_one_ending(part.filename, name) or not are_of_one_ending(other, name):
        yield Ambiguity("name.differs", header.span, f"{name[:60]} / {other[:60]}")


def _look_at_fragment(part: Part) -> Iterator[Ambiguity]:
    number, total = part.parameters.get("number", ""), part.parameters.get("total", "")
    if part.parameters.get("id") and (number, total) != ("1", "1"):
        yield Ambiguity("structure.partial", part.body_span, f"{number}/{total}", hides=True)


def _look_at_text(part: Part, found: list[Ambiguity]) -> None:
    if (code := part.charset_defect) in _DEFECTS:
        found.append(Ambiguity(_DEFECTS[code], part.body_span))
    if any(b"\0" in piece for piece in part.iterate_content()) and holds_nuls(part):
        found.append(Ambiguity(NUL, part.body_span))
    if part.content_type == "text/html":
        return
    if looks_like_page(part):
        found.append(Ambiguity(PAGE, part.body_span))
    found += [Ambiguity(code, part.body_span) for code in dict.fromkeys(_find_blocks(part))]


def _find_blocks(part: Part) -> Iterator[str]:
    """Give the codes of the blocks of another encoding that stand in a text."""
    for piece in _overlap(part.iterate_content()):
        if b"begin" in piece or b"BinHex" in piece:
            for code, mark, form in _BLOCKS:
                if (piece.startswith(mark) or b"\n" + mark in piece) and form.search(piece):
                    yield code


def _overlap(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Begin each piece with the line in which the last one ended, which may be longer than those of blocks are."""
    begun = b""
    for piece in pieces:
        joined = begun + piece
        yield joined
        start = joined.rfind(b"\n") + 1
        begun = joined[start:] if len(joined) - start <= MAX_BLOCK_LINE_BYTES else b" "


def _is_unprintable(part: Part) -> bool:
    body = memoryview(part.buffer)[part.extent.start : part.extent.end]
    return any(piece.translate(None, _PRINTABLE) for piece in iterate_body(body, ""))
