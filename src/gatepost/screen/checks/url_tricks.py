"""The address of a link is built to mislead, or hides where it leads.

Redirects, click counters and gateways are looked through: what holds for a link holds for the URL that it carries.

Standards: WHATWG URL (what browsers make of an address), UTS 39 §5 (mixed scripts).
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import islice

from gatepost.message.attachments.office.targets import is_share, is_strange
from gatepost.message.message import LinkKind, Message
from gatepost.model.address import Domain
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_links import read_file_hosts, read_file_links
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_hosts, read_opened
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.remember import remember
from gatepost.screen.skeleton import looks_latin
from gatepost.screen.tables import Tables

MAX_REMEMBERED = 4096
MAX_TARGET_CHARS = 8_192
MAX_LOADED = 5_000
LONG_USER_CHARS = 64  # longer than any name: it pushes the host out of sight

IP_HOST = Kind("url_tricks.ip_host", Severity.SUSPECT, 2.0, "A link opens a number instead of a name.")
IP_SPELLING = Kind(
    "url_tricks.ip_spelling",
    Severity.DANGER,
    3.0,
    "The host of a link is an IP address in a spelling that people do not recognise (hexadecimal, octal, one number).",
)
USER_INFO = Kind(
    "url_tricks.user_info",
    Severity.DANGER,
    3.0,
    "A link has a false host, or very much, in front of an @; the true host stands behind it.",
)
USER_NAME = Kind("url_tricks.user_name", Severity.ODD, 1.0, "A link has a user's name in front of its host.")
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
PORT = Kind("url_tricks.port", Severity.ODD, 1.0, "A link names an unusual port.")
SCRIPT = Kind("url_tricks.script", Severity.SUSPECT, 1.0, "A link is a script or holds its page within itself.")
ENCODED = Kind(
    "url_tricks.encoded_host",
    Severity.SUSPECT,
    2.5,
    "The host of a link is percent-encoded or written with other characters that a browser turns into letters.",
)
SLASHES = Kind(
    "url_tricks.slashes",
    Severity.ODD,
    1.5,
    "A link has backslashes, or too few or too many slashes, in front of its host; browsers mend it, filters do not.",
)
SHARE = Kind(
    "url_tricks.share",
    Severity.SUSPECT,
    2.0,
    "The mail leads to a share on the internet, or loads a picture from one: Windows tells the reader's name there.",
)
HANDED_OVER = Kind(
    "url_tricks.handed_over",
    Severity.SUSPECT,
    2.0,
    "The scheme of a link hands what follows it to a program, which searches, installs or connects.",
)
KINDS: tuple[Kind, ...] = (
    *(IP_HOST, IP_SPELLING, USER_INFO, USER_NAME, LOOKALIKE, BRAND),
    *(SHORTENER, PORT, SCRIPT, ENCODED, SLASHES, SHARE, HANDED_OVER),
)

_SAYS = {
    IP_HOST: ("A link opens the bare number {host} instead of a name.", "链接打开的是数字地址 {host}，而不是域名。"),
    IP_SPELLING: (
        "A link opens the number {host}, written so that people do not recognise it.",
        "链接打开数字地址 {host}，其写法故意让人难以辨认。",
    ),
    USER_INFO: (
        "A link is written to look like another site; it opens {host}.",
        "链接伪装成其他网站，实际打开 {host}。",
    ),
    USER_NAME: (
        "A link to {host} has a user's name in front of the host.",
        "打开 {host} 的链接在主机名前带有用户名。",
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
    PORT: ("A link opens {host} at an unusual port.", "链接以非常用端口打开 {host}。"),
    SCRIPT: ("A link runs a script instead of opening a page.", "链接会运行脚本，而不是打开网页。"),
    ENCODED: (
        "A link opens {host}, but writes that name in codes.",
        "链接打开 {host}，但用编码的方式书写该名称。",
    ),
    SLASHES: (
        "A link to {host} is written with wrong slashes, as filters misread it.",
        "打开 {host} 的链接使用了错误的斜杠，以躲避过滤。",
    ),
    SHARE: (
        "The mail leads to a share on another network, which learns the reader's name.",
        "邮件指向外部网络的共享文件夹，对方会由此得知读者的用户名。",
    ),
    HANDED_OVER: (
        "A link starts a program instead of opening a page.",
        "链接会启动程序，而不是打开网页。",
    ),
}
_AUTHORITY = re.compile(r"(?:https?|ftp):([/\\]*)([^/\\?#]*)", re.IGNORECASE)  # as browsers read it: \ is a slash
_PORT = re.compile(r":(\d{1,5})$")
_USUAL_PORTS = frozenset({"80", "443", "8080", "8443"})
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data:(?:text/html|image/svg\+xml|application/xhtml))\b", re.IGNORECASE)
_MAY_BE_SHARE = re.compile(r"\s*(?:file:|\\\\)", re.IGNORECASE)  # two slashes alone begin an address of the web here
_PROGRAM_SCHEME = re.compile(r"\s*(?:itms-services|intent|anydesk|teamviewer\d{0,3}|rdp|ms-rd):", re.IGNORECASE)
_NO_PROGRAMS = ("data:", "about:", "javascript:", "vbscript:")
_OWN_SCRIPT_COUNTRIES = frozenset(("bg", "by", "cy", "gr", "kz", "mk", "rs", "ru", "su", "ua", "uz"))
_ODD_DOTS = re.compile("[\u3002\uff0e\uff61\u2024]|[\uff01-\uff5e\u2460-\u24ff\U0001d400-\U0001d7ff]")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at each address once, and at what is wrapped in it."""
    opened, hosts = read_opened(case.message), read_hosts(case.message)
    yield Feature("url_tricks.links", len(opened))
    yield Feature("url_tricks.hosts", len(hosts))
    for host, one in (read_file_hosts(case) | hosts).items():
        for kind in _judge_host(host, kit.tables):
            yield _describe(kind, one, host)
    for one in (*opened, *read_file_links(case)):
        for url, host in one.urls:
            if _is_plain(url, host) or _is_bare_address(one):
                continue
            for kind in _judge_url(url[:MAX_TARGET_CHARS], host):
                yield _describe(kind, one, host)
            if not one.file and (way := _judge_scheme(url[:MAX_TARGET_CHARS])) is not None:
                yield _describe(way, one, host)
    yield from _find_loaded_shares(case.message)


