"""What the host and the path of a URL tell by themselves: measured once, for many mails share them.

Trust: URLs come from a mail's author.
Fails: never.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from gatepost.screen.coded_addresses import carries_coded_address
from gatepost.screen.remember import remember
from gatepost.screen.tables import Tables

MAX_REMEMBERED_HOSTS = 4096
MAX_REMEMBERED_PATHS = 1024  # a path may be long, and seldom comes again
MAX_TOKENS = 20  # of one path that are looked at
MIN_CODE_CHARS = 6

_DIGITS = b"0123456789"
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
_WORDS = bytes(code if chr(code).isalnum() else 32 for code in range(128)).ljust(256)
_LOGIN_WORDS = (
    *("login", "logon", "log-in", "signin", "sign-in", "signon", "secur", "verif", "account", "support", "updat"),
    *("auth", "webmail", "service", "confirm", "billing", "alert", "recover", "wallet", "unlock", "validat"),
    *("password", "mailbox", "invoice", "payment", "track"),
)
_LOGIN_BITS = tuple((word, 1 << place) for place, word in enumerate(_LOGIN_WORDS))
_SCRIPT_ENDS = (".php", ".phtml", ".cgi", ".pl", ".php5", ".php7", ".asp")
_NO_FOLDERS = re.compile(r"/wp-(?:includes|admin|content)/")  # pages are asked for with an ending there, folders never
_NO_PAGES = re.compile(r"/(?:\.[a-z0-9_-]++|css|js|fonts?|img|images?|cache|tmp|vendor|node_modules)/")
_ANY_ENDING = re.compile(r"\.[a-z0-9]{2,5}\Z")
_PAGE_ENDING = re.compile(r"\.(?:php\d?|html?|aspx?|phtml)\Z")
_ENDING_CHARS = 6
_PAGE_ENDINGS = ("php", "htm", "asp", "phtml")  # what the endings of pages begin with
_PROGRAMS = frozenset(
    "exe scr msi iso img lnk jse vbs vbe wsf hta apk bat cmd jar ps1 dmg pkg deb xll appx msix".split()  # noqa: SIM905
)
_DISGUISES = frozenset("htm html php exe zip js asp aspx scr iso".split())  # noqa: SIM905 - behind the ending of a document
_DOCUMENT_ENDS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".jpg", ".jpeg", ".png", ".txt")
_SHARED = frozenset(("Meta", "X", "LinkedIn", "GitHub", "Google", "TikTok", "Telegram"))  # in paths of share buttons

HOST_NUMBERS = ("host_chars", "labels", "hyphens", "digits", "consonants")
PATH_NUMBERS = ("path_chars", "depth", "segment_chars", "codes", "share_of_digits")


class HostShape(NamedTuple):
    """What a host tells."""

    numbers: tuple[int, ...]  # as HOST_NUMBERS names them
    char_count: int
    label_count: int  # in front of the registered domain
    words: int  # of logins and accounts: a bit for each
    owners: frozenset[str]  # names of the brands that it belongs to
    is_number: bool


class PathShape(NamedTuple):
    """What a path tells."""

    numbers: tuple[float, ...]  # as PATH_NUMBERS names them
    words: int  # of logins and accounts: a bit for each
    is_root: bool
    is_script: bool
    carries_address: bool  # in code
    is_odd: bool  # any of the following
    is_only_code: bool  # letters and digits at random, and nothing else
    hides_dots: bool  # or slashes, in percent-codes
    is_program: bool  # or a page that poses as a document
    is_inside_site: bool  # where a website keeps no pages
    brands: tuple[str, ...]  # named in it; social networks are not told


@remember(MAX_REMEMBERED_HOSTS)
def read_host(host: str, tables: Tables) -> HostShape:
    """Measure a host."""
    domain = tables.find_registrable_domain(host)
    is_number = host[-1:].isdigit()
    label_count = host.count(".") - domain.count(".")
    consonants = _CONSONANTS.findall(domain.partition(".")[0])
    return HostShape(
        numbers=(
            len(host),
            label_count,
            host.count("-"),
            0 if is_number else _count_digits(host),
            max(map(len, consonants), default=0),
        ),
        char_count=len(host),
        label_count=label_count,
        words=_find_login_words(host),
        owners=tables.find_owners(domain),
        is_number=is_number,
    )


@lru_cache(MAX_REMEMBERED_PATHS)
def read_path(path: str, tables: Tables) -> PathShape:
    """Measure a path, "" or with its leading slash."""
    low = path.lower()
    segments = path.split("/") if len(path) > 1 else []
    digit_count = _count_digits(path)
    words = low.encode("ascii", "replace").translate(_WORDS).decode().split(None, MAX_TOKENS)[:MAX_TOKENS]
    stem, _, ending = low.rpartition(".")
    may_be_inside = "/wp-" in low or ending.startswith(_PAGE_ENDINGS)
    odd = (  # as the last fields of PathShape name them
        path.startswith("/") and _is_code(path[1:].removesuffix("/")),
        "%" in low and ("%2e" in low or "%2f" in low or "%5c" in low),
        ending in _PROGRAMS or (ending in _DISGUISES and stem.endswith(_DOCUMENT_ENDS)),
        may_be_inside and _is_inside_site(low),
        tuple([brand.name for brand in tables.find_single_words(words) if brand.name not in _SHARED]),
    )
    return PathShape(
        (
            len(path),
            len(segments),
            max(map(len, segments), default=0),
            sum(map(_is_code, segments[:MAX_TOKENS])) if digit_count else 0,
            digit_count / len(path) if segments else 0.0,
        ),
        _find_login_words(low),
        path in ("", "/"),
        low.endswith(_SCRIPT_ENDS),
        carries_coded_address(path),
        any(odd),
        *odd,
    )


def _count_digits(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _DIGITS))
    return sum(map(str.isdecimal, text))


def _find_login_words(text: str) -> int:
    return sum([bit for word, bit in _LOGIN_BITS if word in text])


def _is_inside_site(path: str) -> bool:
    """Say whether a path leads to where a website keeps no pages."""
    end = path[-_ENDING_CHARS:]
    is_page = _PAGE_ENDING.search(end) is not None
    if _NO_FOLDERS.search(path) and (is_page or not _ANY_ENDING.search(end)):
        return True
    return is_page and _NO_PAGES.search(path) is not None


def _is_code(text: str) -> bool:
    if len(text) < MIN_CODE_CHARS or not (text.isascii() and text.isalnum()):
        return False
    return not (text.isalpha() or text.isdigit())
