"""English sentences in the language of the user: what a person reads exists in English and Simplified Chinese.

Code says everything in English; zh_CN.toml beside this file holds the Chinese of each sentence. Where a sentence has
gaps, `{}` stands for them there, and `{0}`, `{1}` in the Chinese; `{0:zh}` is a gap that holds a sentence itself.
A sentence that is not there stays as it is. Programs (`--json`, logs) get English alone.

Trust: gaps may hold a stranger's words; they are never taken for anything but text.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

MAX_CHARS = 20_000  # of one sentence: what is longer is no sentence
MAX_DEPTH = 8  # of sentences in the gaps of others
GAP = "{}"


def is_chinese() -> bool:
    """Say whether the user's locale asks for Chinese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.lower().startswith("zh")


def translate(sentence: str) -> str:
    """Give an English sentence, or several lines of them, in the language of the user."""
    return say_in_chinese(sentence) if is_chinese() else sentence


def say_in_chinese(sentence: str) -> str:
    """Give the Chinese of a sentence, or of each of its lines; what is not known stays English."""
    return _say(sentence, MAX_DEPTH)


def _say(sentence: str, depth: int) -> str:
    catalog = load_catalog()
    return "\n".join(catalog.find(line, depth) or line for line in sentence.split("\n"))


@dataclass(frozen=True, slots=True)
class _Form:
    """A sentence with gaps."""

    pattern: re.Pattern[str]
    longest: str  # the longest text between gaps: without it nothing matches
    chinese: str

    def fill(self, sentence: str, depth: int) -> str:
        match = self.pattern.fullmatch(sentence) if self.longest in sentence else None
        return self.chinese.format(*(_Gap(gap, depth - 1) for gap in match.groups())) if match else ""


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stood in a gap, and how much deeper sentences are sought in it."""

    text: str
    depth: int

    def __format__(self, wish: str) -> str:
        return _say(self.text, self.depth) if wish == "zh" and self.depth else self.text


class Catalog:
    """All sentences; those that begin with a text are tried first, among equals those with the most of it."""

    def __init__(self, chinese: Mapping[str, str]) -> None:
        self.chinese = chinese
        entries = sorted(_list_forms(chinese), key=lambda entry: (entry[0].startswith(GAP), -len(entry[0])))
        self._forms = tuple(map(_build_form, entries))

    def find(self, sentence: str, depth: int = MAX_DEPTH) -> str:
        """Give the Chinese, "" where there is none; in its gaps sentences are sought so deep."""
        if (whole := self.chinese.get(sentence)) is not None or len(sentence) > MAX_CHARS:
            return whole or ""
        return next(filter(None, (form.fill(sentence, depth) for form in self._forms)), "")


def _list_forms(chinese: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((english, says) for english, says in chinese.items() if GAP in english)


def _build_form(entry: tuple[str, str]) -> _Form:
    """Each gap ends where the text behind it stands first, the last one at the end; so no gap is tried twice."""
    english, says = entry
    pieces = english.split(GAP)
    first, *between, last = map(re.escape, pieces)
    gaps = "".join(f"(?>(.*?){piece})" for piece in between)
    return _Form(re.compile(f"{first}{gaps}(.*?){last}"), max(pieces, key=len), says)


@cache
def load_catalog() -> Catalog:
    """Read the sentences, once."""
    text = (resources.files("gatepost.cli") / "zh_CN.toml").read_text("utf-8")
    tables: Mapping[str, Mapping[str, str]] = tomllib.loads(text)
    return Catalog({english: chinese for table in tables.values() for english, chinese in table.items()})
