r"""Fills the texts that lie beside this file: `{a|b}` picks one, `<slot>` is filled in, `[[label]]` becomes a link.

Every language has one TOML file: what all mails share under [common], then tables [[ham]] and [[bad]].
"""

import random
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "zh", "de", "fr", "es", "pt", "ja")
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
    """Read the texts of one language."""
    file = resources.files("gatepost.learn.augment") / f"{language}.toml"
    table = tomllib.loads(file.read_text("utf-8"))
    common = table["common"]
    return Phrases(
        greetings=tuple(common["greetings"]),
        closings=tuple(common["closings"]),
        footers=tuple(common["footers"]),
        ham=_read_topics(table["ham"]),
        bad=_read_topics(table["bad"]),
    )


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
