"""The HTML of the mail does what no letter needs: it leads away by itself, runs scripts, or hides how it is written.

Words are cut by comments and hidden elements, written backwards and turned round by a style, or drawn by a style sheet,
so that filters do not read what readers see.

Features: `refreshes`, `scripts` (at most 20), `split_count` (words cut by what is not shown, at most 20), `drawn_words`
(words that stand only in the style sheet, at most 20), `own_pages` (links that hold their page within themselves:
data:, blob:).
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.message import HtmlView, LinkKind, Message
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.packed import MAX_SOURCE_CHARS, pack_source
from gatepost.screen.quoting import point_at, quote

MAX_LINKS = 2_000
MAX_COUNTED = 20
MIN_SPLIT_WORDS = 3
MIN_DRAWN_WORDS = 3
DEEP = 200

REFRESH = Kind("html_tricks.refresh", Severity.SUSPECT, 2.0, "The mail opens another page by itself (meta refresh).")
SCRIPT = Kind("html_tricks.script", Severity.ODD, 1.0, "The mail holds a script, which mail programs do not run.")
SPLIT = Kind("html_tricks.split_words", Severity.SUSPECT, 2.0, "Comments or hidden elements cut words of the mail.")
REVERSED = Kind("html_tricks.reversed", Severity.ODD, 1.0, "Text is written backwards and turned round by a style.")
DRAWN = Kind("html_tricks.drawn", Severity.ODD, 1.5, "Words of the mail stand only in its style sheet.")
OWN_PAGE = Kind("html_tricks.own_page", Severity.SUSPECT, 2.0, "A link holds the page that it opens within itself.")
NESTED = Kind("html_tricks.nested", Severity.ODD, 0.5, "Elements are nested far deeper than a page needs.")
KINDS: tuple[Kind, ...] = (REFRESH, SCRIPT, SPLIT, REVERSED, DRAWN, OWN_PAGE, NESTED)

_REVERSED = re.compile(
    r"unicode-bidi\s{0,5}:\s{0,5}(?:bidi|isolate)-override|<bdo\s[^>]{0,200}dir\s{0,5}=\s{0,5}[\"']?rtl"
)
_MAY_DRAW = re.compile(rb"content[^a-z0-9=]{0,20}:")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")  # Hebrew, Arabic and their neighbours
_CONTENT = re.compile(r"content\s{0,5}:\s{0,5}(?:\"([^\"\\]{2,500})\"|'([^'\\]{2,500})')")
_WORD = re.compile(r"[^\W\d_]{2,}")
_OWN_PAGE = re.compile(r"(?:data:(?:text|application)|blob:)", re.IGNORECASE)
_OPENING = frozenset({LinkKind.ANCHOR, LinkKind.FORM, LinkKind.REFRESH})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at each HTML part, and at its links."""
    message = case.message
    if not message.html:
        return
    yield from _examine_views(message)
    yield from _examine_sources(message)
    links = message.links[:MAX_LINKS]
    own = [link for link in links if _OWN_PAGE.match(link.target) and link.kind in _OPENING]
    if own:
        yield Feature("html_tricks.own_pages", min(MAX_COUNTED, len(own)))
        yield OWN_PAGE.seen(
            point_at(own[0].target, own[0].span),
            says="A link opens a page that is hidden in the mail itself.",
            says_zh="链接会打开隐藏在邮件内部的网页。",
        )


def _examine_views(message: Message) -> Iterator[Finding | Feature]:
    views = message.html
    scripts, split = sum(view.script_count for view in views), sum(view.split_word_count for view in views)
    yield Feature("html_tricks.refreshes", float(any(view.has_meta_refresh for view in views)))
    yield Feature("html_tricks.scripts", min(MAX_COUNTED, scripts))
    yield Feature("html_tricks.split_count", min(MAX_COUNTED, split))
    view = views[0]
    if any(view.has_meta_refresh for view in views):
        yield _describe_refresh(message, view)
    if scripts:
        yield SCRIPT.seen(
            point_at("script", view.span), says="The mail holds a script.", says_zh="邮件中含有脚本程序。"
        )
    if split >= MIN_SPLIT_WORDS:
        yield SPLIT.seen(
            point_at(view.text, view.span),
            says=f"Invisible pieces cut {split} words of the mail, so that filters do not recognise them.",
            says_zh=f"有 {split} 个单词被不可见内容拆开，以躲避过滤。",
        )
    if any(view.depth > DEEP or "limit.html_tags" in view.limits for view in views):
        yield NESTED.seen(
            point_at(f"{max(view.depth for view in views)}", view.span),
            says="The page is built far more tangled than any letter needs.",
            says_zh="邮件网页的结构异常复杂，超出正常信件所需。",
        )


def _describe_refresh(message: Message, view: HtmlView) -> Finding:
    link = next((link for link in message.links[:MAX_LINKS] if link.kind is LinkKind.REFRESH), None)
    place = point_at(link.target, link.span) if link else point_at("refresh", view.span)
    return REFRESH.seen(
        place,
        says="The mail tries to open another page by itself.",
        says_zh="邮件会自动打开其他网页。",
    )


def _examine_sources(message: Message) -> Iterator[Finding | Feature]:
    for part, view in zip(message.html_parts, message.html, strict=True):
        if not _may_hold_tricks(pack_source(part)):
            continue
        source = part.text[:MAX_SOURCE_CHARS].lower()
        turns = "-override" in source or "<bdo" in source
        if turns and _REVERSED.search(source) and not _RIGHT_TO_LEFT.search(view.text):
            yield REVERSED.seen(
                point_at(view.text, view.span),
                says="Text is written backwards and turned round when it is shown.",
                says_zh="文字被倒着书写，显示时再翻转过来。",
            )
        drawn = _find_drawn_words(source)
        if drawn:
            yield Feature("html_tricks.drawn_words", len(drawn))
        if len(drawn) >= MIN_DRAWN_WORDS:
            words = quote(" ".join(drawn))
            yield DRAWN.seen(
                point_at(" ".join(drawn), view.span),
                says=f"Words are drawn by the style sheet, where filters do not read them: {words}",
                says_zh=f"部分文字由样式表绘制，以躲避过滤：{words}",
            )


def _may_hold_tricks(packed: bytes) -> bool:
    return b"-override" in packed or b"<bdo" in packed or _MAY_DRAW.search(packed) is not None


def _find_drawn_words(source: str) -> list[str]:
    texts = (match[1] or match[2] for match in islice(_CONTENT.finditer(source), MAX_COUNTED))
    return [word for text in texts for word in _WORD.findall(text)][:MAX_COUNTED]
