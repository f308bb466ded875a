"""What a text speaks about: the themes that lures use, found by their phrases.

The table screen/data/lures.toml explains how phrases are written. Words are compared without case, accents and
invisible characters, and letters of other scripts count as the Latin letters that they are drawn like.

Trust: the text comes from a mail's author.
Fails: never; at most MAX_TEXT_CHARS of a text are looked at, its beginning and its end.
"""

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import compress

from gatepost.message.message import Message
from gatepost.message.once import keep_with
from gatepost.screen.exchange import exchange_letters
from gatepost.screen.skeleton import draw_latin, keep_foreign

HEAD_CHARS = 4_000
TAIL_CHARS = 1_500
MAX_TEXT_CHARS = HEAD_CHARS + TAIL_CHARS
MAX_SUBJECT_CHARS = 1_000
MAX_HAN_CHARS = 6_000
HAN_OF_WORD = 2  # a word takes about two characters
MAX_PHRASES_OF_LINE = 4_000

_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_FOREIGN = re.compile("[^\0-\x7f\u1100-\u11ff\u2e80-\ufaff]")  # not ASCII and not written in blocks
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]+")
_KANA = re.compile("[\u3041-\u30fe]")
_WORD_TABLE = bytes(
    ord(chr(code).lower()) if chr(code).isascii() and chr(code).isalnum() else ord(" ") for code in range(256)
)
_JOINERS = b"'\x60"  # "you've" is one word
_NUMBER, _ANY = b"#", b"*"


@dataclass(slots=True)
class Node:
    """What may follow the words so far: each next word leads to another node, also _NUMBER and _ANY."""

    following: dict[bytes, "Node"]
    themes: list[str]  # of the phrase that ends here
    is_open: bool = False  # a phrase ends here, or goes on with a number or any word


@dataclass(frozen=True, slots=True)
class Blocks:
    """Phrases of a script that is written without spaces."""

    pattern: re.Pattern[str]
    themes: Mapping[str, str]  # of each phrase


@dataclass(frozen=True, slots=True)
class Lures:
    """The table as it is searched: phrases of words as a tree, phrases of Han and kana as they stand."""

    names: tuple[str, ...]
    words: Node
    han: Blocks
    kana: Blocks


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was found: for each theme its distinct phrases, in the order of the text; and the number of words."""

    phrases: Mapping[str, tuple[str, ...]]
    word_count: int

    def count(self, theme: str) -> int:
        """Give how many distinct phrases of a theme were found."""
        return len(self.phrases.get(theme, ()))

    def has(self, *themes: str) -> bool:
        """Say whether any of these themes was found."""
        return any(theme in self.phrases for theme in themes)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text without its middle, and its words as they are compared."""

    text: str
    words: list[bytes]
    holds_han: bool  # or kana


def read_message(message: Message) -> Reading:
    """Give subject and text of a mail; worked out once for each mail."""
    return keep_with(message, _read_whole)


def _read_whole(message: Message) -> Reading:
    return read_text(f"{message.subject[:MAX_SUBJECT_CHARS]}\n{message.text}")


def read_text(text: str) -> Reading:
    """Give a text without its middle, with its words."""
    text = cut_middle(text)
    foreign = keep_foreign(text)
    return Reading(text, _split(text, foreign), bool(foreign) and _HAN.search(foreign) is not None)


def find_themes(text: str) -> Spoken:
    """Give the themes of a text."""
    return find_themes_in(read_text(text))


def find_themes_in(reading: Reading) -> Spoken:
    """Give the themes of what was read already."""
    lures = load_lures()
    text, words = reading.text, reading.words
    found: dict[str, dict[str, None]] = {}
    count, phrases = len(words), _search(lures, reading)
    if reading.holds_han:
        short = "".join(text.split())[:MAX_HAN_CHARS]
        count += sum(map(len, _HAN.findall(short))) // HAN_OF_WORD
        phrases = itertools.chain(phrases, _search_blocks(short, lures))
    for theme, phrase in phrases:
        found.setdefault(theme, {})[phrase] = None
    return Spoken({theme: tuple(distinct) for theme, distinct in found.items()}, count)


def cut_middle(text: str) -> str:
    """Keep the beginning and the end of a long text."""
    return text if len(text) <= MAX_TEXT_CHARS else f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"


def split_words(text: str) -> list[bytes]:
    """Give the words of a text as they are compared: ASCII letters and digits, lower case.

    >>> split_words("Ihr Kоntо wird \u200bge\u200bsperrt: You've 24 Stunden")
    [b'ihr', b'konto', b'wird', b'gesperrt', b'youve', b'24', b'stunden']
    """
    return _split(text, keep_foreign(text))


