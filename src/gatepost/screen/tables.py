"""What is known of domains: which organisation each belongs to, which are often imitated, which pass readers on.

The tables lie in screen/data/ as TOML with their own notes; the public suffix list comes with publicsuffixlist.
Everything here is built once and read by all threads.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from ipaddress import ip_address
from typing import Any

from gatepost.message.suffixes import load_suffixes
from gatepost.screen.remember import MAX_HOST_CHARS, remember
from gatepost.screen.settings import BrandSettings

MAX_REMEMBERED_HOSTS = 8192
MAX_REMEMBERED_NAMES = 1024  # as people write them: long, and seldom the same
MAX_REMEMBERED_CHARS = 200
MAX_COUNTRY_SUFFIX_LABELS = 2
MAX_NAME_WORDS = 20
MAX_NAME_CHARS = 400
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_]+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_WIDE_MARKS = tuple(zip("，：！？（）", ",:!?()", strict=True))  # and how NFKC writes them
_ASCII_WORDS = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(128)).ljust(256)


@dataclass(frozen=True, slots=True)
class Brand:
    """An organisation that deceivers like to pose as; `domains` are its own."""

    name: str
    name_zh: str
    words: tuple[str, ...]
    exact: frozenset[str]
    domains: frozenset[str]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileEndings:
    """What the end of a file's name means; lower case, without the dot."""

    programs: frozenset[str]
    disk_images: frozenset[str]
    documents: frozenset[str]
    pages: frozenset[str]
    shortcuts: frozenset[str]
    other_systems: frozenset[str]
    never_honest: frozenset[str]
    refused: frozenset[str]


class Tables:
    """The tables, with the questions that checks ask."""

    def __init__(self, brands: Iterable[Brand], hosts: Mapping[str, Iterable[str]], files: FileEndings) -> None:
        self._suffixes = load_suffixes()
        self.brands = tuple(brands)
        self.files = files
        self.redirectors = frozenset(hosts["redirectors"])
        self.shorteners = frozenset(hosts["shorteners"])
        self.free_mail = frozenset(hosts["free_mail"])
        self._cheap_suffixes = frozenset(hosts["cheap_suffixes"])
        self._brands_by_domain = _group_by_domain(self.brands)
        self._brands_by_exact_name = {name: brand for brand in self.brands for name in brand.exact}
        self._max_exact_words = max((len(_list_words(name)) for name in self._brands_by_exact_name), default=0)
        names = [(word, brand) for brand in self.brands for word in brand.words]
        self._brands_by_han = {name: brand for name, brand in names if _HAN.search(name)}
        self._any_han_name = re.compile("|".join(map(re.escape, self._brands_by_han)) or r"(?!)")
        self._brands_by_first_word = _group_by_first_word(
            (tuple(_WORD.findall(name)), brand) for name, brand in names if not _HAN.search(name)
        )
        groups = self._brands_by_first_word.values()
        self._brands_by_single_word = {
            name[0]: brand for group in groups for name, brand in reversed(group) if len(name) == 1
        }
        keep = remember(MAX_REMEMBERED_HOSTS)
        self.find_registrable_domain = keep(self._find_registrable_domain)
        self.has_public_suffix = keep(self._has_public_suffix)
        self.is_cheap = keep(self._is_cheap)
        self.find_owners = keep(self._find_owners)
        self.find_borrowed_brand = keep(self._find_borrowed_brand)
        self.is_listed = keep(self._is_listed)
        self._find_brand = lru_cache(MAX_REMEMBERED_NAMES)(self._find_brand_by_name)

    def _find_registrable_domain(self, host: str) -> str:
        """Give the domain that somebody registered: `mail.shop.co.uk` gives `shop.co.uk`; an address stays as it is."""
        if len(host) > MAX_HOST_CHARS or _is_ip(host):
            return host
        return self._suffixes.privatesuffix(host) or host

    def _has_public_suffix(self, host: str) -> bool:
        """Say whether a name ends like a real domain: `node.js` does not."""
        return self._suffixes.publicsuffix(host, accept_unknown=False) is not None

    def _is_cheap(self, host: str) -> bool:
        """Say whether a host lies under a suffix where names cost next to nothing."""
        return self.find_registrable_domain(host).partition(".")[2] in self._cheap_suffixes

    def is_same_organisation(self, host: str, other: str) -> bool:
        """Say whether both hosts belong to one organisation, as far as the tables know."""
        if host == other:
            return True
        domain, other_domain = self.find_registrable_domain(host), self.find_registrable_domain(other)
        if domain == other_domain:
            return True
        owners = self.find_owners(domain)
        return bool(owners) and not owners.isdisjoint(self.find_owners(other_domain))

    def _find_owners(self, domain: str) -> frozenset[str]:
        """Give the names of the brands that a registrable domain belongs to; usually none."""
        label, _, suffix = domain.partition(".")
        if known := self._brands_by_domain.get(domain):
            return known
        return self._brands_by_domain.get(f"{label}.*", frozenset()) if _is_country_suffix(suffix) else frozenset()

    def find_brand(self, shown_name: str) -> Brand | None:
        """Give the brand that a sender's name claims to be."""
        if len(shown_name) > MAX_REMEMBERED_CHARS:  # the beginning of a text, which does not come again
            return self._find_brand_by_name(shown_name[:MAX_NAME_CHARS])
        return self._find_brand(shown_name)

    def _find_brand_by_name(self, shown_name: str) -> Brand | None:
        text = shown_name if shown_name.isascii() else fold_name(shown_name)
        words = _list_words(text)
        if len(words) <= self._max_exact_words and (brand := self._brands_by_exact_name.get(fold_name(shown_name))):
            return brand
        if not text.isascii() and self._any_han_name.search(text):
            return next(brand for name, brand in self._brands_by_han.items() if name in text)
        if self._brands_by_first_word.keys().isdisjoint(words):
            return None
        for start, word in enumerate(words):
            for name, brand in self._brands_by_first_word.get(word, ()):
                if tuple(words[start : start + len(name)]) == name:
                    return brand
        return None

    def find_single_words(self, words: Iterable[str]) -> list[Brand]:
        """Give the brands whose names are one word, and one of these, in lower case."""
        return [self._brands_by_single_word[word] for word in words if word in self._brands_by_single_word]

    def _find_borrowed_brand(self, host: str) -> Brand | None:
        """Give the brand whose name stands in a host that is not its own: `paypal.com.evil.example`."""
        domain = self.find_registrable_domain(host)
        owners = self.find_owners(domain)
        for word in _WORD.findall(host[: -len(domain.partition(".")[2]) or None]):
            for name, brand in self._brands_by_first_word.get(word, ()):
                if len(name) == 1 and brand.name not in owners:
                    return brand
        return None

    def _is_listed(self, host: str, listed: frozenset[str]) -> bool:
        """Say whether a host or one of its parent domains stands in a list."""
        labels = host.split(".")
        return any(".".join(labels[start:]) in listed for start in range(max(0, len(labels) - 5), len(labels) - 1))


