"""Keep HTML that would explode from the tree builder: it is flattened to a linear run of the tags that matter.

Standards: WHATWG HTML §13.2.5 (tokens); §13.2.4.3 is what the formatting bomb abuses.
Trust: the HTML comes from the mail's author.
Fails: never. Linear in the size of the HTML.

Measured with lexbor: 40,000 nested <div> take 1.8 s (each looks for an open <p> up the whole stack), 1,000 unclosed
<font> before 1,000 <p> make a million nodes and 300 MB (each <p> opens all fonts again), 50,000 attributes of one
tag take 4 s (each is compared with all before it). Browsers suffer likewise; mail does not need any of it.
"""

import re
from collections import Counter
from collections.abc import Iterator

MAX_TREE_TAGS = 10_000  # nested to the last they take 0.1 s
MAX_REBUILT_NODES = 400_000
MAX_ATTRIBUTES = 2_000  # of one tag
KEPT_ATTRIBUTES = 50  # of one tag, when flattened
MAX_ALIKE = 5_000  # tags that are the same to the last letter, when flattened: a million make 200 MB of tree
_SMALL_CHARS = 40_000  # too small for an attribute bomb
_LONG_TAG_CHARS = 2_000

_WS = r"\t\n\f\r "
_VALUE = rf"[{_WS}]*+=[{_WS}]*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_WS}>\"'][^{_WS}>]*+)?"
_ATTRIBUTE = rf"[^{_WS}/>][^{_WS}/>=]*+(?:{_VALUE})?"
_ATTRIBUTES = rf"(?:[{_WS}/]++|{_ATTRIBUTE})*+"
_NAME = rf"(?P<name>(?P<merged>(?=(?:html|body)[{_WS}/>]))?[a-z][^{_WS}/>]*+)"
_TAG = rf"<(?P<close>/?){_NAME}(?P<attributes>{_ATTRIBUTES})(?:>|\Z)"
_COMMENT = r"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?"
_RAW_NAMES = "script|style|textarea|title|xmp|iframe|noembed|noframes"
_RAW = rf"<(?=[stxin])(?P<raw>{_RAW_NAMES})(?=[{_WS}/>]){_ATTRIBUTES}>.*?(?:</(?P=raw)(?=[{_WS}/>])[^>]*+>?|\Z)"

_FLAGS = re.IGNORECASE | re.DOTALL | re.ASCII  # ASCII: a long s is no s in a tag name
_RAW_START = re.compile(rf"<(script|iframe)(?=[{_WS}/>])({_ATTRIBUTES})>", _FLAGS)
_HANDLER = re.compile(rf"[{_WS}/\"']on[a-z]{{3,30}}[{_WS}]*+=", _FLAGS)
_TOKEN = re.compile(f"{_RAW}|{_TAG}|{_COMMENT}", _FLAGS)
_TOKEN_IN_FOREIGN = re.compile(f"{_TAG}|{_COMMENT}", _FLAGS)  # in <svg> no content is raw
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)
_QUOTED_END = re.compile(rf"=[{_WS}]*+(?:\"[^\">]*+>|'[^'>]*+>)")
_EMPTY_LINES = re.compile(r"<br>(?:\s*+(?:&nbsp;\s*+)*<br>|(?!))++")  # (?!): see message/parameters.py
_TAG_START = re.compile("</?[a-z]", _FLAGS)
_MERGED_START = re.compile(rf"</?(?:html|body)[{_WS}/]", _FLAGS)
_FORMATTING = re.compile(rf"<(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)[{_WS}/]", _FLAGS)
_FORMATTING_NAMES = frozenset(("b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"))
_MARKERS = frozenset(("applet", "caption", "marquee", "object", "td", "template", "th"))

_LINE_BREAK = "<br>"
_NOTHING = frozenset(("", _LINE_BREAK))
_KEPT = frozenset(
    ("a", "area", "base", "button", "embed", "form", "frame", "img", "input", "link", "meta", "option", "select")
)
_EMPTIED = frozenset(("iframe", "object", "script"))  # what stands in them is no text
_BLOCKS_NAMES = (
    "address article aside blockquote br caption center dd div dl dt fieldset footer h1 h2 h3 h4 h5 h6 header hr li"
    " main nav ol p pre section table td th tr ul"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())


def is_too_heavy(html: str) -> bool:
    """Say whether building the tree of this HTML could take more than a fraction of a second."""
    tag_count = html.count("<")
    if tag_count > MAX_TREE_TAGS:
        return True
    if len(html) > _SMALL_CHARS and _has_attribute_bomb(html):
        return True
    if tag_count**2 <= MAX_REBUILT_NODES:
        return False  # however many of the tags are formatting
    may_explode = len(_FORMATTING.findall(html)) * tag_count > MAX_REBUILT_NODES
    return may_explode and _count_open_formatting(html) * tag_count > MAX_REBUILT_NODES


