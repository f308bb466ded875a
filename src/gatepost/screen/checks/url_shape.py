"""The address of a link is shaped as those are that machines make for one mail, or that hide in somebody else's site.

Features, each the largest value over all links: `host_chars`, `labels` (in front of the registered domain), `hyphens`
and `digits` (of the host), `consonants` (longest run in the registered name), `path_chars`, `depth`, `query_chars`,
`fragment_chars`, `segment_chars` (longest part of a path), `codes` (parts of a path that mix letters and digits at
random), `share_of_digits` (of the path), `words` (of logins and accounts, in host and path, each kind once); and how
many links have `bare` hosts, are `code_paths` (a code behind the host and nothing else), carry an `address`, or end in
a `script`.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.coded_addresses import carries_address, carries_coded_address
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import quote
from gatepost.screen.url_parts import HOST_NUMBERS, PATH_NUMBERS, HostShape, PathShape, read_host, read_path

MAX_LINKS = 50  # a thousand links of one mail are shaped alike
MAX_URL_CHARS = 2_048
LONG_HOST_CHARS = 50
MANY_LABELS = 4

AFTER_HASH = Kind(
    "url_shape.address_after_hash",
    Severity.SUSPECT,
    2.5,
    "A link carries a mail address behind #, which only a script on the page can use: it fills in a false login.",
)
CODED_ADDRESS = Kind(
    "url_shape.coded_address", Severity.ODD, 1.5, "A link carries a mail address in code, so that nobody notices it."
)
LONG_HOST = Kind(
    "url_shape.long_host", Severity.SUSPECT, 1.5, "The host of a link is so long that its end is out of sight."
)
MANY_PARTS = Kind("url_shape.many_labels", Severity.ODD, 1.5, "The host of a link has very many parts.")
ONLY_CODE = Kind(
    "url_shape.only_code",
    Severity.ODD,
    1.0,
    "Behind the host of a link stands nothing but letters and digits at random.",
)
BRAND_PATH = Kind(
    "url_shape.brand_in_path",
    Severity.ODD,
    1.0,
    "The path of a link holds the name of a well-known organisation, its host belongs to another.",
)
ENCODED_PATH = Kind(
    "url_shape.encoded_path", Severity.ODD, 1.0, "The path of a link hides its dots and slashes in percent-codes."
)
INSIDE_SITE = Kind(
    "url_shape.inside_site",
    Severity.ODD,
    1.5,
    "A link opens a page in a place where a website keeps no pages: an attacker may have put it there.",
)
PROGRAM = Kind("url_shape.program", Severity.ODD, 1.0, "A link fetches a program, or a page that poses as a document.")
KINDS: tuple[Kind, ...] = (
    *(AFTER_HASH, CODED_ADDRESS, LONG_HOST, MANY_PARTS, ONLY_CODE),
    *(BRAND_PATH, ENCODED_PATH, INSIDE_SITE, PROGRAM),
)

_SAYS = {
    AFTER_HASH: (
        "A link to {host} carries a mail address behind #, as pages with a false login do.",
        "打开 {host} 的链接在 # 后带有邮箱地址，常见于假冒的登录页面。",
    ),
    CODED_ADDRESS: ("A link to {host} carries a mail address in code.", "打开 {host} 的链接中带有编码过的邮箱地址。"),
    LONG_HOST: (
        "A link opens {host}, a name too long to read to its end.",
        "链接打开 {host}，其名称过长，难以看到结尾。",
    ),
    MANY_PARTS: ("A link opens {host}, a name of very many parts.", "链接打开 {host}，其名称由过多部分组成。"),
    ONLY_CODE: (
        "Behind {host} the link holds nothing but letters and digits at random.",
        "链接在 {host} 之后只有随机的字母和数字。",
    ),
    BRAND_PATH: (
        "A link to {host} names a well-known organisation to which that site does not belong.",
        "打开 {host} 的链接中出现了知名机构的名称，但该网站并不属于它。",
    ),
    ENCODED_PATH: ("A link to {host} hides dots and slashes in codes.", "打开 {host} 的链接用编码隐藏了点和斜杠。"),
    INSIDE_SITE: (
        "A link opens a page at {host} in a place where a website keeps no pages.",
        "链接打开 {host} 上本不该有网页的位置，可能是被攻击者放置的。",
    ),
    PROGRAM: ("A link to {host} fetches a program or a disguised page.", "打开 {host} 的链接会下载程序或伪装的网页。"),
}
_PARTS = re.compile(r"[a-zA-Z]+:[/\\]*[^/\\?#]*([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_LARGEST = (*HOST_NUMBERS, *PATH_NUMBERS, "query_chars", "fragment_chars", "words")
_COUNTED = ("bare", "code_paths", "address", "script")
_FEATURES = tuple(f"url_shape.{name}" for name in (*_LARGEST, *_COUNTED))


class _Url(NamedTuple):
    """One URL, taken apart; `carries_url` where it leads on to another one."""

    host: HostShape
    path: PathShape
    query: str
    fragment: str
    carries_url: bool


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Measure the links, and tell of each shape once."""
    rows: list[tuple[float, ...]] = []
    seen: dict[Kind, tuple[Opened, str]] = {}
    for one in islice(read_opened(case.message), MAX_LINKS):
        for number, (url, host) in enumerate(one.urls):
            parts = _PARTS.match(url[:MAX_URL_CHARS]) if "." in host else None
            if parts is None:
                continue
            path, query, fragment = parts.groups("")
            carries_url = number < len(one.hops)
            read = _Url(read_host(host, kit.tables), read_path(path, kit.tables), query, fragment, carries_url)
            rows.append(_measure(read))
            for kind in _judge(read):
                seen.setdefault(kind, (one, host))
    if rows:
        yield from _sum_up(rows)
    for kind, (one, host) in seen.items():
        says, says_zh = _SAYS[kind]
        name = quote(host)
        yield kind.seen(one.evidence, says=says.format(host=name), says_zh=says_zh.format(host=name))


