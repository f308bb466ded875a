"""What a reader sees in HTML, and where its links and forms lead.

Standards: WHATWG HTML (parsing, through lexbor), CSS as far as it hides (css.py).
Trust: the HTML comes from the mail's author.
Fails: never. HTML that would explode is flattened first (html_guard.py).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from selectolax.lexbor import LexborHTMLParser, LexborNode

from gatepost.message.css import PLAIN, Look, read_rules
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

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_BREAK = "\x0b"  # between blocks while the pieces are gathered; a line feed in the source is only a blank
_BLOCKS_NAMES = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup option p pre search section"
    " select summary table tbody tfoot thead tr ul"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_CELLS = frozenset(("td", "th"))
_UNSEEN = frozenset(("datalist", "iframe", "noembed", "noframes", "script", "style", "template", "title"))
_LINE_END = (None,)  # what most blocks do when they are left
_NAMING = frozenset(("class", "id"))  # a style sheet may speak of them
_SILENT = IDLE - {"style", "bgcolor", "color", "size", "text"} - _NAMING  # attributes that change nothing here


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
    tree = LexborHTMLParser(html)
    sheets = [sheet.text() for sheet in tree.css("style")]
    painter = Painter(any("background" in sheet for sheet in sheets)) if may_be_faint(html) else None
    reader = _Reader(Harvest(locator), Stylist(_read_rules(sheets)), painter)
    if tree.root is not None:
        reader.read(tree.root)
    return reader.finish(limits)


def _read_rules(sheets: list[str]) -> dict[str, Look]:
    looks: dict[str, Look] = {}
    for sheet in sheets:
        looks |= read_rules(sheet)
    return looks


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
    silent: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.sink = self.pieces
        has_rules = bool(self.stylist.sheet) or (self.painter is not None and self.painter.is_guessing)
        self.silent = _SILENT if has_rules else _SILENT | _NAMING

    def read(self, root: LexborNode) -> None:  # noqa: C901, PLR0912, PLR0915 - calls would cost most here
        """Visit every node below `root`, without recursion: depth costs nothing."""
        path: list[tuple[LexborNode, _Exits]] = []  # each with what to do when it is left
        node: LexborNode | None = root
        while node is not None:
            tag = node.tag or "-"
            if tag == "-text":
                text = node.text_content or ""
                if self.pre_depth:
                    text = text.replace("\n", _BREAK)
                self.sink.append(text)
                if self.is_faint and self.sink is self.pieces:
                    self.faint.append(text)
            elif tag[0] == "-":
                self._cut()  # a comment or the doctype
            else:
                exits = self._enter(node, tag)
                if tag not in _UNSEEN and (child := node.first_child) is not None:
                    path.append((node, exits))
                    if (depth := len(path)) > self.depth:
                        self.depth = depth
                    node = child
                    continue
                if exits is _LINE_END:
                    self.sink.append(_BREAK)
                elif exits:
                    self._leave(exits)
            following = node.next if path else None
            while following is None and path:
                node, exits = path.pop()
                if exits is _LINE_END:
                    self.sink.append(_BREAK)
                elif exits:
                    self._leave(exits)
                following = node.next if path else None
            node = following

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
        )

    def _enter(self, node: LexborNode, tag: str) -> "_Exits":
        """Take in one element; give what to do when it is left, the last first."""
        exits: _Exits = None
        attributes: Attributes = node.attributes
        if attributes and not (attributes.keys() <= self.silent and tag not in RESOURCES):
            exits = self._read_attributes(tag, attributes)
        if tag in _BLOCKS:
            self.sink.append(_BREAK)
            exits = [*exits, None] if exits else _LINE_END
        elif tag in _CELLS:
            self.sink.append(" ")
        if (handle := _HANDLERS.get(tag)) and (finish := handle(self, node, attributes)):
            exits = [*exits, finish] if exits else [finish]
        return exits

    def _read_attributes(self, tag: str, attributes: Attributes) -> "_Exits":
        exits: list[Callable[[], None] | None] = []
        if self.painter is not None and (ink := self.painter.paint(self.ink, tag, attributes)) is not self.ink:
            exits.append(partial(self._take, self.ink))
            self._take(ink)
        look = self.stylist.find_look(tag, attributes)
        if look is not PLAIN and (look.hides or self.sight is not CLEAR):
            exits.append(partial(self._see, self.sight))
            self._see(self.sight.inside(look))
        self.harvest.read_attributes(tag, attributes)
        return exits

    def _leave(self, exits: Sequence[Callable[[], None] | None]) -> None:
        for finish in reversed(exits):
            if finish is None:
                self.sink.append(_BREAK)
            else:
                finish()

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


_Exits = Sequence[Callable[[], None] | None] | None  # None in the sequence: a line ends
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


def _join(pieces: list[str]) -> str:
    """Join pieces to lines as a browser does: blanks run together, empty lines vanish."""
    return "\n".join([" ".join(words) for line in "".join(pieces).split(_BREAK) if (words := line.split())])


def _join_start(pieces: list[str], start: int) -> str:
    """Join what follows `start`, up to a length: anchors may stand within each other."""
    chosen: list[str] = []
    room = MAX_SHOWN_CHARS
    for piece in pieces[start : start + MAX_SHOWN_PIECES]:
        chosen.append(piece[:room])
        room -= len(chosen[-1])
        if room <= 0:
            break
    return _join(chosen)
