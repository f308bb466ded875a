"""The address of a link is shaped as those are that machines make for one mail, or that hide in somebody else's site.

Features, each the largest value over all links: `host_chars`, `labels` (in front of the registered domain), `hyphens`
and `digits` (of the host), `consonants` (longest run in the registered name), `path_chars`, `depth`, `query_chars`,
`fragment_chars`, `segment_chars` (longest part of a path), `codes` (parts of a path that mix letters and digits at
random), `share_of_digits` (of the path), `words` (of logins and accounts, in host and path, each kind once); and how
many links have `bare` hosts, are `only_code` behind the host, carry an `address`, or end in a `script`.
"""

import binascii
import re
from collections.abc import Iterator
from itertools import islice

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.opened import Opened, read_opened
from gatepost.screen.quoting import quote
from gatepost.screen.tables import Tables
from gatepost.screen.unwrap import decode_percent

MAX_LINKS = 50  # a thousand links of one mail are shaped alike
MAX_URL_CHARS = 2_048
MAX_TOKENS = 20  # of one URL that are decoded
LONG_HOST_CHARS = 50
MANY_LABELS = 4
MIN_CODE_CHARS = 6
MIN_CODED_CHARS = 12  # of an address in Base64

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
_PARTS = re.compile(r"[a-z]+:[/\\]*[^/\\?#]*([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"@(?<=[\w.+-]@)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![\w+/-])[\w+/-]{12,120}(?![\w+/-])")
_HEX = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{2}){8,60}(?![0-9a-z])", re.IGNORECASE)
_WHOLE_ADDRESS = re.compile(rb"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(rf"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{{{MIN_CODE_CHARS},}}")
_ONE_CODE = re.compile(rf"/{_CODE.pattern}/?")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
_DIGITS = re.compile(r"\d")
_WORD = re.compile(r"[a-z0-9]+")
_LOGIN_WORDS = (
    *("login", "logon", "log-in", "signin", "sign-in", "signon", "secur", "verif", "account", "support", "updat"),
    *("auth", "webmail", "service", "confirm", "billing", "alert", "recover", "wallet", "unlock", "validat"),
    *("password", "mailbox", "invoice", "payment", "track"),
)
_SCRIPT_ENDS = (".php", ".phtml", ".cgi", ".pl", ".php5", ".php7", ".asp")
_NO_PAGES = re.compile(
    r"/wp-(?:includes|admin|content)/(?!.*\.[a-z0-9]{2,5}\Z)"
    r"|/(?:wp-(?:includes|admin|content)|\.[a-z0-9_-]+|css|js|fonts?|img|images?|cache|tmp|vendor|node_modules)/"
    r"(?:[^/]*/)*[^/]*\.(?:php\d?|html?|aspx?|phtml)\Z"
)
_PROGRAMS = re.compile(
    r"\.(?:exe|scr|msi|iso|img|lnk|jse|vbs|vbe|wsf|hta|apk|bat|cmd|jar|ps1|dmg|pkg|deb|xll|appx|msix)\Z"
    r"|\.(?:pdf|docx?|xlsx?|jpe?g|png|txt)\.(?:html?|php|exe|zip|js|aspx?|scr|iso)\Z"
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Measure the links, and tell of each shape once."""
    features: dict[str, float] = {}
    seen: dict[Kind, tuple[Opened, str]] = {}
    for one in islice(read_opened(case.message), MAX_LINKS):
        for number, (url, host) in enumerate(one.urls):
            parts = _PARTS.match(url[:MAX_URL_CHARS]) if "." in host else None
            if parts is None:
                continue
            shape = _Shape(host, parts, kit.tables, carries_url=number < len(one.hops))
            shape.measure(features)
            for kind in shape.judge():
                seen.setdefault(kind, (one, host))
    yield from (Feature(f"url_shape.{name}", value) for name, value in features.items() if value)
    for kind, (one, host) in seen.items():
        says, says_zh = _SAYS[kind]
        name = quote(host)
        yield kind.seen(one.evidence, says=says.format(host=name), says_zh=says_zh.format(host=name))


class _Shape:
    """One URL, taken apart."""

    def __init__(self, host: str, parts: re.Match[str], tables: Tables, *, carries_url: bool) -> None:
        self._host = host
        self._domain = tables.find_registrable_domain(host)
        self._tables = tables
        self._carries_url = carries_url
        self._path, self._query, self._fragment = (part or "" for part in parts.groups())
        self._low_path = self._path.lower()
        self._is_number = host[-1:].isdigit()
        self._only_code = _ONE_CODE.fullmatch(self._path) is not None and not self._carries_url

    def measure(self, features: dict[str, float]) -> None:
        """Raise the features to what this URL has."""
        host, path, query, fragment = self._host, self._path, self._query, self._fragment
        segments = path.split("/") if len(path) > 1 else []
        largest = (
            ("host_chars", len(host)),
            ("labels", host.count(".") - self._domain.count(".")),
            ("hyphens", host.count("-")),
            ("digits", 0 if self._is_number else len(_DIGITS.findall(host))),
            ("consonants", max(map(len, _CONSONANTS.findall(self._domain.partition(".")[0])), default=0)),
            ("path_chars", len(path)),
            ("depth", len(segments)),
            ("query_chars", len(query)),
            ("fragment_chars", len(fragment)),
            ("segment_chars", max(map(len, segments), default=0)),
            ("codes", sum(_CODE.fullmatch(segment) is not None for segment in segments[:MAX_TOKENS])),
            ("share_of_digits", len(_DIGITS.findall(path)) / len(path) if segments else 0.0),
            ("words", sum(map(f"{host}\n{self._low_path}".__contains__, _LOGIN_WORDS))),
        )
        for feature, value in largest:
            if value > features.get(feature, 0.0):
                features[feature] = value
        counted = (
            ("bare", path in ("", "/") and not query and not fragment),
            ("only_code", self._only_code),
            ("address", "@" in query or "@" in fragment or "%40" in query),
            ("script", self._low_path.endswith(_SCRIPT_ENDS)),
        )
        for feature, holds in counted:
            if holds:
                features[feature] = features.get(feature, 0.0) + 1

    def judge(self) -> Iterator[Kind]:
        """Give what is odd about this URL."""
        if self._fragment and _carries_address(self._fragment):
            yield AFTER_HASH
        elif _carries_coded_address(self._query) or _carries_coded_address(self._path):
            yield CODED_ADDRESS
        if not self._is_number:
            yield from self._judge_host()
        if self._only_code:
            yield ONLY_CODE
        if not self._carries_url:
            yield from self._judge_path()

    def _judge_host(self) -> Iterator[Kind]:
        if len(self._host) > LONG_HOST_CHARS:
            yield LONG_HOST
        if self._host.count(".") - self._domain.count(".") >= MANY_LABELS:
            yield MANY_PARTS

    def _judge_path(self) -> Iterator[Kind]:
        path = self._low_path
        if "%2e" in path or "%2f" in path or "%5c" in path:
            yield ENCODED_PATH
        if _PROGRAMS.search(path):
            yield PROGRAM
        if _NO_PAGES.search(path):
            yield INSIDE_SITE
        if self._names_a_stranger(path):
            yield BRAND_PATH

    def _names_a_stranger(self, path: str) -> bool:
        """Say whether the path names a brand; social networks stand in paths of share buttons and the like."""
        owners = self._tables.find_owners(self._domain)
        brands = (self._tables.find_single_word(word) for word in islice(_WORD.findall(path), MAX_TOKENS))
        return any(brand is not None and brand.name not in owners and brand.name not in _SHARED for brand in brands)


_SHARED = frozenset(("Meta", "X", "LinkedIn", "GitHub", "Google", "TikTok", "Telegram"))


def _carries_address(text: str) -> bool:
    return bool(_ADDRESS.search(decode_percent(text))) or _carries_coded_address(text)


def _carries_coded_address(text: str) -> bool:
    """Say whether Base64 or hexadecimal digits give a mail address."""
    if len(text) < MIN_CODED_CHARS:
        return False
    text = decode_percent(text)
    plain = [_decode_base64(match[0]) for match in islice(_BASE64.finditer(text), MAX_TOKENS)]
    if "40" in text:
        plain += (bytes.fromhex(match[0]) for match in islice(_HEX.finditer(text), MAX_TOKENS))
    return any(b"@" in one and _WHOLE_ADDRESS.fullmatch(one) for one in plain)


def _decode_base64(token: str) -> bytes:
    token = token.replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(token[: len(token) - (len(token) % 4 == 1)] + "==")
    except ValueError:  # also of letters that no Base64 has
        return b""
