"""Make parts of everything that some mail program might take for a part, but the default reading does not show.

Standards: RFC 2046 §5.1, RFC 2183 §2.3 (names).
Trust: the bytes come from the mail's author.
Fails: never. What is read at most is named in MAX_...; where a limit is met, `is_whole` is False.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from gatepost.message.ambiguity.around import BLANK_FOLD, TextAround, find_early_body, find_texts_around
from gatepost.message.ambiguity.decodings import decode_in_every_way, guess_encodings, read_encodings
from gatepost.message.ambiguity.loose import LooseReading, Section, read_loosely
from gatepost.message.ambiguity.names import SEEN_OR_HEARD, find_other_name
from gatepost.message.ambiguity.pieces import OTHER, Ambiguity
from gatepost.message.ambiguity.shown import Shown, trim
from gatepost.message.ambiguity.texts import find_other_texts
from gatepost.message.ambiguity.values import join_folds, judge_encoding
from gatepost.message.blocks import find_blocks
from gatepost.message.encoded_words import decode_words, unfold
from gatepost.message.message import Header, Message, Part
from gatepost.message.parameters import parse_disposition, parse_media_type
from gatepost.model.finding import Span

MAX_PARTS = 200
MAX_WAYS_OF_TEXT = 8  # different ones
MAX_NAMES = 8  # of one part
MAX_DEPTH = 4  # of what was decoded, and looks like a mail again
ROOM_BYTES = 24 * 1024 * 1024  # decoded in all, besides the bytes of the mail itself
FIELDS_WITHIN_BYTES = 4_096  # of what was decoded
HOLDING_BLOCKS = frozenset({"application/mac-binhex40", "application/x-uuencode", "application/x-uue"})

_ENCODED = frozenset({("base64",), ("quoted-printable",), ("uuencode",)})
_SHOWN = frozenset({"text/plain", "text/html"})
_NAME = re.compile(
    r"name(?:\*[0-9]{0,4}\*?)?[ \t]*+=\s*+(\"(?:[^\"\\]|\\.)*|(?:[^;]|;(?!\s*[\w*-]+\s*=))+)", re.IGNORECASE | re.DOTALL
)
_COMMENT = re.compile(r"\([^()]*\)")
_TEXT_TYPE = re.compile(rb"text/(?:plain|html)(?![\w.+-])", re.IGNORECASE)
_TAG = re.compile(rb"<(?:a|area|body|br|div|form|html|iframe|img|meta|p|script|table)[\s>/]", re.IGNORECASE)
_SIGNS = re.compile(r"[\"\\]")
_CONTENT = re.compile(rb"content-(?:type|transfer-encoding|disposition)", re.IGNORECASE)


def salvage_parts(message: Message, signs: Sequence[Ambiguity]) -> "Salvage":
    """Give the parts that the default reading does not have, or not under that name; `signs` tell where to look."""
    salvage = salvage_texts(message, signs)
    for part in message.walk():
        if part.is_text or part.content_type in HOLDING_BLOCKS:
            salvage.take_blocks(part.content, part.body_span)
        if not part.content_type.startswith(SEEN_OR_HEARD) and (name := find_other_name(part)):
            salvage.take_file(part.content, part.content_type, name, part.body_span)
    salvage.take_sections(message.raw)
    return salvage


def salvage_texts(message: Message, signs: Sequence[Ambiguity]) -> "Salvage":
    """Give only the texts that stand around the parts of multiparts, or that some programs show otherwise."""
    salvage = Salvage(message, signs)
    for part in message.walk():
        salvage.take_texts(find_texts_around(part) if part.children else find_other_texts(part))
        if any(sign.code == BLANK_FOLD for sign in signs):
            salvage.take_texts(find_early_body(part))
    return salvage


@dataclass(frozen=True, slots=True)
class _Header:
    """What a section says of its body, read in every way."""

    kind: str
    names: tuple[str, ...]
    named: tuple[str, ...]  # encodings
    texts: tuple[str, ...] = ()  # as which it may be shown, where it is not listed as a file

    @property
    def is_text(self) -> bool:
        """Say whether it is shown."""
        return bool(self.texts)


class Salvage:
    """What was found so far in one mail."""

    def __init__(self, message: Message, signs: Sequence[Ambiguity]) -> None:
        self.parts: list[Part] = []
        self.hidden: list[Part] = []  # those that are neither shown nor begin as something that is
        self.is_whole = True
        self._shown = Shown(message, signs)
        self._texts: set[tuple[str, bytes]] = set()  # that were taken
        self._room_bytes = ROOM_BYTES + len(message.raw)

    def take_texts(self, texts: Iterable[TextAround]) -> None:
        """Take texts as they stand; one with tags as a page, too."""
        for one in texts:
            for kind in ("text/plain", "text/html") if _TAG.search(one.text) else ("text/plain",):
                self._take_text(one.text, kind, one.span)

    def take_blocks(self, content: bytes, place: Span) -> None:
        """Take the files that stand in a text."""
        for block in find_blocks(content):
            self.take_file(block.content, "application/octet-stream", block.name, place)

    def take_sections(self, raw: bytes, place: Span | None = None, depth: int = 0) -> None:
        """Take what looks like parts; of what was decoded, `place` is that of its code."""
        reading = read_loosely(raw)
        for section in reading.sections:
            if place is not None or section.starts[0] not in self._shown.settled:
                self._take_section(reading, section, place, depth)
        self.is_whole &= reading.is_whole

    def _take_section(self, reading: LooseReading, section: Section, place: Span | None, depth: int) -> None:
        header = _read_header(section)
        if header.kind.startswith("multipart/") and not any(header.named):
            return
        for source in (reading.raw, reading.view) if reading.has_bare_cr else (reading.raw,):
            for number, start in enumerate(section.starts):
                ends = reading.find_ends(section, start)
                whole = source[start : ends[-1]]
                encodings = _choose_encodings(section, header, whole, is_first=not number)
                contents = self._decode(source, start, ends, encodings)
                span = place or Span(start, max(start, ends[-1]))
                for content in islice(_leave_out_same(contents), MAX_WAYS_OF_TEXT) if header.is_text else contents:
                    self._take(content, header, span)
                    if content != whole:
                        self._look_further(content, span, depth)

    def _decode(self, source: bytes, start: int, ends: list[int], encodings: tuple[str, ...]) -> Iterator[bytes]:
        for encoding in encodings:
            for end in ends if encoding == "base64" else ends[-2:]:  # no line of base64 begins with a dash
                body = source[start:end]
                for content in decode_in_every_way(body, encoding):
                    self._room_bytes -= len(body)
                    if self._room_bytes < 0:
                        self.is_whole = False
                        return
                    yield content

    def _look_further(self, content: bytes, place: Span, depth: int) -> None:
        """Look into what was decoded: it may be a mail itself, or hold files as texts do."""
        if depth < MAX_DEPTH and _CONTENT.search(content, 0, FIELDS_WITHIN_BYTES):
            self.take_sections(content, place, depth + 1)
        else:
            self.take_blocks(content, place)

    def _take(self, content: bytes, header: _Header, place: Span) -> None:
        if header.is_text:
            for kind in header.texts:
                self._take_text(content, kind, place)
            return
        for name in header.names:
            self.take_file(content, header.kind, name, place)

    def _take_text(self, content: bytes, kind: str, place: Span) -> None:
        trimmed = trim(content)
        is_known = (kind, trimmed) in self._texts or self._shown.has_text(content, is_html=kind == "text/html")
        if trimmed and not is_known and not self._shown.knows_file(trimmed):
            self._texts.add((kind, trimmed))
            self._add(content, kind, "", place)

    def take_file(self, content: bytes, kind: str, name: str, place: Span) -> None:
        """Take a file, unless it is known under such a name."""
        trimmed = trim(content)
        if trimmed and not self._shown.knows_file(trimmed, name) and self._add(content, kind, name, place):
            self._shown.add_file(trimmed, name)

    def _add(self, content: bytes, kind: str, name: str, place: Span) -> bool:
        """Add a part if there is room for it."""
        if len(self.parts) >= MAX_PARTS:
            self.is_whole = False
            return False
        part = _make_part(len(self.parts) + 1, content, kind, name, place)
        self.parts.append(part)
        trimmed = trim(content)
        if not self._shown.knows_file(trimmed) and not self._shown.has_like(trimmed):
            self.hidden.append(part)
        return True


def _read_header(section: Section) -> _Header:
    values = section.values("type")
    kinds = [parse_media_type(value)[0] for value in values]
    kind = _choose_kind(kinds)
    names = tuple(dict.fromkeys(filter(None, _read_names(section))))[:MAX_NAMES]
    named = dict.fromkeys(name for value in section.values("encoding") for name in read_encodings(value))
    named_kinds = (match.decode().lower() for value in values for match in _TEXT_TYPE.findall(value))
    texts = tuple(dict.fromkeys((kind, *named_kinds))) if kind in _SHOWN and not names else ()
    return _Header(kind, names or ("",), tuple(named), texts)


def _choose_kind(kinds: list[str]) -> str:
    """Give the type of a file if any is told, else of a text; what tells a type that nobody can read is a file."""
    leaves = [kind for kind in kinds if kind and not kind.startswith(("multipart/", "message/"))]
    files = (kind for kind in leaves if kind not in _SHOWN)
    return next(chain(files, leaves, filter(None, kinds)), "application/octet-stream" if kinds else "text/plain")


def _leave_out_same(contents: Iterator[bytes]) -> Iterator[bytes]:
    """Give each content once."""
    seen: set[bytes] = set()
    for content in contents:
        if (trimmed := trim(content)) not in seen:
            seen.add(trimmed)
            yield content


def _read_names(section: Section) -> Iterator[str]:
    """Give every name that a file may have: as each field says, in each of its forms."""
    dispositions, types = section.values("disposition"), section.values("type")
    yield from (parse_disposition(value)[1].get("filename", "").strip() for value in dispositions)
    yield from (parse_media_type(value)[1].get("name", "").strip() for value in types)
    for value in (*dispositions, *types):
        text = unfold(value).decode("utf-8", "replace")
        joined = join_folds(value).decode("utf-8", "replace")
        for form in (text, joined, _COMMENT.sub("", text), _SIGNS.sub("", _COMMENT.sub("", text))):
            for match in _NAME.finditer(form):
                yield decode_words(match[1].rpartition("''")[2]).strip().strip("\"'")


def _choose_encodings(section: Section, header: _Header, body: bytes, *, is_first: bool) -> tuple[str, ...]:
    """Give the encodings that may be meant: all that are told, none, and where none is told clearly what it looks like.

    A text does not look quoted by being so; one that begins later is but the end of the same text.
    """
    values, guessed = section.values("encoding"), guess_encodings(body)
    found = [*header.named]
    is_told = header.named in _ENCODED and len(values) == 1
    if not is_told or judge_encoding(values[0]) or not (header.is_text or header.named[0] in guessed):
        found.append("")
    if not is_told:
        found += (one for one in guessed if one == "base64" or not header.is_text)
    if header.is_text and not is_first:
        found = [one for one in found if one not in ("", "quoted-printable")]
    return tuple(dict.fromkeys(found))


def _make_part(number: int, content: bytes, kind: str, name: str, place: Span) -> Part:
    is_shown = kind in _SHOWN and not name
    extent = Span(0, len(content))
    return Part(
        path=f"{OTHER}{number}",
        headers=() if is_shown else (Header("content-disposition", b" attachment", place),),
        content_type=kind,
        parameters={"name": name} if name else {},
        encoding="",
        body_span=place,
        children=(),
        message=None,
        parent_type="multipart/mixed",
        buffer=content,
        extent=extent,
        whole=extent,
    )
