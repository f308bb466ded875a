"""What a page does when it is opened, read from its source: scripts, forms, jumps, files that it builds.

Standards: WHATWG HTML, SVG 2 (scripting), RFC 2397 (data: URLs).
Trust: the page comes from a stranger.
Fails: never. A script is not run, so what it decides when it runs is not known.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.html import read_html
from gatepost.message.message import HtmlView, LinkKind
from gatepost.message.places import Locator
from gatepost.model.contents import LinkSource
from gatepost.model.finding import Span

MAX_FOUND = 100
_HANDING_WORDS = (
    *("blob", "file", "createobjecturl", "saveas", "write", "eval", "function", "innerhtml", "insertadjacenthtml"),
    *("srcdoc", "download"),
)  # one of them stands in whatever the expression finds; most pages hold none, and that is known far sooner
_NAMING_WORDS = ("download", "mssave", "saveas", "file")
_JUMPING_WORDS = ("location", "open")

_NOWHERE = Span(0, 0)
_DECODES = re.compile(
    r"\batob\s{0,9}\(|fromCharCode|fromCodePoint|\bunescape\s{0,9}\(|decodeURIComponent\s{0,9}\(|charCodeAt|Uint8Array"
    r"|parseInt\s{0,9}\([^()]{1,80},\s{0,9}16\s{0,9}\)|TextDecoder|CryptoJS|crypto\.subtle",
    re.IGNORECASE,
)
_HANDS_OVER = re.compile(
    r"new\s{1,9}(?:Blob|File)\b|createObjectURL|msSaveOrOpenBlob|msSaveBlob|saveAs\s{0,9}\(|document\s{0,9}\.\s{0,9}write"
    r"|\beval\s{0,9}\(|new\s{1,9}Function\b|\.innerHTML\s{0,9}=|insertAdjacentHTML|srcdoc|\.download\s{0,9}=",
    re.IGNORECASE,
)
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
_SRCDOC = re.compile(r"\ssrcdoc\s{0,9}=\s{0,9}(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s", re.IGNORECASE)


def note_page(text: str, insides: Insides) -> None:
    """Note what an HTML page does, and where it leads."""
    note_view(read_html(text, Locator(b"", _NOWHERE, _NOWHERE, is_direct=False)), insides)


def note_view(view: HtmlView, insides: Insides) -> None:
    """Note what a page does that has been read."""
    if view.script_count:
        insides.note("page.script", str(view.script_count))
    for form in view.forms:
        code = "page.password_form" if form.has_password_field else "page.form"
        insides.note(code, form.action)
    if view.has_meta_refresh:
        insides.note("page.refresh")
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
    if _holds_any(low, _HANDING_WORDS) and _HANDS_OVER.search(text) and _DECODES.search(text):
        insides.note("page.builds")
    for match in islice(_JUMPS.finditer(text), MAX_FOUND) if _holds_any(low, _JUMPING_WORDS) else ():
        insides.note("page.jumps", target := next(filter(None, match.groups()), ""))
        if target:
            insides.link(target)


def find_download_names(text: str) -> list[str]:
    """Give the names under which a page hands files to its reader."""
    if not _holds_any(text.lower(), _NAMING_WORDS):
        return []
    return list(dict.fromkeys(match[1] for match in islice(_DOWNLOAD.finditer(text), MAX_FOUND)))


def find_inner_pages(text: str) -> Iterator[str]:
    """Give the pages that stand in an attribute of a page, as they stand."""
    return (match[1] or match[2] or "" for match in islice(_SRCDOC.finditer(text), MAX_FOUND))


def _holds_any(low: str, words: tuple[str, ...]) -> bool:
    return any(word in low for word in words)
