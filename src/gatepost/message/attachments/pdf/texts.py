"""Addresses that stand in the text of a PDF without a link: many readers make a link of them all the same.

First everything that a drawing shows is joined and searched for what an address has; this is cheap. Only where
something is found, the text is read as a reader places it (written.py), to learn where the address ends.

Standards: ISO 32000-1 §9.4 (text).
Trust: the text comes from a stranger.
Fails: never for a damaged page, it is passed over; past MAX_PLACED_BYTES and MAX_FONTS the
rest is not searched, and that is told.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pikepdf

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.pdf.fonts import NO_WIDTHS, PLAIN_FONT, Font, Widths, read_font, read_widths
from gatepost.message.attachments.pdf.pages import UNREADABLE
from gatepost.message.attachments.pdf.streams import HEX_STRING, LITERAL_STRING, read_hex, unescape
from gatepost.message.attachments.pdf.wrapped import join_wrapped
from gatepost.message.attachments.pdf.written import read_written
from gatepost.message.links import find_text_links
from gatepost.message.places import Locator
from gatepost.model.contents import LinkSource
from gatepost.model.finding import Span

MAX_PLACED_BYTES = 1024 * 1024  # of all drawings, what is read as it is placed
MAX_SNIPPETS = 2_000
MAX_FONTS = 200
MAX_WRAPPED = 200  # addresses that go on in the next line, each time with one line more
MAX_INNER_PICTURES = 1_000
MAX_PICTURE_KEYS_BYTES = 1_000
SNIPPET_CHARS = 80
MAX_TOLD = 5  # drawings in which passwords are sought
TEXT_CUT = "pdf.text_cut"  # not all text was searched

_NOWHERE = Span(0, 0)
_LOCATOR = Locator(b"", _NOWHERE, _NOWHERE, is_direct=False)
_FONT = re.compile(rb"/([^\s/<>\[\](){}%]{1,200})\s{1,9}[-+.0-9]{1,20}\s{1,9}Tf\b")
_SHOWN = re.compile(LITERAL_STRING + rb"|" + HEX_STRING, re.DOTALL)
_BEGINNING = re.compile(r"://|www\.", re.IGNORECASE)
_BARE = re.compile(r"\.[A-Za-z]{2,24}(?::[0-9]{1,5})?/[^\s/.]")
_WITH_PATH = re.compile(r"[a-z]{3,5}://[^/?#]{1,300}/[^/\s]|[a-z]{3,5}://[^/?#]{1,300}[?#]", re.IGNORECASE)
_MARKED = re.compile(r"https?:|ftp:|www\.", re.IGNORECASE)

_PASSWORD_WORDS = (
    "assword", "ASSWORD", "asscode", "asswort", "ennwort", "ot de passe", "ontrase", "enha:", "арол", "密码", "密碼",
    "口令", "パスワード", "비밀번호",
)  # fmt: skip


@dataclass(slots=True)
class TextSearch:
    """What has been found so far in one document."""

    insides: Insides
    placed_left: int = MAX_PLACED_BYTES
    tell: Callable[[str], None] = lambda _text: None  # takes a text that may tell a password
    count: int = 0
    known: set[str] = field(default_factory=set)  # snippets of text with an address
    fonts: dict[tuple[int, int], Font] = field(default_factory=dict)

    def look_at(self, content: bytes, resources: pikepdf.Object | None) -> None:
        """Search one drawing."""
        if b"Tj" not in content and b"TJ" not in content and b"'" not in content and b'"' not in content:
            return
        fonts = _Fonts(resources, self.fonts)
        joined = "".join(_join_shown(content, fonts))
        if len(self.fonts) >= MAX_FONTS:
            self.insides.note(TEXT_CUT)
        self.count += 1
        if self.count <= MAX_TOLD and any(word in joined for word in _PASSWORD_WORDS):
            self.tell(read_written(cut_pictures(content), fonts))
        found = {joined[match.start() : match.start() + SNIPPET_CHARS] for match in _find_addresses(joined)}
        if found <= self.known:
            return
        self.known |= found
        self.placed_left -= len(content)
        if self.placed_left < 0:
            self.insides.note(TEXT_CUT)
            return
        _note_links(read_written(cut_pictures(content), fonts), self.insides)


class _Fonts:
    """The fonts of one drawing by their names; each is read once for the document."""

    def __init__(self, resources: pikepdf.Object | None, known: dict[tuple[int, int], Font]) -> None:
        self._named = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
        self._known = known
        self._read: dict[bytes, Font] = {}
        self._measured: dict[bytes, Widths] = {}

    def read(self, name: bytes) -> Font:
        """Give how text in the font of a name is read."""
        if (font := self._read.get(name)) is None:
            font = self._read[name] = self._read_anew(name)
        return font

    def measure(self, name: bytes) -> Widths:
        """Give how wide the codes of that font are."""
        if name not in self._measured:
            try:
                self._measured[name] = read_widths(self._find(name), self.read(name).code_bytes)
            except UNREADABLE:
                self._measured[name] = NO_WIDTHS
        return self._measured[name]

    def _find(self, name: bytes) -> pikepdf.Object | None:
        if not isinstance(self._named, pikepdf.Dictionary):
            return None
        return self._named.get(f"/{name.decode('latin-1')}")

    def _read_anew(self, name: bytes) -> Font:
        found = self._find(name)
        if found is None:
            return PLAIN_FONT
        place = found.objgen
        if place == (0, 0):  # it stands in the drawing's resources, and has no place of its own
            place = (0, -len(self._known))
        if place not in self._known:
            if len(self._known) >= MAX_FONTS:
                return PLAIN_FONT
            try:
                self._known[place] = read_font(found)
            except UNREADABLE:
                self._known[place] = PLAIN_FONT
        return self._known[place]


def note_raw_texts(pieces: Iterable[bytes], insides: Insides) -> None:
    """Give on the addresses in the streams of a file that the library cannot read; nothing is known of fonts."""
    search = TextSearch(insides)
    for piece in pieces:
        search.look_at(piece, None)


def _find_addresses(joined: str) -> Iterator[re.Match[str]]:
    """Give what an address begins with, or how one without a beginning goes on."""
    patterns = [_BARE] if "/" in joined and "." in joined else []
    if "://" in joined or "ww." in joined or "WW." in joined:
        patterns.append(_BEGINNING)
    return (match for pattern in patterns for match in islice(pattern.finditer(joined), MAX_SNIPPETS))


def cut_pictures(content: bytes) -> bytes:
    """Cut out the pictures that stand in a drawing itself (ISO 32000-1 §8.9.7): their bytes may look like anything."""
    pieces, position, start = [], 0, content.find(b"BI")
    for _ in range(MAX_INNER_PICTURES):
        if start < 0:
            break
        begin = content.find(b"ID", start, start + MAX_PICTURE_KEYS_BYTES)
        end = content.find(b"EI", begin) if begin >= 0 else -1
        if end >= 0:
            pieces.append(content[position:start])
            position = end + 2
        start = content.find(b"BI", max(position, start + 2))
    return b" ".join((*pieces, content[position:]))


def _join_shown(content: bytes, fonts: _Fonts) -> Iterator[str]:
    """Give all that a drawing shows, font by font, without regard to where it stands."""
    before, *parts = _FONT.split(cut_pictures(content) if b"EI" in content else content)
    yield PLAIN_FONT.decode(_join_strings(before))
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        yield fonts.read(name).decode(_join_strings(part))


def _join_strings(part: bytes) -> bytes:
    strings = _SHOWN.findall(part)
    if not strings:
        return b""
    return b"".join([unescape(literal) if literal else read_hex(digits) for literal, digits in strings])


def _note_links(text: str, insides: Insides) -> None:
    """Give on the addresses in a text; one that goes on in the next line may end with its own line as well."""
    known = {link.url for link in insides.links}
    wrapped = islice(join_wrapped(text), MAX_WRAPPED)
    for link in find_text_links("\n".join((text, *wrapped)), _LOCATOR):
        if link.target not in known and (_MARKED.match(link.shown) or _WITH_PATH.match(link.target)):
            insides.link(link.target, LinkSource.TEXT)
