"""Read a mail by look: find whatever some program might take for the header of a part, and what stands behind it.

Boundaries need not fit, names may be indented, and nothing is in order: every field that tells of a content opens a
section, which ends where the next one begins, or at a line that looks like a boundary.

Trust: the bytes come from the mail's author.
Fails: never. Linear in the size of the mail; where a limit is met, `is_whole` is False.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_FIELDS = 3_000
MAX_WORDS = 20_000  # that may be the name of a field
MAX_DASHES = 20_000  # lines that may be a boundary, in one section
MAX_INDENT_BYTES = 60
MAX_VALUE_BYTES = 8_192  # of one field
MAX_GAP_BYTES = 400  # of what is no field, between two fields of one header
MAX_JUNK_BYTES = 500  # between a header and its body
MAX_TOKENS = 100
MAX_LINE_BYTES = 400
PIECE_BYTES = 65_536  # in which line ends are written: of a mail of nothing else each would lie in memory by itself

_CONTROL = bytes(set(range(32)) - set(b"\t\r\n")) + b"\x7f"
_CONTROLS = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
# What may be as long as the mail is repeated without a way back, which would take thirty times its size of memory;
# (?!) is the way that never fits, see message/parameters.py
_BARE_CR = re.compile(rb"\r(?!\n)")
_FIELD = re.compile(
    rb"content[-_ ](type|transfer[-_ ]encoding|disposition)(?:[^\n:]{0,40}?(?:\n[ \t]++)?:++|[ \t]++(?=[\w\"]))"
    rb"([^\n]*+(?:\n[ \t]++(?!content-)[^\n]*+|(?!))*+)\n?",
    re.IGNORECASE,
)
_SENSIBLE_TYPE = re.compile(rb"[^\n]*?[\w.+-]/[\w.+-]|\s*+(?:multipart|text\b)", re.IGNORECASE)
_SENSIBLE_DISPOSITION = re.compile(rb"[^\n]*?(?:attachment|inline|name)", re.IGNORECASE)
_OTHER_FIELDS = re.compile(rb"(?:[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t]++[^\s][^\n]*+\n|(?!))*+|(?!))*+")
_BLANK_LINE = re.compile(rb"[ \t\r]*+\n")
_BLANK_LINES = re.compile(rb"(?:[ \t\r]*+\n|(?!))*+")
_BLANK_LINE_AHEAD = re.compile(rb"\n[ \t\r]*+\n")
_DASHES = re.compile(rb"\n[ \t]*+--")
_BOUNDARY = re.compile(rb"boundary[^=\n]{0,20}=\s*+(\"[^\"\n]{0,200}|[^;\s]{1,200})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """One field that tells of a content."""

    start: int  # of its line
    end: int  # behind its line end
    kind: str  # "type", "encoding" or "disposition"
    value: bytes


@dataclass(slots=True)
class Section:
    """What may be one part: the fields of its header, and where its body may begin."""

    fields: list[Field]
    limit: int = 0  # where the next section begins
    starts: list[int] = field(default_factory=list)  # the most likely first

    def values(self, kind: str) -> list[bytes]:
        """Give the values of all fields of one kind."""
        return [one.value for one in self.fields if one.kind == kind]


@dataclass(slots=True)
class LooseReading:
    """All sections of one mail; offsets are those of `raw`, and of `view`, which is as long."""

    raw: bytes
    view: bytes  # as one reads it who ends a line at a bare CR, and takes other control characters for blanks
    has_bare_cr: bool
    sections: list[Section] = field(default_factory=list)
    tokens: tuple[bytes, ...] = ()  # what stands behind the dashes of lines that look like boundaries
    is_whole: bool = True

    def find_ends(self, section: Section, start: int) -> list[int]:
        """Give where a body may end: at any line with two dashes, at one that begins as a boundary, at a whole one."""
        any_dashes = beginning = section.limit
        lines = _DASHES.finditer(self.view, max(start - 1, 0), section.limit)
        for number, match in enumerate(lines):
            here = match.start() + 1
            any_dashes = min(any_dashes, here)
            line = self.view[match.end() : match.end() + MAX_LINE_BYTES].partition(b"\n")[0].strip()
            if line in self.tokens or (line.endswith(b"--") and line[:-2].rstrip() in self.tokens):
                return list(dict.fromkeys((any_dashes, min(beginning, here), here)))
            if line.startswith(self.tokens) and all(self.tokens):
                beginning = min(beginning, here)
            if number >= MAX_DASHES:
                self.is_whole = False
                break
        return list(dict.fromkeys((any_dashes, beginning, section.limit)))


def _end_lines(view: bytes) -> bytes:
    """Write a line feed for each bare CR; a piece is read with the byte behind it, which may be its line feed."""
    starts = range(0, len(view), PIECE_BYTES)
    return b"".join(_BARE_CR.sub(b"\n", view[start : start + PIECE_BYTES + 1])[:PIECE_BYTES] for start in starts)


def read_loosely(raw: bytes) -> LooseReading:
    """Give all sections, in their order."""
    view = raw.translate(_CONTROLS)
    has_bare_cr = b"\r" in view and view.count(b"\r") != view.count(b"\r\n")
    if has_bare_cr:
        view = _end_lines(view.replace(b"\r\r\n", b" \r\n"))
    reading = LooseReading(raw, view, has_bare_cr)
    fields = list(_find_fields(reading))
    reading.sections = _group(view, fields)
    reading.tokens = tuple(dict.fromkeys(_find_tokens(view, reading.sections)))[:MAX_TOKENS]
    limits = [section.fields[0].start for section in reading.sections[1:]]
    for section, limit in zip(reading.sections, [*limits, len(view)], strict=False):
        section.limit = limit
        section.starts = _find_starts(view, section.fields[-1].end, limit)
    return reading


def _find_fields(reading: LooseReading) -> Iterator[Field]:
    view, low = reading.view, reading.view.lower()
    position = count = words = 0
    while (found := low.find(b"content", position)) >= 0:
        words += 1
        if words > MAX_WORDS or count > MAX_FIELDS:
            reading.is_whole = False
            return
        position = found + 1
        start = view.rfind(b"\n", max(0, found - MAX_INDENT_BYTES), found) + 1 or max(0, found - MAX_INDENT_BYTES)
        if (one := _read_field(view, start, found)) is not None:
            count += 1
            position = max(position, one.end - 1)
            yield one


def _read_field(view: bytes, start: int, found: int) -> Field | None:
    before = view[start:found]
    if before.strip(b" \t\"'(:\xef\xbb\xbf") or (match := _FIELD.match(view, found)) is None:
        return None
    name, value = match[1].lower(), match[2][:MAX_VALUE_BYTES]
    kind = "encoding" if name.startswith(b"tr") else "disposition" if name.startswith(b"d") else "type"
    has_colon = view[match.start(2) - 1 : match.start(2)] == b":"
    if (before or not has_colon) and not _is_sensible(kind, value):
        return None
    return Field(start, match.end(), kind, value)


def _is_sensible(kind: str, value: bytes) -> bool:
    """Say whether what may be no field has the value of one: names of fields also stand in lists, and in sentences."""
    if kind == "encoding":
        return b":" not in value
    return (_SENSIBLE_TYPE if kind == "type" else _SENSIBLE_DISPOSITION).match(value) is not None


def _group(view: bytes, fields: list[Field]) -> list[Section]:
    sections: list[Section] = []
    for one in fields:
        if sections and _belongs(view, sections[-1].fields[-1].end, one.start):
            sections[-1].fields.append(one)
        else:
            sections.append(Section([one]))
    return sections


def _belongs(view: bytes, end: int, start: int) -> bool:
    """Say whether two fields belong to one header: no boundary between them, and hardly anything else but fields."""
    if start <= end:
        return True
    if start - end > MAX_GAP_BYTES and _BLANK_LINE_AHEAD.search(view, end - 1, start):
        return False
    return _DASHES.search(view, end - 1, start) is None


def _find_tokens(view: bytes, sections: list[Section]) -> Iterator[bytes]:
    for section in sections:
        for value in section.values("type"):
            if match := _BOUNDARY.search(value):
                yield match[1].strip(b'" \t\r\n')
        line = _line_before(view, section.fields[0].start)
        if line.startswith(b"--"):
            yield line[2:].removesuffix(b"--").rstrip()


def _line_before(view: bytes, position: int) -> bytes:
    """Give the line before a header if it begins with dashes; blank lines and one line of junk may stand between."""
    lines = [line.strip() for line in view[max(0, position - MAX_LINE_BYTES) : position].split(b"\n")]
    last = [line for line in lines if line][-2:]
    return next((line for line in reversed(last) if line.startswith(b"--")), b"")


def _find_starts(view: bytes, position: int, limit: int) -> list[int]:
    """Give where the body may begin: behind the blank line, or where the header breaks off, or behind some junk."""
    position = _skip(_OTHER_FIELDS, view, position, limit)
    starts = [position, view.find(b"\n", position, limit) + 1]
    if match := _BLANK_LINE.match(view, position, limit):
        starts = [match.end()]
    first = _skip(_BLANK_LINES, view, starts[0], limit)  # more blank lines change nothing
    blank = _BLANK_LINE_AHEAD.search(view, max(first - 1, 0), min(limit, first + MAX_JUNK_BYTES))
    starts.append(blank.end() if blank else 0)
    if view.startswith(b"--", first):  # a boundary where the body should begin
        starts.append(view.find(b"\n", first, limit) + 1)
    return list(dict.fromkeys(start for start in starts if start))


def _skip(pattern: re.Pattern[bytes], view: bytes, position: int, limit: int) -> int:
    match = pattern.match(view, position, limit)
    return match.end() if match else position