def load_tables(extra: Iterable[BrandSettings] = ()) -> Tables:
    """Read the tables that come with gatepost, and add the operator's own brands."""
    brands = [_read_brand(entry) for entry in _read_table("brands")["brand"]]
    brands += (_read_brand({"name": one.name, "words": list(one.words), "domains": list(one.domains)}) for one in extra)
    files = {key: frozenset(endings) for key, endings in _read_table("files").items()}
    return Tables(brands, _read_table("hosts"), FileEndings(**files))


def _read_table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("gatepost.screen") / "data" / f"{name}.toml").read_text("utf-8"))


def fold_name(text: str) -> str:
    """Write a name so that ways of writing it compare equal: width, case, kinds and runs of spaces.

    >>> fold_name("  ＰａｙＰａｌ\u00a0 Service ")
    'paypal service'
    """
    short = text[:MAX_NAME_CHARS]  # normalising is quadratic in runs of combining marks
    return " ".join((short.lower() if short.isascii() else _normalise(short)).split())


def _normalise(text: str) -> str:
    for wide, narrow in _WIDE_MARKS:  # Chinese text has no others as a rule, and is normalised at once without them
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text).casefold()


def _list_words(name: str) -> list[str]:
    """Give the first words of a name that is folded, or ASCII: runs of letters and digits, in lower case."""
    if name.isascii():  # by a table of bytes this takes a fifth of the time
        return name.encode().translate(_ASCII_WORDS).decode().split(None, MAX_NAME_WORDS)[:MAX_NAME_WORDS]
    pieces = _BETWEEN_WORDS.split(name, MAX_NAME_WORDS + 1)[: MAX_NAME_WORDS + 1]  # the first may be empty
    return list(filter(None, pieces))[:MAX_NAME_WORDS]


def _read_brand(entry: Mapping[str, str | list[str]]) -> Brand:
    def fold_all(key: str) -> Iterable[str]:
        return map(fold_name, entry.get(key, ()))

    name = str(entry["name"])
    return Brand(
        name=name,
        name_zh=str(entry.get("name_zh", name)),
        words=tuple(fold_all("words")),
        exact=frozenset(fold_all("exact")),
        domains=frozenset(fold_all("domains")),
        labels=frozenset(fold_all("labels")),
    )


def _group_by_domain(brands: Iterable[Brand]) -> dict[str, frozenset[str]]:
    owners: dict[str, frozenset[str]] = {}
    for brand in brands:
        for domain in (*brand.domains, *(f"{label}.*" for label in brand.labels)):
            owners[domain] = owners.get(domain, frozenset()) | {brand.name}
    return owners


def _group_by_first_word(
    names: Iterable[tuple[tuple[str, ...], Brand]],
) -> dict[str, list[tuple[tuple[str, ...], Brand]]]:
    """Sort names by their first word, the longest first."""
    groups: dict[str, list[tuple[tuple[str, ...], Brand]]] = {}
    for name, brand in sorted(names, key=lambda one: -len(one[0])):
        groups.setdefault(name[0], []).append((name, brand))
    return groups


def _is_country_suffix(suffix: str) -> bool:
    labels = suffix.split(".")
    return len(labels[-1]) == 2 and len(labels) <= MAX_COUNTRY_SUFFIX_LABELS  # noqa: PLR2004 - country codes have two letters


def _is_ip(host: str) -> bool:
    bare = host.strip("[]")
    if not (":" in bare or bare[-1:].isdigit()):  # spares most hosts the error
        return False
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True
