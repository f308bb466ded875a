r"""Fills the texts that lie beside this file: `{a|b}` picks one, `<slot>` is filled in, `[[label]]` becomes a link.

Every language has TOML files: in the first, `<language>.toml`, what all mails share under [common]; in it and in every
`<language>_*.toml` beside it tables [[ham]] and [[bad]].
"""

import random
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "zh", "zht", "de", "fr", "es", "pt", "it", "nl", "ja", "ko", "ru", "pl", "tr")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z]+)>")
MAX_NESTING = 6


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of mail: what its subject, its lines and its button may say."""

    kind: str
    subjects: tuple[str, ...]
    lines: tuple[str, ...]
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """All texts of one language."""

    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    footers: tuple[str, ...]
    ham: tuple[Topic, ...]
    bad: tuple[Topic, ...]


@cache
def load_phrases(language: str) -> Phrases:
    """Read the texts of one language, its files in the order of their names."""
    tables = [tomllib.loads(text) for text in _read_files(language)]
    common = tables[0]["common"]
    return Phrases(
        greetings=tuple(common["greetings"]),
        closings=tuple(common["closings"]),
        footers=tuple(common["footers"]),
        ham=_read_topics(entry for table in tables for entry in table.get("ham", ())),
        bad=_read_topics(entry for table in tables for entry in table.get("bad", ())),
    )


def _read_files(language: str) -> list[str]:
    folder = resources.files("gatepost.learn.augment")
    names = sorted(file.name for file in folder.iterdir() if file.name.startswith(f"{language}_"))
    return [(folder / name).read_text("utf-8") for name in (f"{language}.toml", *names) if name.endswith(".toml")]


def _read_topics(entries: Iterable[Mapping[str, Any]]) -> tuple[Topic, ...]:
    return tuple(
        Topic(one["kind"], tuple(one["subjects"]), tuple(one["lines"]), tuple(one["buttons"])) for one in entries
    )


def fill(text: str, slots: Mapping[str, str], dice: random.Random) -> str:
    """Pick among the choices, innermost first, then fill the slots.

    >>> fill("{Hi|Hi} <name>", {"name": "Ann"}, random.Random(1))
    'Hi Ann'
    """
    for _ in range(MAX_NESTING):
        text, count = _CHOICE.subn(lambda match: dice.choice(match[1].split("|")), text)
        if not count:
            break
    return _SLOT.sub(lambda match: slots[match[1]], text)
