"""What a reader sees in HTML, and where its links and forms lead.

Standards: WHATWG HTML (parsing, through lexbor).
Trust: the HTML comes from the mail's author.
Fails: never.
"""

import re

from selectolax.lexbor import LexborHTMLParser

from gatepost.message.links import find_host, find_shown_host
from gatepost.message.pieces import HtmlForm, HtmlView, Link, LinkKind
from gatepost.model.finding import Span

_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_META_SEARCH_BYTES = 2_048


def find_meta_charset(data: bytes) -> str:
    """Give the charset that a <meta> names in the first bytes of HTML, "" when there is none."""
    match = _META_CHARSET.search(data, 0, _META_SEARCH_BYTES)
    return match[1].decode("ascii") if match else ""


def read_html(html: str, place: Span) -> HtmlView:
    """Read one HTML part."""
    tree = LexborHTMLParser(html)
    links = [
        Link(LinkKind.ANCHOR, target, find_host(target), shown, find_shown_host(shown), place)
        for node in tree.css("a[href]")
        for target, shown in [((node.attributes.get("href") or "").strip(), node.text().strip())]
    ]
    forms = [
        HtmlForm(
            node.attributes.get("action") or "",
            any((item.attributes.get("type") or "").lower() == "password" for item in node.css("input")),
            tuple(item.attributes.get("name") or "" for item in node.css("input,select,textarea")),
            place,
        )
        for node in tree.css("form")
    ]
    title = tree.css_first("title")
    return HtmlView(
        text=tree.body.text(separator="\n") if tree.body else "",
        hidden_text="",
        title=title.text().strip() if title else "",
        links=tuple(links),
        forms=tuple(forms),
        image_count=len(tree.css("img")),
        script_count=len(tree.css("script")),
        has_meta_refresh=False,
        base_url="",
        is_flattened=False,
        span=place,
    )
