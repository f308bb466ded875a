"""Which host a URL opens, and where URLs stand in plain text.

Standards: WHATWG URL (through ada), RFC 3986 Appendix C (URLs in text), the public suffix list.
Trust: the text comes from the mail's author.
Fails: never; what opens no host has host "".

In plain text a URL with a scheme is taken as mail clients take it: nearly always. Without a scheme it must begin
with `www.`, or be followed by a path, or end in a well-known suffix: `setup.py` and `it.is` are no links.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import can_ada

from gatepost.message.pieces import Link, LinkKind
from gatepost.message.places import Locator
from gatepost.message.suffixes import load_suffixes

MAX_URL_CHARS = 16_384  # the host of a longer URL is read from its beginning
MAX_TEXT_LINKS = 2_000  # of one part
MAX_DOTS = 50_000  # between two letters, in one part
MAX_HOST_CHARS = 253

_WEB = frozenset({"http:", "https:", "ftp:", "ws:", "wss:"})
_C0_AND_SPACE = "".join(map(chr, range(33)))
_LINE_BLANKS = str.maketrans("", "", "\t\r\n")

# CJK scripts and full-width marks end a path: nobody types a space between a URL and Chinese
_CJK = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_TAIL = rf"(?::[0-9]{{1,5}}(?![0-9]))?(?:[/\\?#][^\s<>\"`\u201c\u201d{_CJK}]*+)?"
_AUTHORITY = r"[^\s<>\"'`/\\?#()\[\]{}\u201c\u201d\u3001\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f]"
_WITH_SCHEME = re.compile(
    rf":(?:(?<=https:)|(?<=http:)|(?<=ftp:))[/\\]{{2,}}(?:\[[0-9a-f:.]{{2,45}}\]|{_AUTHORITY}{{1,300}}){_TAIL}",
    re.IGNORECASE,
)
_WITH_WWW = re.compile(rf"\.(?<=www\.){_AUTHORITY}{{1,300}}{_TAIL}", re.IGNORECASE)
_JOINED_BEFORE = re.compile("[A-Za-z0-9@$#]")
_SCHEME = re.compile("[a-z]{3,5}:", re.IGNORECASE)
_SCHEME_BEFORE = re.compile("https?$|ftp$", re.IGNORECASE)
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9._-]{1,253}(?=[/?#]|\Z)")
_PUNYCODE = re.compile("xn--", re.IGNORECASE)
_STAND_IN = "xn-_-"
_PARTS = re.compile(r"((?:[a-z]+:[/\\]+)?(?:[^@/\\?#]*@)?)([^:/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_ASCII_WORD = re.compile(r"[a-z][a-z-]*", re.IGNORECASE)

_NAME = r"a-zA-Z0-9\u00c0-\u024f"
_SUFFIX_DOT = re.compile(rf"\.(?<=[{_NAME}]\.)[{_NAME}]")
_DOTTED = re.compile(rf"[{_NAME}.-]+")
_DOTTED_CHARS = ".-" + "".join(char for char in map(chr, range(0x250)) if re.match(f"[{_NAME}]", char))
_BARE_HOST = re.compile(rf"(?:[{_NAME}](?:[{_NAME}-]{{0,61}}[{_NAME}])?\.)+([a-zA-Z]{{2,24}})")
_BARE_TAIL = re.compile(_TAIL)
_NOT_BEFORE_BARE = frozenset("@/\\$#%&=+_*?.-")
_WELL_KNOWN_NAMES = (
    "com net org edu gov mil int info biz name mobi asia xyz top shop online site club vip live store icu tech click"
    " cloud link io co tv app dev cn tw hk jp kr sg vn th ph de uk fr nl ru ua eu ch se dk fi cz hu ro gr pt br mx ar"
    " cl au nz ca za tr il ir"
)
_WELL_KNOWN = frozenset(_WELL_KNOWN_NAMES.split())
_WITHOUT_SCHEME = ("//", "\\\\", "/\\", "\\/")
_TRAILING = ".,;:!?'*_~|\u2026\u00bb\u2019"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def clean_target(url: str) -> str:
    """Strip a URL as browsers do: controls and spaces at its ends, tabs and line ends within."""
    url = url.strip(_C0_AND_SPACE)
    return url if url.isprintable() else url.translate(_LINE_BLANKS)  # line ends and tabs are not printable


def find_host(url: str, base: str = "") -> str:
    r"""Give the host that a browser would contact for `url`, "" when it would contact none.

    A mail has no base of its own: `//host` and `www.host` are completed as webmail completes them.

    >>> find_host("https://paypal.com@Evil.Example\\x")
    'evil.example'
    """
    if not base and url.isascii() and (plain := _PLAIN_URL.match(url)):
        return _find_host(plain[0], "")  # what follows changes nothing, and mails have many links to few hosts
    return _find_host(url[:MAX_URL_CHARS], base[:MAX_URL_CHARS])


def find_base(url: str) -> str:
    """Give the URL by which relative ones are completed, "" for one that leads nowhere: browsers pass such a base by.

    >>> find_base("//shop.example/a"), find_base("/"), find_base("cid:1")
    ('http://shop.example/a', '', '')
    """
    if url[:2] in _WITHOUT_SCHEME:
        url = f"http:{url}"
    return url if find_host(url) else ""


@lru_cache(maxsize=4096)
def _find_host(url: str, base: str) -> str:
    if not base and url[:2] in _WITHOUT_SCHEME:
        url = f"http:{url}"
    elif not base and url[:4].lower() == "www.":
        url = f"http://{url}"
    parsed = _parse_url(url, base)
    if parsed is None and "xn--" in url.lower() and _has_ascii_host(url):
        # A label that is no valid Punycode: WHATWG lets it stand since 2025, ada does not yet.
        parsed = _parse_url(_PUNYCODE.sub(_STAND_IN, url), base)
    host = parsed.hostname if parsed and parsed.protocol in _WEB else ""
    return host.replace(_STAND_IN, "xn--")


def _has_ascii_host(url: str) -> bool:
    parts = _PARTS.match(url)
    return parts is not None and parts[2].isascii()


def _parse_url(url: str, base: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(base) + url if base else can_ada.parse(url)
    except (ValueError, TypeError):  # TypeError: a lone surrogate
        return None


def find_shown_host(text: str) -> str:
    """Give the host that a visible text names when it is a URL or a domain, else "".

    >>> find_shown_host("https://www.paypal.com/signin"), find_shown_host("paypal.com"), find_shown_host("Sign in")
    ('www.paypal.com', 'paypal.com', '')
    """
    if "." not in text and ":" not in text:
        return ""
    if marked := next(_find_marked(text), None):
        return marked[2]
    text = text.strip(" .,;:()[]<>\u3002")
    match = _BARE_HOST.match(text) if len(text) <= MAX_URL_CHARS else None
    if match and _is_suffix(match[1].lower()) and _BARE_TAIL.fullmatch(text, match.end()):
        return find_host(f"http://{match[0]}")
    return ""


def find_text_links(text: str, locator: Locator) -> Iterator[Link]:
    """Give the URLs that a client would make clickable in plain text, those with a scheme first."""
    if "." not in text and "://" not in text:
        return
    gaps: list[tuple[int, int]] = []
    position = count = 0
    for start, url, host in _find_marked(text):
        gaps.append((position, start))
        position = start + len(url)
        yield _build_link(url, host, locator)
        count += 1
        if count >= MAX_TEXT_LINKS:
            return
    for start, end in (*gaps, (position, len(text))):
        for url, host in _find_bare(text, start, end):
            yield _build_link(url, host, locator)
            count += 1
            if count >= MAX_TEXT_LINKS:
                return


def _build_link(url: str, host: str, locator: Locator) -> Link:
    has_scheme = _SCHEME.match(url)
    return Link(LinkKind.TEXT, url if has_scheme else f"http://{url}", host, url, host, locator.find(url))


def _find_marked(text: str) -> Iterator[tuple[int, str, str]]:
    """Give (start, url, host) of what begins with a scheme or `www.`."""
    last_end = 0
    for start, end in sorted((*_find_schemes(text), *_find_www(text))):
        if start < last_end:
            continue
        url = _trim(_cut_host(text[start:end]))
        if host := find_host(url):
            yield start, url, host
            last_end = start + len(url)


def _find_schemes(text: str) -> Iterator[tuple[int, int]]:
    if ":/" not in text and ":\\" not in text:
        return
    for match, _ in zip(_WITH_SCHEME.finditer(text), range(MAX_TEXT_LINKS), strict=False):
        scheme = _SCHEME_BEFORE.search(text[max(0, match.start() - 5) : match.start()])
        start = match.start() - len(scheme[0] if scheme else "")
        if not start or not _JOINED_BEFORE.match(text[start - 1]):
            yield start, match.end()


def _find_www(text: str) -> Iterator[tuple[int, int]]:
    for match, _ in zip(_WITH_WWW.finditer(text), range(MAX_TEXT_LINKS), strict=False):
        start = match.start() - 3
        if not start or (text[start - 1] not in _NOT_BEFORE_BARE and not _JOINED_BEFORE.match(text[start - 1])):
            yield start, match.end()


def _cut_host(url: str) -> str:
    """Let the host end where a known suffix ends: what follows it in another script is text, not host."""
    parts = _PARTS.match(url)
    if parts is None or parts[2].isascii():
        return url
    host = parts[2]
    ends = [dot.start() for dot in _DOTS.finditer(host)] + [len(host)]
    for start, end in zip(reversed(ends[:-1]), reversed(ends[1:]), strict=True):
        label = host[start + 1 : end]
        if _is_suffix(label.lower()):
            return url if end == len(host) else parts[1] + host[:end]
        word = _ASCII_WORD.match(label)
        if word and _is_suffix(word[0].lower()):
            return parts[1] + host[: start + 1 + word.end()]
    return url


def _trim(url: str) -> str:
    """Leave off what ends the sentence, not the URL."""
    while url:
        last = url[-1]
        if last in _BRACKETS and url.count(last) > url.count(_BRACKETS[last]):
            url = url[:-1]
        elif last in _TRAILING:
            url = url.rstrip(_TRAILING)
        else:
            break
    return url.removesuffix("'s")


def _find_bare(text: str, start: int, end: int) -> Iterator[tuple[str, str]]:
    """Give (url, host) of domains without scheme; each run of name characters is looked at once."""
    position = start
    for _ in range(MAX_DOTS):
        if (dot := _SUFFIX_DOT.search(text, position, end)) is None:
            return
        start_of_run, position = position, _DOTTED.match(text, dot.start(), end).end()  # type: ignore[union-attr]
        label = text[dot.start() : position].rstrip(".-").rpartition(".")[2]
        if not (label.isascii() and label.isalpha() and _is_suffix(label.lower())):
            continue  # most dots: in numbers, file names, abbreviations
        first = start_of_run + len(text[start_of_run : dot.start()].rstrip(_DOTTED_CHARS))
        if (first and text[first - 1] in _NOT_BEFORE_BARE) or text[position : position + 1] == "@":
            continue
        name = text[first:position].rstrip(".-")
        host = _BARE_HOST.fullmatch(name) if len(name) <= MAX_HOST_CHARS else None
        if host is None:
            continue
        tail = _BARE_TAIL.match(text, first + len(name), end)
        url = _trim(name + (tail[0] if tail else ""))
        position = max(position, first + len(url))
        has_path = "/" in url
        if (has_path or host[1].lower() in _WELL_KNOWN) and (opened := find_host(f"http://{url}")):
            yield url, opened


@lru_cache(maxsize=2048)
def _is_suffix(label: str) -> bool:
    return bool(load_suffixes().publicsuffix(label, accept_unknown=False))
