"""Names that a hasty reader takes for another name: look-alike letters, slips of the keyboard, added words.

Trust: the names come from a mail's author.
Fails: never. Each question costs a fixed number of look-ups, whatever the number of protected names.
"""

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from gatepost.screen.remember import remember
from gatepost.screen.skeleton import blur, draw_latin
from gatepost.screen.tables import Brand, Tables

MAX_LABEL_CHARS = 63
MAX_TOKENS = 8
MAX_REMEMBERED_LABELS = 4096
MIN_TYPO_CHARS = 6  # shorter names have too many neighbours that are names of their own
MIN_SLIP_CHARS = 5  # ... unless the change is what fingers do
MIN_BLUR_CHARS = 5
MIN_JOINED_CHARS = 5  # a name this long is seen within a longer word

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ADDED_WORDS = (
    "access account accounts admin alert alerts app apps assist auth banking bank billing business care center centre"
    " check claim client clients com confirm connect contact cs customer customers desk direct doc docs email e en eu"
    " file files fraud free global gift group help helpdesk home hr http https id in inc info intl invoice invoices it"
    " live login logon mail mailer manage member members mobile my net news notice notification notifications notify"
    " office official online order orders pay payment payments portal pro protect protection refund resolve reward"
    " rewards safe safety secure secured security service services share shipping shop sign signin site sms sso staff"
    " status store support system team tech track tracking uk unlock update updates us user users validate verification"
    " verified verify wallet web webmail www"
)
_ADDED = frozenset(_ADDED_WORDS.split())
_NO_TYPOS = frozenset(("appstore", "digid", "icloud", "netease", "nubank", "tonline", "xiaomi"))  # near to real names
_WORDS = frozenset(("factbook", "finance", "online", "zaobao"))
_TOKENS = re.compile(r"[^\W_]+")


class Likeness(enum.Enum):
    """How one name resembles another."""

    LETTERS = "look-alike letters"
    TYPO = "a letter changed"
    ADDED = "words added"
    SUFFIX = "another ending"


@dataclass(frozen=True, slots=True)
class Imitation:
    """What a name resembles, and how."""

    of: str
    likeness: Likeness


def compare(label: str, name: str) -> Likeness | None:
    """Say how a label resembles a protected one; both are first labels of registrable domains, as people read them.

    >>> compare("rnill-street", "mill-street").value, compare("mill-street-hr", "mill-street").value
    ('look-alike letters', 'words added')
    >>> compare("hill-street-news", "mill-street") is None
    True
    """
    if label == name:
        return Likeness.SUFFIX
    return compare_letters(label, name) or (
        Likeness.ADDED if _has_added_words(draw_latin(label[:MAX_LABEL_CHARS]), name) else None
    )


def compare_letters(label: str, name: str) -> Likeness | None:
    """Say whether two different names are alike letter by letter; added words are not looked for."""
    drawn = draw_latin(label[:MAX_LABEL_CHARS])
    if len(name) >= MIN_BLUR_CHARS - 1 and (drawn == name or blur(drawn) == blur(name)):
        return Likeness.LETTERS
    if is_typo(drawn, name) or (len(name) >= MIN_TYPO_CHARS and drawn.replace("-", "") == name.replace("-", "")):
        return Likeness.TYPO
    return None


def is_typo(label: str, name: str) -> bool:
    """Say whether one letter was changed, added, left out or swapped with its neighbour.

    >>> is_typo("micorsoft", "microsoft"), is_typo("aple", "apple"), is_typo("ample", "apple")
    (True, True, False)
    """
    if abs(len(label) - len(name)) > 1 or label == name or len(name) < MIN_SLIP_CHARS:
        return False
    start = _count_shared(label, name)
    rest, other = label[start:], name[start:]
    if len(label) == len(name):
        is_swap = rest[:2] == other[1::-1] and rest[2:] == other[2:]
        is_change = rest[1:] == other[1:]
        fits = is_swap or (is_change and (len(name) >= MIN_TYPO_CHARS or _are_neighbours(rest[0], other[0])))
    elif len(label) > len(name):
        is_doubled = rest[1:] == other and start > 0 and rest[0] == label[start - 1]
        fits = is_doubled or (rest[1:] == other and len(name) >= MIN_TYPO_CHARS)
    else:
        fits = rest == other[1:]
    return fits