def _find_loaded_shares(message: Message) -> Iterator[Finding]:
    loaded = (link for link in message.links if link.kind is LinkKind.RESOURCE)
    shares = (link for link in islice(loaded, MAX_LOADED) if _is_far_share(link.target[:MAX_TARGET_CHARS]))
    if (link := next(shares, None)) is not None:
        says, says_zh = _SAYS[SHARE]
        yield SHARE.seen(point_at(link.target, link.span), says=says, says_zh=says_zh)


def _judge_scheme(url: str) -> Kind | None:
    if _is_far_share(url):
        return SHARE
    is_program = _PROGRAM_SCHEME.match(url) or is_strange(url)
    return HANDED_OVER if is_program and not url.lstrip().lower().startswith(_NO_PROGRAMS) else None


def _is_far_share(url: str) -> bool:
    return _MAY_BE_SHARE.match(url) is not None and is_share(url)


def _describe(kind: Kind, opened: Opened, host: str) -> Finding:
    says, says_zh = _SAYS[kind]
    name = quote(Domain(host).unicode)
    return kind.seen(opened.evidence, says=says.format(host=name), says_zh=says_zh.format(host=name))


@remember(MAX_REMEMBERED)
def _judge_host(host: str, tables: Tables) -> tuple[Kind, ...]:
    if _is_number(host):
        return (IP_HOST,)
    holds = (
        (LOOKALIKE, "xn--" in host and _poses_as_latin(host)),
        (BRAND, tables.find_borrowed_brand(host) is not None),
        (SHORTENER, tables.is_listed(host, tables.shorteners)),
    )
    return tuple(kind for kind, is_so in holds if is_so)


def _is_plain(url: str, host: str) -> bool:
    """Say whether a URL names its host as it is, between two slashes and a third; then nothing of it is odd."""
    start = 8 if url.startswith("https://") else 7
    end = start + len(host)
    return url.startswith(("https://", "http://")) and url.startswith(host, start) and url[end : end + 1] in "/\\?#"


def _judge_url(url: str, host: str) -> Iterator[Kind]:
    if _SCRIPT.match(url):
        yield SCRIPT
    if (authority := _AUTHORITY.match(url)) is None or not host:
        return
    slashes = authority[1]
    user, at, written = authority[2].rpartition("@")
    if slashes not in ("//", "/") or "\\" in slashes:  # one slash alone is a common slip of the pen
        yield SLASHES
    if at:
        yield USER_INFO if _misleads(user) else USER_NAME
    if (port := _PORT.search(written)) and port[1] not in _USUAL_PORTS:
        yield PORT
    if "%" in written or (not written.isascii() and _ODD_DOTS.search(written)):
        yield ENCODED
    elif _is_number(host) and not host.endswith("]") and _PORT.sub("", written).rstrip(".") != host:
        yield IP_SPELLING


def _is_bare_address(one: Opened) -> bool:
    """Say whether a plain text holds no URL but a mail address that programs take for one: `www.ann@mail.example`."""
    link = one.link
    return link.kind is LinkKind.TEXT and "@" in link.shown and not _AUTHORITY.match(link.shown)


def _misleads(user: str) -> bool:
    return "." in user or "%" in user or "@" in user or len(user) > LONG_USER_CHARS


def _is_number(host: str) -> bool:
    if not (host[-1:].isdigit() or host.endswith("]")):
        return False
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _poses_as_latin(host: str) -> bool:
    """Say whether a label poses as a Latin one; whole names of a script are at home under suffixes of that script."""
    *labels, suffix = Domain(host).unicode.split(".")
    posing = [label for label in labels if looks_latin(label)]
    if not posing:
        return False
    is_at_home = not suffix.isascii() or suffix in _OWN_SCRIPT_COUNTRIES
    return not is_at_home or any(any("a" <= letter <= "z" for letter in label) for label in posing)
