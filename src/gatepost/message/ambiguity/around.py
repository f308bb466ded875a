"""Find text that stands around parts: in front of the first boundary, behind the last one, or in a header.

Programs that know MIME leave it out; older ones, and those that show the source, show it. Ordinary mail has a notice
there for just those, or the footer of a mailing list.

Standards: RFC 2046 §5.1.1 (preamble, epilogue).
Trust: the bytes come from the mail's author.
Fails: never. Linear in the size of what stands there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gatepost.message.message import MAX_TEXT_BYTES, Part
from gatepost.model.finding import Span

PREAMBLE, EPILOGUE = "structure.preamble_text", "structure.epilogue_text"
BLANK_FOLD = "structure.blank_fold"
MAX_READ_BYTES = 2 * MAX_TEXT_BYTES  # of one such text: its part is longer than any text is read, and that is told
MAX_ROOM_BYTES = 10  # that a boundary's line takes besides it, with a blank line
MAX_FEW_BYTES = 40  # hardly a sentence
MAX_NOTICE_BYTES = 300  # of a notice that names MIME

_USUAL = frozenset(
    {b"This is a multi-part message in MIME format.", b"This is a multipart message in MIME format."}
)  # nine of ten, in the mails that we have
_NOTICE = re.compile(rb"mime|multi-?\s?part", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\n[ \t]++\r?\n")
_BOUNDARY_LINE = re.compile(rb"^[ \t]*--[^\n]*+\n?", re.MULTILINE)
_PART_HEADER = re.compile(  # (?!): see loose.py
    rb"(?:(?!content-)[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n|(?!))*+|(?!))*+content-", re.IGNORECASE
)
_CALL = re.compile(rb"[\w-]\.[a-z]{2}|//|[@<]|(?:[0-9][ ()./+-]{0,3}){7}", re.IGNORECASE)  # a name, a link, a number


@dataclass(frozen=True, slots=True)
class TextAround:
    """One such text, and where it stands."""

    code: str
    span: Span
    text: bytes = field(repr=False)


def find_texts_around(part: Part) -> Iterator[TextAround]:
    """Give the texts around the parts of a multipart that somebody could mean to be read."""
    if not (children := part.children) or not (boundary := part.parameters.get("boundary", "").rstrip()):
        return
    delimiter, raw = b"--" + boundary.encode("utf-8", "surrogateescape"), part.buffer
    start, first = part.extent.start, children[0].whole.start
    yield from _tell(part, PREAMBLE, start, max(start, raw.rfind(delimiter, start, first)))
    last, end = children[-1].extent.end, part.extent.end
    if (line := raw.find(delimiter, last, end)) >= 0:
        yield from _tell(part, EPILOGUE, raw.find(b"\n", line, end) + 1 or end, end)


def find_early_body(part: Part) -> Iterator[TextAround]:
    """Give what stands behind a line of blanks in a header: some programs let the body begin there."""
    start, end = part.whole.start, part.extent.start
    if blank := _BLANK_LINE.search(part.buffer, start, end):
        yield from _tell(part, BLANK_FOLD, blank.end(), end)


def _tell(part: Part, code: str, start: int, end: int) -> Iterator[TextAround]:
    text = part.buffer[start : min(end, start + MAX_READ_BYTES)].strip()
    if not text or text in _USUAL:
        return
    if end - start <= MAX_READ_BYTES:
        text = _leave_out_parts(text)
    if text and _is_for_readers(text):
        yield TextAround(code, Span(start, end) if part.extent == part.body_span else part.body_span, text)


def _leave_out_parts(text: bytes) -> bytes:
    """Leave out lines that look like boundaries, and what has the header of a part: salvage.py finds that."""
    pieces = _BOUNDARY_LINE.split(text)
    return b"\n".join(piece for piece in pieces if not _PART_HEADER.match(piece.lstrip())).strip()


def _is_for_readers(text: bytes) -> bool:
    """Say whether a text is more than a notice about MIME, or than a word or two."""
    if len(text) > MAX_NOTICE_BYTES or _CALL.search(text):
        return True
    return len(text) > MAX_FEW_BYTES and _NOTICE.search(text) is None