def _has_attribute_bomb(html: str) -> bool:
    """Say whether one element would get too many attributes; <html> and <body> get those of all further ones."""
    if not _may_have_long_tag(html):
        return False
    merged_count = 0
    for token in _find_tokens(html):
        if token.end() - token.start() > _LONG_TAG_CHARS and _count_attributes(token) > MAX_ATTRIBUTES:
            return True
        if token["merged"] is not None:
            merged_count += _count_attributes(token)
    return merged_count > MAX_ATTRIBUTES


def _may_have_long_tag(html: str) -> bool:
    """Say whether any tag, or those of <html> and <body> together, can be as long as many attributes need.

    Quick and never wrong when it says no: a tag goes on behind a `>` only where that stands in a quoted value.
    """
    if _QUOTED_END.search(html):
        return True
    chunks = html.split(">")
    if max(map(len, chunks)) > _LONG_TAG_CHARS and any(map(_holds_long_start, chunks)):
        return True
    return _count_merged_chars(html) > MAX_ATTRIBUTES


def _holds_long_start(chunk: str) -> bool:
    start = _TAG_START.search(chunk) if len(chunk) > _LONG_TAG_CHARS else None
    return start is not None and len(chunk) - start.start() >= _LONG_TAG_CHARS


def _count_merged_chars(html: str) -> int:
    """Give the length of what stands between two `>` each, as far as it holds a tag of <html> or <body>."""
    count = end = 0
    for tag in _MERGED_START.finditer(html):
        if tag.start() >= end:
            start, end = html.rfind(">", 0, tag.start()) + 1, html.find(">", tag.start())
            end = end if end >= 0 else len(html)
            count += end - start
    return count


def _count_open_formatting(html: str) -> int:
    """Give how many formatting elements are open at most.

    An end tag counts only where it closes the last one opened, so there are never more than counted here.
    """
    opened: list[str] = []
    formatting_count = most = 0
    for token in _find_tokens(html):
        name = (token["name"] or "").lower()
        if name not in _FORMATTING_NAMES and name not in _MARKERS:
            continue
        step = name in _FORMATTING_NAMES
        if not token["close"]:
            opened.append(name)
            formatting_count += step
            most = max(most, formatting_count)
        elif opened and opened[-1] == name:
            opened.pop()
            formatting_count -= step
    return most


def flatten(html: str) -> str:
    """Keep the text and the tags with links, forms, images and scripts; all others become line breaks or nothing."""
    kept: dict[str, str] = {}  # such pages repeat few tags thousands of times
    counts: Counter[str] = Counter()

    def replace(token: re.Match[str]) -> str:
        if (replacement := kept.get(token[0])) is None:
            replacement = kept[token[0]] = _replace_token(token)
        elif replacement not in _NOTHING:
            counts[replacement] += 1
            if counts[replacement] > MAX_ALIKE:
                return ""
        return replacement

    return _EMPTY_LINES.sub("<br>", _choose_tokens(html).sub(replace, html))


def cut_between_tags(html: str, most_chars: int) -> tuple[list[str], bool]:
    """Cut HTML into pieces of which none begins or ends in a tag, and say whether a tag is longer than a piece may be.

    A piece is longer than asked for where a text, a script or a comment is.
    """
    pieces, start, has_long_tag = list[str](), 0, False
    for token in _find_tokens(html):
        if token.end() - start > most_chars and token.start() > start:
            pieces.append(html[start : token.start()])
            start = token.start()
        has_long_tag |= len(token["attributes"] or "") > most_chars // 2
    return [*pieces, html[start:]], has_long_tag


def _replace_token(token: re.Match[str]) -> str:
    raw = _RAW_START.match(token[0]) if "raw" in token.re.groupindex and token["raw"] else None
    if raw is not None:
        return _empty(raw[1], raw[2])
    name = (token["name"] or "").lower()
    attributes = token["attributes"] or ""
    if name in _EMPTIED:
        return "" if token["close"] else _empty(name, attributes)
    if name not in _KEPT:
        acts = f"<wbr{_shorten(attributes)}>" if _HANDLER.search(attributes) else ""
        return f"{_LINE_BREAK}{acts}" if name in _BLOCKS else acts
    return f"</{name}>" if token["close"] else f"<{name}{_shorten(attributes)}>"


def _empty(name: str, attributes: str) -> str:
    return f"<{name}{_shorten(attributes)}></{name}>"


def _shorten(attributes: str) -> str:
    if len(attributes) > _LONG_TAG_CHARS:
        found = [
            match[0] for _, match in zip(range(KEPT_ATTRIBUTES), _EACH_ATTRIBUTE.finditer(attributes), strict=False)
        ]
        return " " + " ".join(found)
    return attributes


def _find_tokens(html: str) -> Iterator[re.Match[str]]:
    return _choose_tokens(html).finditer(html)


def _choose_tokens(html: str) -> re.Pattern[str]:
    lower = html.lower()
    return _TOKEN_IN_FOREIGN if "<svg" in lower or "<math" in lower else _TOKEN


def _count_attributes(token: re.Match[str]) -> int:
    return sum(1 for _ in _EACH_ATTRIBUTE.finditer(token["attributes"] or ""))
