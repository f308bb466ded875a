"""Which host a URL opens, and where URLs stand in plain text.

Standards: WHATWG URL (through ada), RFC 3986 for the text around it.
Trust: the text comes from the mail's author.
Fails: never; what opens no host has host "".
"""

import re
from collections.abc import Iterator

import can_ada

from gatepost.message.pieces import Link, LinkKind
from gatepost.model.finding import Span

MAX_URL_CHARS = 16_384  # a longer URL is cut before its host is read
MAX_TEXT_LINKS = 2_000  # of one part

_WEB = frozenset({"http:", "https:", "ftp:", "ws:", "wss:"})
_URL = re.compile(
    r"(?<![A-Za-z0-9@/.$#_-])(?:(?:https?|ftp)://|www\.)[^\s<>\"\u3000-\u3002\uff08\uff09\uff0c\uff1b\u201c\u201d]+",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*_~\u2026\uff01\uff1f\u300b"
_SHOWN = re.compile(
    r"\s*(?:https?://)?((?:[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]*[a-z0-9\u00a1-\uffff])?\.)+[a-z\u00a1-\uffff]{2,63})(?:[:/?#]\S*)?\s*",
    re.IGNORECASE,
)


def find_host(url: str, base: str = "") -> str:
    """Give the host that a browser would contact for `url`, "" when it would contact none.

    >>> find_host("https://paypal.com@Evil.Example\\\\x")
    'evil.example'
    """
    try:
        parsed = can_ada.parse(url[:MAX_URL_CHARS], base) if base else can_ada.parse(url[:MAX_URL_CHARS])
    except ValueError:
        return ""
    return parsed.hostname if parsed.protocol in _WEB else ""


def find_shown_host(text: str) -> str:
    """Give the host that a visible text names when it is a URL or a domain, else ""."""
    match = _SHOWN.fullmatch(text[:MAX_URL_CHARS])
    return find_host(f"http://{match[1]}") if match else ""


def find_text_links(text: str, place: Span) -> Iterator[Link]:
    """Give the URLs that a client would make clickable in plain text."""
    for count, match in enumerate(_URL.finditer(text)):
        if count >= MAX_TEXT_LINKS:
            return
        url = match[0].rstrip(_TRAILING)
        target = url if "://" in url else f"http://{url}"
        if host := find_host(target):
            yield Link(LinkKind.TEXT, target, host, url, host, place)
