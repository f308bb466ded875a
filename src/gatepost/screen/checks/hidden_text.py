"""The mail holds text that the reader does not see: padding to make a filter see another mail than the reader.

It is hidden by styles, written in the colour of its ground, pushed far below what is shown first, or put behind the end
of the page. A short hidden line in front (the preview text of newsletters) is usual and does not count.

Features: `share` (hidden characters of all), `faint_share` (of characters in the colour of their ground),
`thousands_below` (of characters far below, at most 20), `thousands_behind_end` (of characters behind the page, at most
20).
"""

import re
from collections.abc import Iterator

from gatepost.message.message import Message, Part
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.packed import MAX_SOURCE_CHARS, pack_source
from gatepost.screen.quoting import point_at

MAX_THOUSANDS = 20.0
MIN_HIDDEN_CHARS = 600
MIN_FAINT_CHARS = 200
MIN_BELOW_CHARS = 300
MIN_BEHIND_CHARS = 300

PADDING = Kind(
    "hidden_text.padding", Severity.SUSPECT, 2.0, "The mail hides much text from the reader, more than it shows."
)
FAINT = Kind("hidden_text.faint", Severity.ODD, 1.0, "Much text is written in the colour of its ground.")
BELOW = Kind(
    "hidden_text.below", Severity.ODD, 1.5, "Much text stands far below what is shown first, behind empty lines."
)
BEHIND = Kind("hidden_text.behind_end", Severity.ODD, 1.0, "Much text stands behind the end of the page.")
KINDS: tuple[Kind, ...] = (PADDING, FAINT, BELOW, BEHIND)

_GAP_LINES = 40
_EMPTY_LINES = re.compile(r"\n(?:[ \t\xa0\r]{0,80}\n){40,1000}")
_BREAKS = re.compile(r"<br(?:\s{0,3}/?>(?:\s|&nbsp;){0,20}+<br){39,1000}[^>]{0,10}>")
_LONG_WAY = re.compile(r":\s{0,3}[0-9]{4,9}px")
_BLANK = rb"[\s\x1c-\x1f\x80-\xff]"  # perhaps; it has up to three bytes
_PERHAPS_LONG_WAY = re.compile(rb":%b{0,9}0{4,9}px" % _BLANK)
_PERHAPS_BREAKS = re.compile(rb"<br(?:%b{0,9}/?>(?:%b|&nbsp;){0,60}+<br){39,1000}" % (_BLANK, _BLANK))
_PUSHES_DOWN = re.compile(r"(?:margin|padding)(?:-top|-bottom)?\s{0,3}\Z|(?<![-\w])height\s{0,3}\Z")
_PROPERTY_CHARS = 20
_TAG = re.compile(r"<[^<>]*+>|&nbsp;|\s")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Weigh text out of sight against visible text."""
    yield from _weigh_hidden(case.message)
    yield from _weigh_faint(case.message)
    yield from _weigh_below(case.message)


def _weigh_hidden(message: Message) -> Iterator[Finding | Feature]:
    views = message.html
    hidden = sum([_count_characters(view.hidden_text) for view in views if view.hidden_text])
    if not hidden:
        return
    shown = sum(_count_characters(view.text) for view in views)
    yield Feature("hidden_text.share", hidden / (hidden + shown))
    if hidden >= MIN_HIDDEN_CHARS and hidden > shown:
        place = next(view for view in views if view.hidden_text)
        yield PADDING.seen(
            point_at(place.hidden_text, place.span),
            says=f"The mail hides {hidden} characters of text from its reader.",
            says_zh=f"邮件中隐藏了 {hidden} 个读者看不到的字符。",
        )


def _weigh_faint(message: Message) -> Iterator[Finding | Feature]:
    view = next((view for view in message.html if view.faint_text), None)
    if view is None:
        return
    faint = _count_characters(view.faint_text)
    yield Feature("hidden_text.faint_share", faint / max(faint, _count_characters(view.text)))
    if faint >= MIN_FAINT_CHARS:
        yield FAINT.seen(
            point_at(view.faint_text, view.span),
            says=f"The mail holds {faint} characters of text in the colour of their background.",
            says_zh=f"邮件中有 {faint} 个字符与背景同色，读者看不到。",
        )


def _weigh_below(message: Message) -> Iterator[Finding | Feature]:
    for part in (*message.text_parts[:1], *message.html_parts[:1]):
        below, behind = _find_below(part), _find_behind_end(part)
        if below:
            yield Feature("hidden_text.thousands_below", min(MAX_THOUSANDS, len(below) / 1000))
        if behind:
            yield Feature("hidden_text.thousands_behind_end", min(MAX_THOUSANDS, len(behind) / 1000))
        if len(below) >= MIN_BELOW_CHARS:
            yield BELOW.seen(
                point_at(below, part.body_span),
                says="Far below what you see first, behind empty lines, the mail holds more text.",
                says_zh="在大量空行之后的远处，邮件还藏有其他文字。",
            )
        if len(behind) >= MIN_BEHIND_CHARS:
            yield BEHIND.seen(
                point_at(behind, part.body_span),
                says="Text stands behind the end of the page.",
                says_zh="网页结束标记之后仍有文字。",
            )


def _find_below(part: Part) -> str:
    """Give the text behind the first large gap, without blanks."""
    if not part.is_html:
        source = part.text[:MAX_SOURCE_CHARS]
        gap = _EMPTY_LINES.search(source) if _may_hold_gap(source) else None
        return "".join(source[gap.end() :].split()) if gap else ""
    packed = pack_source(part)
    has_breaks = packed.count(b"<br") >= _GAP_LINES and _PERHAPS_BREAKS.search(packed) is not None
    has_long_way = b"0000px" in packed and _PERHAPS_LONG_WAY.search(packed) is not None
    if not has_breaks and not has_long_way:
        return ""
    source = part.text[:MAX_SOURCE_CHARS]
    lower = source.lower()
    gap = _BREAKS.search(lower) if has_breaks else None
    if gap is None and has_long_way:
        gap = next(filter(_is_pushed_down, _LONG_WAY.finditer(lower)), None)
    return _strip(source[gap.end() :]) if gap else ""


def _may_hold_gap(text: str) -> bool:
    """Look quickly: without blanks, the line ends of empty lines stand side by side."""
    if text.count("\n") <= _GAP_LINES:
        return False
    packed = text.replace("\xa0", "").encode("utf-8", "surrogatepass").translate(None, b" \t\r")
    return b"\n" * (_GAP_LINES + 1) in packed


def _is_pushed_down(match: re.Match[str]) -> bool:
    start = match.start()
    return _PUSHES_DOWN.search(match.string[max(0, start - _PROPERTY_CHARS) : start]) is not None


def _find_behind_end(part: Part) -> str:
    if not part.is_html:
        return ""
    source = part.text[:MAX_SOURCE_CHARS]
    end = source.rfind("</html>")
    end = max(end, source.rfind("</HTML>", max(0, end)))  # from there, for what is far in front is searched slowly
    return _strip(source[end:]) if end >= 0 else ""


def _strip(source: str) -> str:
    return _TAG.sub("", source)


def _count_characters(text: str) -> int:
    return sum(map(len, text.split()))