def _split(text: str, foreign: str) -> list[bytes]:
    if foreign:
        text = exchange_letters(text, foreign, _write)
    return text.encode("ascii", "replace").translate(_WORD_TABLE, _JOINERS).split()


@lru_cache(maxsize=4096)
def _write(letter: str) -> str:
    """Give what a foreign letter is compared as; one that is written in blocks stays, and parts words."""
    if letter == "\u2019":
        return "'"
    if _INVISIBLE.match(letter):
        return ""
    return draw_latin(letter).encode("ascii", "replace").decode() if _FOREIGN.match(letter) else letter


def _search(lures: Lures, reading: Reading) -> Iterator[tuple[str, str]]:
    """Give (theme, phrase) for each place where a phrase stands; the longest one there for each theme."""
    first, words = lures.words.following, reading.words
    for place in compress(range(len(words)), map(first.__contains__, words)):
        node = first[words[place]]
        if not node.is_open and (place + 1 == len(words) or words[place + 1] not in node.following):
            continue
        longest: dict[str, int] = {}
        _follow(node, words, place + 1, longest)
        for theme, end in longest.items():
            yield theme, b" ".join(words[place:end]).decode("ascii")


def _follow(node: Node, words: list[bytes], place: int, longest: dict[str, int]) -> None:
    """Enter where the longest phrase of each theme ends that goes on from a node."""
    for theme in node.themes:
        longest[theme] = max(place, longest.get(theme, 0))
    if place == len(words):
        return
    word = words[place]
    if (following := node.following.get(word)) is not None:
        _follow(following, words, place + 1, longest)
    if node.is_open:
        if (following := node.following.get(_NUMBER)) is not None and word.isdigit():
            _follow(following, words, place + 1, longest)
        if (following := node.following.get(_ANY)) is not None:
            _follow(following, words, place + 1, longest)


def _search_blocks(text: str, lures: Lures) -> Iterator[tuple[str, str]]:
    for blocks in (lures.han, lures.kana) if _KANA.search(text) else (lures.han,):
        yield from ((blocks.themes[match[0]], match[0]) for match in blocks.pattern.finditer(text))


@cache
def load_lures() -> Lures:
    """Read the table (about 20 ms; once for each process)."""
    source = (resources.files("gatepost.screen") / "data" / "lures.toml").read_text("utf-8")
    table = tomllib.loads(source)
    pairs = "".join(table["traditional"].split())
    traditional = str.maketrans(pairs[::2], pairs[1::2])
    themes = table["theme"]
    tree = Node({}, [])
    for theme in themes:
        for line in filter(None, theme["phrases"].splitlines()):
            for phrase in itertools.islice(_expand(line), MAX_PHRASES_OF_LINE):
                _plant(tree, phrase, theme["name"])
    return Lures(
        names=tuple(theme["name"] for theme in themes),
        words=tree,
        han=_build_blocks(
            (phrase, theme["name"]) for theme in themes for phrase in _write_han(theme["zh"], traditional)
        ),
        kana=_build_blocks((phrase, theme["name"]) for theme in themes for phrase in theme["ja"].split()),
    )


def _expand(line: str) -> Iterator[list[bytes]]:
    choices = [choice.split("|") for choice in line.split()]
    for words in itertools.product(*choices):
        yield " ".join(words).replace("_", " ").encode("ascii").split()


def _plant(tree: Node, phrase: list[bytes], theme: str) -> None:
    node = tree
    for word in phrase:
        node.is_open |= word in (_NUMBER, _ANY)
        node = node.following.setdefault(word, Node({}, []))
    node.is_open = True
    if theme not in node.themes:
        node.themes.append(theme)


def _build_blocks(phrases: Iterable[tuple[str, str]]) -> Blocks:
    """Give a pattern that tries only the phrases which begin with the character at hand, the longest first."""
    themes = dict(phrases)
    by_first: dict[str, list[str]] = {}
    for phrase in sorted(themes, key=len, reverse=True):
        by_first.setdefault(phrase[0], []).append(re.escape(phrase[1:]))
    branches = (f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items())
    return Blocks(re.compile("|".join(branches)), themes)


def _write_han(phrases: str, traditional: Mapping[int, int]) -> Iterable[str]:
    """Give each phrase in simplified and traditional characters; an account is written with two characters there."""
    for phrase in phrases.split():
        written = phrase.translate(traditional)
        yield from dict.fromkeys((phrase, written, written.replace("賬", "帳")))