def _count_shared(label: str, name: str) -> int:
    for place, (one, other) in enumerate(zip(label, name, strict=False)):
        if one != other:
            return place
    return min(len(label), len(name))


def _are_neighbours(letter: str, other: str) -> bool:
    for row in _KEYBOARD:
        if letter in row and other in row:
            return abs(row.index(letter) - row.index(other)) == 1
    return False


def _has_added_words(label: str, name: str) -> bool:
    """Say whether a label is a name with words of service around it, joined by hyphens or not."""
    if name in label.split("-")[:MAX_TOKENS]:
        return True
    if len(name) < MIN_JOINED_CHARS or name not in label:
        return False
    before, _, after = label.partition(name)
    return all(word in _ADDED for part in (before, after) for word in _TOKENS.findall(part))


class Imitations:
    """Finds which of many protected names a label resembles."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_blur = {blur(name): name for name in self._names if len(name) >= MIN_BLUR_CHARS}
        self._by_variant: dict[str, set[str]] = {}
        for name in self._names:
            for variant in (*_shorten(name), name) if len(name) >= MIN_SLIP_CHARS and name not in _NO_TYPOS else ():
                self._by_variant.setdefault(variant, set()).add(name)
        keep = remember(MAX_REMEMBERED_LABELS)
        self.find = keep(self._find)
        self.find_alike = keep(self._find_alike)

    def _find(self, label: str) -> Imitation | None:
        """Give the protected name that a label resembles and is not."""
        label = label[:MAX_LABEL_CHARS]
        drawn = draw_latin(label)
        if label in self._names:
            return Imitation(label, Likeness.SUFFIX)
        if (alike := self.find_alike(label)) is not None:
            return alike
        variants = (*_shorten(drawn), drawn) if drawn not in _WORDS else ()
        near = {name for variant in variants for name in self._by_variant.get(variant, ()) if is_typo(drawn, name)}
        if near:
            return Imitation(min(near), Likeness.TYPO)
        return next((Imitation(name, Likeness.ADDED) for name in self._find_within(drawn)), None)

    def _find_alike(self, label: str) -> Imitation | None:
        """Give the protected name that a label, or a part of it between hyphens, shows in look-alike letters."""
        drawn = draw_latin(label[:MAX_LABEL_CHARS])
        for token in (drawn, *drawn.split("-")[:MAX_TOKENS]):
            name = self._by_blur.get(blur(token)) if len(token) >= MIN_BLUR_CHARS - 1 else None
            if name and name not in label.split("-") and name != label:
                return Imitation(name, Likeness.LETTERS)
        return None

    def _find_within(self, label: str) -> Iterator[str]:
        tokens = label.split("-")[:MAX_TOKENS]
        for token in tokens:
            if token in self._names:
                yield token
        for token in tokens:
            for start in range(len(token) - MIN_JOINED_CHARS + 1):
                if start and token[:start] not in _ADDED:
                    continue
                for end in range(start + MIN_JOINED_CHARS, len(token) + 1):
                    if token[start:end] in self._names and (end == len(token) or token[end:] in _ADDED):
                        yield token[start:end]


def _shorten(name: str) -> Iterator[str]:
    """Give every form with one letter left out: what two names share that are one change apart."""
    return (name[:place] + name[place + 1 :] for place in range(len(name)))


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of often-imitated organisations as they stand in domains."""

    imitations: Imitations
    brands: dict[str, Brand]


@lru_cache(maxsize=4)
def learn_names(tables: Tables) -> KnownNames:
    """Gather the names of the brands that are words of their own: `paypal`, not `apple` or `chase`."""
    brands: dict[str, Brand] = {}
    for brand in tables.brands:
        for word in (word for word in brand.words if "." not in word):
            name = "".join(_TOKENS.findall(draw_latin(word)))
            if name.isascii() and len(name) >= MIN_SLIP_CHARS - 1 and word.count(" ") < 2:  # noqa: PLR2004 - of three words none remains a name
                brands.setdefault(name, brand)
    return KnownNames(Imitations(brands), brands)


def find_shown_brand(tables: Tables, text: str) -> Brand | None:
    """Give the brand that a reader sees in a name or a subject, in whatever letters it is written."""
    return tables.find_brand(text) or (None if text.isascii() else tables.find_brand(draw_latin(text)))