def _measure(url: _Url) -> tuple[float, ...]:
    """Give the numbers that _LARGEST names, then those of _COUNTED."""
    host, path, query, fragment, carries_url = url
    return (
        *host.numbers,
        *path.numbers,
        len(query),
        len(fragment),
        (host.words | path.words).bit_count(),
        path.is_root and not query and not fragment,
        path.is_only_code and not carries_url,
        "@" in query or "@" in fragment or "%40" in query,
        path.is_script,
    )


def _sum_up(rows: list[tuple[float, ...]]) -> Iterator[Feature]:
    """Give the largest value of each number over all URLs, and how many URLs are of a kind; 0 is not told."""
    for place, values in enumerate(zip(*rows, strict=True)):
        value = max(values) if place < len(_LARGEST) else sum(values)
        if value:
            yield Feature(_FEATURES[place], value)


def _judge(url: _Url) -> list[Kind]:
    """Give what is odd about a URL."""
    host, path, query, fragment, carries_url = url
    seen = []
    if fragment and carries_address(fragment):
        seen.append(AFTER_HASH)
    elif path.carries_address or carries_coded_address(query):
        seen.append(CODED_ADDRESS)
    if not host.is_number and host.char_count > LONG_HOST_CHARS:
        seen.append(LONG_HOST)
    if not host.is_number and host.label_count >= MANY_LABELS:
        seen.append(MANY_PARTS)
    if path.is_odd and not carries_url:
        seen += _judge_path(path, host)
    return seen


def _judge_path(path: PathShape, host: HostShape) -> list[Kind]:
    holds = (
        (ONLY_CODE, path.is_only_code),
        (ENCODED_PATH, path.hides_dots),
        (PROGRAM, path.is_program),
        (INSIDE_SITE, path.is_inside_site),
        (BRAND_PATH, not host.owners.issuperset(path.brands)),
    )
    return [kind for kind, is_so in holds if is_so]
