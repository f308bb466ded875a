"""What a page does when it is opened, read from its source: scripts, forms, jumps, files that it builds.

Standards: WHATWG HTML, SVG 2 (scripting), RFC 2397 (data: URLs).
Trust: the page comes from a stranger.
Fails: never. A script is not run, so what it decides when it runs is not known.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.web.codings import pass_over
from gatepost.message.html import MAX_HTML_CHARS, read_html
from gatepost.message.html_guard import cut_between_tags
from gatepost.message.message import HtmlView, LinkKind
from gatepost.message.places import Locator
from gatepost.model.contents import LinkSource
from gatepost.model.finding import Span

MAX_FOUND = 100

_NOWHERE = Span(0, 0)
_LOCATOR = Locator(b"", _NOWHERE, _NOWHERE, is_direct=False)
_Signs = tuple[
    tuple[str, re.Pattern[str]], ...
]  # of a page in small letters: a word, and the expression that it stands in


def _sign(word: str, expression: str = "") -> tuple[str, re.Pattern[str]]:
    return word, re.compile(expression or re.escape(word))


_DECODES: _Signs = (
    _sign("atob", r"\batob\s{0,9}\("),
    _sign("fromcharcode"),
    _sign("fromcodepoint"),
    _sign("unescape", r"\bunescape\s{0,9}\("),
    _sign("decodeuricomponent", r"decodeuricomponent\s{0,9}\("),
    _sign("charcodeat"),
    _sign("uint8array"),
    _sign("parseint", r"parseint\s{0,9}\([^()]{1,80},\s{0,9}16\s{0,9}\)"),
    _sign("textdecoder"),
    _sign("cryptojs"),
    _sign("crypto.subtle"),
)
_HANDS_OVER: _Signs = (
    _sign("blob", r"new\s{1,9}blob\b"),
    _sign("file", r"new\s{1,9}file\b"),
    _sign("createobjecturl"),
    _sign("mssaveoropenblob"),
    _sign("mssaveblob"),
    _sign("saveas", r"saveas\s{0,9}\("),
    _sign("write", r"document\s{0,9}\.\s{0,9}write"),
    _sign("eval", r"\beval\s{0,9}\("),
    _sign("function", r"new\s{1,9}function\b"),
    _sign("innerhtml", r"\.innerhtml\s{0,9}="),
    _sign("insertadjacenthtml"),
    _sign("srcdoc"),
    _sign("download", r"\.download\s{0,9}="),
)
# Of what _DOWNLOAD and _JUMPS find: they are slow, and most pages hold nothing for them
_NAMES: _Signs = (
    _sign("download", r"download[\"']?\s{0,9}[=,]"),
    _sign("mssave", r"mssave(?:oropen)?blob\s{0,9}\("),
    _sign("saveas", r"saveas\s{0,9}\("),
    _sign("file", r"file\s{0,9}\("),
)
_LEADS_AWAY: _Signs = (_sign("location", r"location\s{0,9}[.=]"), _sign("open", r"open\s{0,9}\("))
_JUMPS = re.compile(
    r"\blocation(?:\s{0,9}\.\s{0,9}href)?\s{0,9}=(?!=)\s{0,9}(?:[\"'`]([^\"'`]{1,2000})[\"'`])?"
    r"|\blocation\s{0,9}\.\s{0,9}(?:replace|assign)\s{0,9}\(\s{0,9}(?:[\"'`]([^\"'`]{1,2000})[\"'`])?"
    r"|\b(?:window|self|top)\s{0,9}\.\s{0,9}open\s{0,9}\(\s{0,9}(?:[\"'`]([^\"'`]{1,2000})[\"'`])?",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(?:[\w-]{1,20}:)?script\b", re.IGNORECASE)
_HANDLER = re.compile(r"<[^<>]{0,2000}?[\s\"'/]on[a-z]{3,30}\s{0,9}=", re.IGNORECASE)
_SCRIPT_LINK = re.compile(
    r"(?:href|src|action|to|values|from|data)\s{0,9}=\s{0,9}[\"']?\s{0,9}(?:java|vb)script\s{0,9}:", re.IGNORECASE
)
_XLINK = re.compile(r"\bxlink:href\s{0,9}=\s{0,9}(?:\"([^\"]{1,4000})\"|'([^']{1,4000})')", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"(?:\sdownload\s{0,9}=|\.download\s{0,9}=|[\"']download[\"']\s{0,9},|(?:msSave(?:OrOpen)?Blob|saveAs)\s{0,9}\([^()]{1,200},"
    r"|new\s{1,9}File\s{0,9}\([^()]{1,200},)\s{0,9}[\"'`]([^\"'`<>]{1,200})[\"'`]",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(</?)[\w-]{1,20}:(?=(?:a|base|body|button|embed|form|frame|h[1-6]|iframe|img|input|link|meta|object|p|script|select"
    r"|textarea|title)\b)",
    re.IGNORECASE,
)
_SRCDOC = re.compile(r"\ssrcdoc\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE)
_LONG_DATA = re.compile(r"(?<![A-Za-z0-9+/=%])[A-Za-z0-9+/=%]{1000,}+")  # pictures and files: no tag stands in it
_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)


def note_page(text: str, insides: Insides) -> str:
    """Note what an HTML page does, and where it leads; give what a reader sees of it.

    A page that is too long to be read at once is read piece by piece, without the data in it.
    """
    if len(text) > MAX_HTML_CHARS:
        text = _LONG_DATA.sub("", text)
    pieces, has_long_tag = cut_between_tags(text, MAX_HTML_CHARS) if len(text) > MAX_HTML_CHARS else ([text], False)
    if has_long_tag:
        insides.leave_unseen()
    views = [read_html(piece, _LOCATOR) for piece in pieces]
    for view in views:
        note_view(view, insides)
    return "\n".join([view.text for view in views])


def leave_out_prefixes(text: str) -> str:
    """Give a page that is written as XML with the names of its elements as HTML has them."""
    return _PREFIX.sub(r"\1", text)


def note_view(view: HtmlView, insides: Insides) -> None:
    """Note what a page does that has been read."""
    if view.script_count:
        insides.note("page.script", str(view.script_count))
    for form in view.forms:
        code = "page.password_form" if form.has_password_field else "page.form"
        insides.note(code, form.action)
    if view.has_meta_refresh:
        insides.note("page.refresh")
    for target in view.frames:
        insides.note("page.frame", target)
        insides.link(target)
    for link in view.links:
        if link.kind is LinkKind.FORM:
            insides.link(link.target, LinkSource.FORM)
        elif link.kind is not LinkKind.RESOURCE:
            insides.link(link.target)


def note_picture(text: str, insides: Insides) -> None:
    """Note what an SVG picture does that a picture has no need of."""
    for code, pattern in (
        ("svg.script", _SCRIPT),
        ("svg.handler", _HANDLER),
        ("svg.script_link", _SCRIPT_LINK),
        ("svg.entities", _ENTITY),
    ):
        if pattern.search(text):
            insides.note(code)
    for match in islice(_XLINK.finditer(text), MAX_FOUND):
        if not (target := match[1] or match[2]).startswith("#"):
            insides.link(target)


def note_script(text: str, insides: Insides) -> None:
    """Note what the scripts of a page or a picture would do."""
    low = text.lower()
    if _shows(low, _HANDS_OVER) and _shows(low, _DECODES):
        insides.note("page.builds")
    for match in islice(_JUMPS.finditer(text), MAX_FOUND) if _shows(low, _LEADS_AWAY) else ():
        insides.note("page.jumps", target := next(filter(None, match.groups()), ""))
        if target:
            insides.link(target)


def find_download_names(text: str) -> list[str]:
    """Give the names under which a page hands files to its reader."""
    if not _shows(text.lower(), _NAMES):
        return []
    return list(dict.fromkeys(match[1] for match in islice(_DOWNLOAD.finditer(text), MAX_FOUND)))


def find_inner_pages(text: str, tell_rest: Callable[[], None] = pass_over) -> Iterator[str]:
    """Give the pages that stand in an attribute of a page, as they stand; call `tell_rest` where there are more."""
    if "srcdoc" not in text.lower():
        return
    found = _SRCDOC.finditer(text)
    yield from (match[1] or match[2] or "" for match in islice(found, MAX_FOUND))
    if next(found, None) is not None:
        tell_rest()


def _shows(low: str, signs: _Signs) -> bool:
    """Look for any of the signs in a page in small letters."""
    return any(word in low and pattern.search(low) for word, pattern in signs)
