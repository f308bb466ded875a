"""The address of a link is built to mislead, or hides where it leads."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

from gatepost.message.message import Link, LinkKind
from gatepost.model.address import Domain
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote

MAX_LINKS = 2_000

IP_HOST = Kind("url_tricks.ip_host", Severity.SUSPECT, 2.0, "A link opens a number instead of a name.")
USER_INFO = Kind(
    "url_tricks.user_info",
    Severity.DANGER,
    3.0,
    "A link has a false host in front of an @, the true one stands behind it.",
)
LOOKALIKE = Kind(
    "url_tricks.mixed_script",
    Severity.DANGER,
    3.0,
    "The host of a link is written with letters of another script that look alike.",
)
BRAND = Kind(
    "url_tricks.brand_in_host",
    Severity.SUSPECT,
    1.5,
    "The host of a link holds the name of a well-known organisation to which it does not belong.",
)
SHORTENER = Kind("url_tricks.shortener", Severity.NOTE, 1.5, "A link hides its target behind a URL shortener.")
OPEN_HOSTING = Kind(
    "url_tricks.open_hosting", Severity.ODD, 1.5, "A link opens a page at a host where anybody may publish at once."
)
PORT = Kind("url_tricks.port", Severity.ODD, 1.0, "A link names an unusual port.")
SCRIPT = Kind("url_tricks.script", Severity.SUSPECT, 1.0, "A link is a script or holds its page within itself.")
KINDS: tuple[Kind, ...] = (IP_HOST, USER_INFO, LOOKALIKE, BRAND, SHORTENER, OPEN_HOSTING, PORT, SCRIPT)

_SAYS = {
    IP_HOST: ("A link opens the bare number {host} instead of a name.", "链接打开的是数字地址 {host}，而不是域名。"),
    USER_INFO: (
        "A link is written to look like another site; it opens {host}.",
        "链接伪装成其他网站，实际打开 {host}。",
    ),
    LOOKALIKE: (
        "A link opens {host}, a name written with look-alike letters.",
        "链接打开 {host}，其名称使用了形近字母。",
    ),
    BRAND: (
        "A link opens {host}, which only borrows a well-known name.",
        "链接打开 {host}，该网站冒用了知名品牌的名称。",
    ),
    SHORTENER: ("A link hides its target behind {host}.", "链接用短网址 {host} 隐藏了真实目标。"),
    OPEN_HOSTING: (
        "A link opens {host}, where anybody may publish a page.",
        "链接打开 {host}，任何人都可在那里发布网页。",
    ),
    PORT: ("A link opens {host} at an unusual port.", "链接以非常用端口打开 {host}。"),
    SCRIPT: ("A link runs a script instead of opening a page.", "链接会运行脚本，而不是打开网页。"),
}
_OPENING = frozenset({LinkKind.ANCHOR, LinkKind.TEXT, LinkKind.FORM, LinkKind.REFRESH})
_AUTHORITY = re.compile(r"[a-z]{2,10}:[/\\]{2,}([^/\\?#]*)", re.IGNORECASE)  # as browsers read it: \ is a slash
_PORT = re.compile(r":(\d{1,5})$")
_USUAL_PORTS = frozenset({"80", "443", "8080", "8443"})
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data:text/html)\b", re.IGNORECASE)
_LATIN_TWINS = frozenset("асԁеһіјӏорԛѕԝхуοαικνρυ")  # Cyrillic and Greek
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at each address once."""
    links = {link.target: link for link in case.message.links[:MAX_LINKS] if link.kind in _OPENING}
    hosts = {link.target_host: link for link in links.values() if link.target_host}
    yield Feature("url_tricks.links", len(links))
    yield Feature("url_tricks.hosts", len(hosts))
    for link in hosts.values():
        for kind in _judge_host(link.target_host, kit):
            yield _describe(kind, link)
    for link in links.values():
        for kind in _judge_target(link.target):
            yield _describe(kind, link)


def _describe(kind: Kind, link: Link) -> Finding:
    says, says_zh = _SAYS[kind]
    host = quote(Domain(link.target_host).unicode)
    return kind.seen(point_at(link.target, link.span), says=says.format(host=host), says_zh=says_zh.format(host=host))


def _judge_host(host: str, kit: Kit) -> Iterator[Kind]:
    tables = kit.tables
    if _is_number(host):
        yield IP_HOST
        return
    if "xn--" in host and any(_looks_latin(label) for label in Domain(host).unicode.split(".")):
        yield LOOKALIKE
    if tables.find_borrowed_brand(host):
        yield BRAND
    if tables.is_listed(host, tables.shorteners):
        yield SHORTENER
    if tables.is_listed(host, tables.open_hosting):
        yield OPEN_HOSTING


def _judge_target(target: str) -> Iterator[Kind]:
    authority = _AUTHORITY.match(target)
    user_info, at, host = authority[1].rpartition("@") if authority else ("", "", "")
    if at and ("." in user_info or "%" in user_info):
        yield USER_INFO
    if (port := _PORT.search(host)) and port[1] not in _USUAL_PORTS:
        yield PORT
    if _SCRIPT.match(target):
        yield SCRIPT


def _is_number(host: str) -> bool:
    if not (host[-1:].isdigit() or host.endswith("]")):
        return False
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _looks_latin(label: str) -> bool:
    """Say whether a label mixes scripts, or holds only foreign letters that look Latin, as in `аррӏе`."""
    letters = {letter for letter in label if letter.isalpha()}
    return len(_find_scripts(letters)) > 1 or (bool(letters) and letters <= _LATIN_TWINS)


def _find_scripts(letters: Iterable[str]) -> set[str]:
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in letters if letter.isalpha())
    return {name for name in names if name in _SCRIPTS}
