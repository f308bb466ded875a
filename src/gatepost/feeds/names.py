"""Under which names links, hosts and files stand in the tables: what counts as the same, and what does not.

A URL is read as browsers read it, then written without its scheme (http and https are the same), user name,
password, default port and fragment; the host without a final dot; percent-encoding in capitals, and undone where it
hides a letter, a digit or one of `-._~`; an empty query is none. What is left must be equal.
An entry without a query also stands for the same page with any query, as mails add the victim's address there.
An entry that is a domain, or `*.domain`, stands for that host and all below it.

Standards: WHATWG URL (through ada), RFC 3986 §6.2.2 (percent-encoding), UTS 46 (through ada).
Trust: URLs come from mails, entries from the servers of lists.
Fails: never; what is no name of any kind is None.
"""

import enum
import re
from hashlib import blake2b
from typing import NamedTuple

import can_ada

MAX_URL_CHARS = 16_384
MAX_HOST_NAMES = 8  # of one host: itself and what it lies below
SALT_BYTES = 16
KEY_BYTES = 8

_WEB = frozenset({"http:", "https:", "ftp:"})
_SLASHES = ("//", "\\\\", "/\\", "\\/")
_PERCENT = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SHA256 = re.compile("[0-9a-fA-F]{64}")
_PUNYCODE = re.compile("xn--", re.IGNORECASE)
_STAND_IN = "xn-_-"
_BARE = re.compile(r"[^\s/\\?#@:]+|\[[0-9a-fA-F:.]+\]")


class NameKind(enum.Enum):
    """What a name names."""

    URL = b"url"  # one URL with its query
    PAGE = b"page"  # a URL without query, whatever query a link adds
    HOST = b"host"  # a host and all below it
    FILE = b"file"  # a file, by its SHA-256
    SITE = b"site"  # a host on which some URL or page of the list lies: all others need no closer look

    __hash__ = object.__hash__  # members are single objects; Enum's own hash runs in Python


class Name(NamedTuple):
    """One thing that a list can name."""

    kind: NameKind
    text: str

    def make_key(self, salt: bytes) -> int:
        """Give the 64 bits by which it stands in a table. The salt is ours: nobody can search for two equal keys."""
        text = self.text.encode("utf-8", "surrogatepass")
        return int.from_bytes(
            blake2b(text, digest_size=KEY_BYTES, salt=salt, person=self.kind.value).digest(), "little"
        )


class ReadUrl(NamedTuple):
    """A URL in the form that is compared; `host` without port."""

    host: str
    place: str  # host, port, path
    query: str  # with its question mark, "" when there is none

    @property
    def is_bare_host(self) -> bool:
        """Say whether it names a host and nothing on it."""
        return self.place == f"{self.host}/" and not self.query


def read_url(url: str, base: str = "") -> ReadUrl | None:
    r"""Read a URL as a browser would; None where it opens no host.

    >>> read_url("HTTPS://user@Example.COM.:443\\%61%2fb?#part")
    ReadUrl(host='example.com', place='example.com/a%2Fb', query='')
    """
    url = url[:MAX_URL_CHARS]
    if not base and url[:2] in _SLASHES:
        url = f"http:{url}"
    elif not base and url[:4].lower() == "www.":
        url = f"http://{url}"
    parsed = _parse(url, base[:MAX_URL_CHARS])
    if parsed is None and "xn--" in url.lower():
        parsed = _parse(_PUNYCODE.sub(_STAND_IN, url), base[:MAX_URL_CHARS])  # as in message/links.py
    if parsed is None or parsed.protocol not in _WEB or not (hostname := parsed.hostname):
        return None
    host, port, rest, query = hostname.rstrip("."), parsed.port, parsed.pathname, parsed.search
    if _STAND_IN in host:
        host, rest, query = (text.replace(_STAND_IN, "xn--") for text in (host, rest, query))
    place = f"{host}:{port}{rest}" if port else host + rest
    if "%" in rest or "%" in query:
        place, query = _PERCENT.sub(_settle, place), _PERCENT.sub(_settle, query)
    return ReadUrl(host, place, query) if host else None


def _parse(url: str, base: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(base) + url if base else can_ada.parse(url)
    except (ValueError, TypeError):  # TypeError: a lone surrogate
        return None


def _settle(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else f"%{match[1].upper()}"


def name_url(url: ReadUrl) -> tuple[Name, Name]:
    """Give the names under which a list may hold a URL itself."""
    return Name(NameKind.URL, url.place + url.query), Name(NameKind.PAGE, url.place)


def name_host(host: str) -> list[Name]:
    """Give the names under which a list may hold a host: its own, and those that it lies below.

    >>> [name.text for name in name_host("a.shop.example")]
    ['a.shop.example', 'shop.example']
    """
    names = [Name(NameKind.HOST, host)]
    if host.endswith("]") or host[-1:].isdigit():  # an address lies below nothing
        return names
    labels = host.split(".")
    first = max(1, len(labels) - MAX_HOST_NAMES)
    return names + [Name(NameKind.HOST, ".".join(labels[start:])) for start in range(first, len(labels) - 1)]


def name_file(sha256: str) -> Name:
    """Give the name of a file, by the hexadecimal SHA-256 of its content."""
    return Name(NameKind.FILE, sha256.lower())


def read_entry(text: str) -> ReadUrl | Name | None:
    """Read one entry of a list: a URL, or the name of a host or a file; None when it is none of them.

    >>> read_entry("*.Evil.example"), read_entry("no entry"), read_entry("evil.example/a")
    (Name(kind=<NameKind.HOST: b'host'>, text='evil.example'), None, ReadUrl(host='evil.example', \
place='evil.example/a', query=''))
    """
    if _SHA256.fullmatch(text):
        return name_file(text)
    if any(character.isspace() for character in text) or len(text) > MAX_URL_CHARS:
        return None
    if _BARE.fullmatch(text.removeprefix("*.")):
        url = read_url(f"http://{text.removeprefix('*.').lstrip('.')}")
        return Name(NameKind.HOST, url.host) if url is not None and _is_full(url.host) else None
    has_scheme = "://" in text
    if not has_scheme and "@" in text.partition("/")[0]:  # a mail address
        return None
    url = read_url(text if has_scheme else f"http://{text}")
    return url if url is not None and _is_full(url.host) else None


def _is_full(host: str) -> bool:
    return "." in host or host.endswith("]")
