"""What a reader sees in HTML, and where its links and forms lead.

Standards: WHATWG HTML (parsing, through lexbor), CSS as far as it hides (css.py).
Trust: the HTML comes from the mail's author.
Fails: never. HTML that would explode is flattened first (html_guard.py).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gatepost.message.css import PLAIN, Look, hides, read_rules
from gatepost.message.html_guard import flatten, is_too_heavy
from gatepost.message.html_harvest import IDLE, RESOURCES, Harvest
from gatepost.message.html_ink import MAX_FAINT_CHARS, PLAIN_INK, Ink, Painter, may_be_faint
from gatepost.message.html_sight import CLEAR, Attributes, Sight, Stylist
from gatepost.message.links import MAX_TEXT_LINKS, find_text_links
from gatepost.message.pieces import HtmlView, LinkKind
from gatepost.message.places import Locator

MAX_HTML_CHARS = 3_000_000  # the rest is not looked at, and a limit is told
MAX_SHOWN_CHARS = 2_000  # of the text of one anchor
MAX_SHOWN_PIECES = 400
META_SEARCH_BYTES = 2_048
MAX_CUTS = 5_000  # of words, by what is not shown

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*+=\s*+[\"']?+\s*+([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_SHADOW = re.compile(r"<template(?=[^>]{0,500}shadowroot)", re.IGNORECASE)  # browsers show what stands in such a one
_BREAK = "\x0b"  # between blocks while the pieces are gathered; a line feed in the source is only a blank
_BLOCKS_NAMES = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup option p pre search section"
    " select summary table tbody tfoot thead tr ul"
)
_NAMING = frozenset(("class", "id"))  # a style sheet may speak of them
_COLOURING = frozenset(("bgcolor", "color", "text"))
_UNSEEN_NAMES = "datalist iframe noembed noframes script style template title"
_BLOCK, _CELL, _UNSEEN, _SPECIAL = 1, 2, 4, 8  # what a tag is by its name; special ones are always looked at closely


def find_meta_charset(data: bytes) -> str:
    """Give the charset that a <meta> names in the first bytes of HTML, "" when there is none."""
    match = _META_CHARSET.search(data, 0, META_SEARCH_BYTES)
    return match[1].decode("ascii") if match else ""


def read_html(html: str, locator: Locator) -> HtmlView:
    """Read one HTML part; `locator` knows where in the mail its source stands."""
    limits: list[str] = []
    if len(html) > MAX_HTML_CHARS:
        html = html[:MAX_HTML_CHARS]
        limits.append("limit.html_size")
    if is_too_heavy(html):
        html = flatten(html)
        limits.append("limit.html_tags")
    lowered = html.encode("ascii", "replace").lower()
    tree = LexborHTMLParser(_SHADOW.sub("<div", html) if b"shadowroot" in lowered else html)
    sheets = [sheet.text() for sheet in tree.tags("style")] if b"<style" in lowered else []
    painter = Painter(any("background" in sheet for sheet in sheets)) if may_be_faint(lowered) else None
    reader = _Reader(Harvest(locator), Stylist(_read_rules(sheets)), painter)
    if tree.root is not None:
        reader.read(tree.root)
    return reader.finish(limits)


def _read_rules(sheets: list[str]) -> dict[str, Look]:
    looks: dict[str, Look] = {}
    for sheet in sheets:
        looks |= read_rules(sheet)
    return looks


class _Exit(NamedTuple):
    """What to do when an element is left, in this order."""

    finish: Callable[[], None] | None = None
    ends_line: bool = False
    sight: Sight | None = None  # to go back to
    ink: Ink | None = None


_LINE_END = _Exit(ends_line=True)


@dataclass(slots=True)
class _Reader:
    """Walks the tree once, in document order."""

    harvest: Harvest
    stylist: Stylist
    painter: Painter | None  # None where no text can be in the colour of its ground
    pieces: list[str] = field(default_factory=list)  # what is seen
    hidden: list[str] = field(default_factory=list)
    faint: list[str] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)  # before which pieces something stands that is not shown
    depth: int = 0
    ink: Ink = PLAIN_INK
    is_faint: bool = False  # the ink
    anchors: list[tuple[int, int]] = field(default_factory=list)  # which pieces stand inside of one
    pre_depth: int = 0
    sight: Sight = CLEAR
    sink: list[str] = field(init=False)  # where text goes: it is one of the two above
    silent: frozenset[str] = field(init=False)  # attributes that change nothing, a style only as far as it is read

    def __post_init__(self) -> None:
        self.sink = self.pieces
        has_rules = bool(self.stylist.sheet) or (self.painter is not None and self.painter.is_guessing)
        self.silent = IDLE - (_NAMING if has_rules else frozenset()) - (_COLOURING if self.painter else frozenset())

    def read(self, root: LexborNode) -> None:  # noqa: C901, PLR0912, PLR0915 - calls would cost most here
        """Visit every node below `root`, without recursion: depth costs nothing."""
        path: list[tuple[LexborNode, _Exit | None]] = []  # each with what to do when it is left
        node: LexborNode | None = root
        silent, sink, depth = self.silent, self.sink, 0
        while node is not None:
            tag = node.tag or "-"
            if tag == "-text":
                text = node.text_content or ""
                sink.append(text.replace("\n", _BREAK) if self.pre_depth else text)
                if self.is_faint and sink is self.pieces:
                    self.faint += (sink[-1], _BREAK)
            elif tag[0] == "-":
                self._cut()  # a comment or the doctype
            else:
                kind = _KINDS.get(tag, 0)
                attributes = node.attributes
                if attributes or kind & _SPECIAL:
                    is_idle = not kind & _SPECIAL and attributes.keys() <= silent
                    exit_ = (self._enter_idle if is_idle else self._enter)(node, tag, attributes, kind)
                    sink = self.sink
                elif kind & _BLOCK:
                    sink.append(_BREAK)
                    exit_ = _LINE_END
                else:
                    exit_ = None
                    if kind & _CELL:
                        sink.append(" ")
                if not kind & _UNSEEN and (child := node.first_child) is not None:
                    path.append((node, exit_))
                    depth = len(path) if len(path) > depth else depth  # noqa: FURB136 - max() takes thrice as long
                    node = child
                    continue
                if exit_ is _LINE_END:
                    sink.append(_BREAK)
                elif exit_ is not None:
                    sink = self._leave(exit_)
            following = node.next if path else None
            while following is None and path:
                node, exit_ = path.pop()
                if exit_ is _LINE_END:
                    sink.append(_BREAK)
                elif exit_ is not None:
                    sink = self._leave(exit_)
                following = node.next if path else None
            node = following
        self.depth = depth

    def finish(self, limits: list[str]) -> HtmlView:
        """Give what was seen."""
        harvest = self.harvest
        place = harvest.locator.place
        loose = tuple(find_text_links(self._join_outside_anchors(), harvest.locator))
        if harvest.has_too_many_links or len(loose) >= MAX_TEXT_LINKS:
            limits.append("limit.links")
        return HtmlView(
            text=_join(self.pieces),
            hidden_text=_join(self.hidden),
            title=harvest.title,
            links=(*harvest.links, *loose),
            forms=harvest.forms,
            image_count=harvest.image_count,
            script_count=harvest.script_count,
            has_meta_refresh=harvest.has_meta_refresh,
            base_url=harvest.base_url,
            limits=tuple(limits),
            span=place,
            depth=self.depth,
            split_word_count=sum(map(self._splits_word, self.cuts)),
            faint_text=_join(self.faint)[:MAX_FAINT_CHARS],
            tiny_image_count=harvest.tiny_image_count,
            image_area_px=harvest.image_area_px,
            frames=tuple(harvest.frames),
        )

    def _enter_idle(self, node: LexborNode, tag: str, attributes: Attributes, kind: int) -> _Exit | None:
        """Do the same for an element whose attributes change nothing but by their style."""
        ink_before = None
        if style := attributes.get("style"):
            if self.sight is not CLEAR or "(" in style or hides(style):
                return self._enter(node, tag, attributes, kind)
            if self.painter is not None and (ink := self.ink.under(style)) is not self.ink:
                ink_before = self.ink
                self._take(ink)
        elif self.sight is not CLEAR:
            return self._enter(node, tag, attributes, kind)
        if kind & _BLOCK:
            self.sink.append(_BREAK)
            return _LINE_END if ink_before is None else _Exit(ends_line=True, ink=ink_before)
        if kind & _CELL:
            self.sink.append(" ")
        return None if ink_before is None else _Exit(ink=ink_before)

    def _enter(self, node: LexborNode, tag: str, attributes: Attributes, kind: int) -> _Exit | None:
        """Take in one element; give what to do when it is left."""
        ink_before = sight_before = None
        if attributes:
            ink_before = self._paint(tag, attributes)
            look = self.stylist.find_look(tag, attributes)
            if look is not PLAIN and (look.hides or self.sight is not CLEAR):
                sight_before = self.sight
                self._see(sight_before.inside(look))
            self.harvest.read_attributes(tag, attributes)
        if kind & _BLOCK:
            self.sink.append(_BREAK)
        elif kind & _CELL:
            self.sink.append(" ")
        handle = _HANDLERS.get(tag)
        finish = handle(self, node, attributes) if handle is not None else None
        if finish is None and sight_before is None and ink_before is None:
            return _LINE_END if kind & _BLOCK else None
        return _Exit(finish, bool(kind & _BLOCK), sight_before, ink_before)

    def _paint(self, tag: str, attributes: Attributes) -> Ink | None:
        """Take up another ink where the attributes say so; then give the one to go back to."""
        ink_before = self.ink
        ink = ink_before if self.painter is None else self.painter.paint(ink_before, tag, attributes)
        if ink is ink_before:
            return None
        self._take(ink)
        return ink_before

    def _leave(self, exit_: _Exit) -> list[str]:
        """Do what is to do when an element is left; give where text goes now."""
        if exit_.finish is not None:
            exit_.finish()
        if exit_.ends_line:
            self.sink.append(_BREAK)
        if exit_.sight is not None:
            self._see(exit_.sight)
        if exit_.ink is not None:
            self._take(exit_.ink)
        return self.sink

    def _take(self, ink: Ink) -> None:
        self.ink = ink
        self.is_faint = ink.is_faint

    def _cut(self) -> None:
        """Note that something stands here which is not shown, where a letter stands before it."""
        pieces = self.pieces
        if self.sink is pieces and pieces and pieces[-1][-1:].isalpha() and len(self.cuts) < MAX_CUTS:
            self.cuts.append(len(pieces))

    def _splits_word(self, cut: int) -> bool:
        return cut < len(self.pieces) and self.pieces[cut][:1].isalpha()

    def _see(self, sight: Sight) -> None:
        self._cut()
        self.sight = sight
        self.sink = self.pieces if sight.is_clear else self.hidden
        self.hidden.append(_BREAK)

    def read_anchor(self, _: LexborNode, attributes: Attributes) -> Callable[[], None] | None:
        url = attributes.get("href") or attributes.get("xlink:href")
        if not url:
            return None
        start, span = len(self.pieces), self.harvest.locator.find(url)

        def finish_anchor() -> None:
            self.anchors.append((start, len(self.pieces)))
            self.harvest.add_link(LinkKind.ANCHOR, url, _join_start(self.pieces, start), span)

        return finish_anchor

    def read_pre(self, _: LexborNode, __: Attributes) -> Callable[[], None]:
        self.pre_depth += 1

        def finish_pre() -> None:
            self.pre_depth -= 1

        return finish_pre

    def _join_outside_anchors(self) -> str:
        chosen: list[str] = []
        position = 0
        for start, end in sorted(self.anchors):
            chosen += (*self.pieces[position:start], _BREAK)
            position = max(position, end)
        return "".join(chosen + self.pieces[position:])


def _harvest(read: Callable[[Harvest, LexborNode, Attributes], Callable[[], None] | None]) -> "_Handler":
    return lambda reader, node, attributes: read(reader.harvest, node, attributes)


_Handler = Callable[[_Reader, LexborNode, Attributes], Callable[[], None] | None]
_HANDLERS: Mapping[str, _Handler] = {
    "a": _Reader.read_anchor,
    "area": _Reader.read_anchor,
    "pre": _Reader.read_pre,
    "base": _harvest(Harvest.read_base),
    "form": _harvest(Harvest.read_form),
    "img": _harvest(Harvest.read_image),
    "input": _harvest(Harvest.read_field),
    "meta": _harvest(Harvest.read_meta),
    "script": _harvest(Harvest.read_script),
    "select": _harvest(Harvest.read_field),
    "textarea": _harvest(Harvest.read_field),
    "title": _harvest(Harvest.read_title),
}


def _find_kinds() -> dict[str, int]:
    kinds = dict.fromkeys((*_HANDLERS, *RESOURCES), _SPECIAL)
    for bit, names in ((_BLOCK, _BLOCKS_NAMES), (_CELL, "td th"), (_UNSEEN, _UNSEEN_NAMES)):
        for name in names.split():
            kinds[name] = kinds.get(name, 0) | bit
    return kinds


_KINDS: Mapping[str, int] = _find_kinds()


def _join(pieces: list[str]) -> str:
    """Join pieces to lines as a browser does: blanks run together, empty lines vanish."""
    return _join_text("".join(pieces)) if pieces else ""


def _join_text(text: str) -> str:
    return "\n".join([" ".join(words) for line in text.split(_BREAK) if (words := line.split())])


def _join_start(pieces: list[str], start: int) -> str:
    """Join what follows `start`, up to a length: anchors may stand within each other."""
    return _join_text("".join(pieces[start : start + MAX_SHOWN_PIECES])[:MAX_SHOWN_CHARS])
