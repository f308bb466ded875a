"""The corpus as a table: for each mail its evidence and the buckets of its words; made once, then kept in a cache.

The cache is keyed by the corpus and by the code that looks at mails: whoever changes a check gets a new table.
Proofs are not part of it: what is known of them differs by source, and a model would learn the source.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gatepost.learn.augment.mails import make_mails
from gatepost.learn.corpus import Corpus, Entry
from gatepost.learn.looking import look_at
from gatepost.learn.nobody import hide_sender
from gatepost.learn.padding import gather_honest_words, pad
from gatepost.screen.case import Kit
from gatepost.screen.classifier.ngrams import Hashed, join_pieces
from gatepost.screen.kit import NO_MODEL, build_kit
from gatepost.screen.settings import ScreenSettings

PADDING_MAILS = 60  # made to take honest words from, or an eighth of the others where that is more
MADE = "made"  # the source of what learn/augment made
_WATCHED = (
    "message",
    "screen",
    "learn/augment",
    "learn/table.py",
    "learn/looking.py",
    "learn/nobody.py",
    "learn/padding.py",
    "model/finding.py",
)


class Row(msgspec.Struct, frozen=True):
    """What is known of one mail."""

    mail_id: str
    source: str
    is_bad: bool
    month: str
    split: str
    language: str
    numbers: dict[str, float]
    pieces: tuple[bytes, ...]  # of the words
    is_padded: bool = False  # with honest words: the mail of that name stands beside it
    unknown: dict[str, float] | None = None  # the numbers of the same mail from nobody; None: nobody sent it

    def read_words(self) -> Hashed:
        """Give the words."""
        return join_pieces(self.pieces)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the table is to hold: a corpus, and made mail beside it."""

    corpus: Corpus
    made_count: int
    seed: int


def load_table(plan: Plan, cache: Path) -> list[Row]:
    """Give all rows, from the cache where it holds them."""
    file = _find_file(plan, cache)
    if file.is_file():
        return msgspec.msgpack.decode(file.read_bytes(), type=list[Row])
    rows = list(_make_rows(plan))
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(msgspec.msgpack.encode(rows))
    unfinished.replace(file)
    return rows


def is_cached(plan: Plan, cache: Path) -> bool:
    """Say whether the rows are there already."""
    return _find_file(plan, cache).is_file()


def _find_file(plan: Plan, cache: Path) -> Path:
    return cache / f"table-{_take_key(plan)[:24]}.msgpack"


def _make_rows(plan: Plan) -> Iterator[Row]:
    kit = build_kit(ScreenSettings(model=NO_MODEL))
    honest_words = gather_honest_words(max(PADDING_MAILS, plan.made_count // 8), kit.tables, plan.seed + 1)
    for entry, raw in plan.corpus.read_mails():
        yield _make_row(entry, raw, kit)
        if (padded := pad(raw, honest_words, entry.mail_id)) is not None:
            yield replace(_make_row(entry, padded, kit), is_padded=True, unknown=None)
    for index, made in enumerate(make_mails(plan.made_count, kit.tables, plan.seed)):
        seen = look_at(made.raw, kit)
        yield Row(f"made-{index}", MADE, made.is_bad, "", "train", made.language, seen.numbers, seen.words.split())


def _make_row(entry: Entry, raw: bytes, kit: Kit) -> Row:
    seen = look_at(raw, kit)
    from_nobody = hide_sender(raw, entry.mail_id)
    return Row(
        mail_id=entry.mail_id,
        source=entry.source,
        is_bad=entry.is_bad,
        month=entry.month,
        split=entry.split,
        language=entry.language,
        numbers=seen.numbers,
        pieces=seen.words.split(),
        unknown=None if from_nobody is None else look_at(from_nobody, kit).numbers,
    )


def _take_key(plan: Plan) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(plan.corpus.digests.items()):
        digest.update(f"{name} {value}\n".encode())
    digest.update(f"{plan.made_count} {plan.seed}\n".encode())
    for path in _list_code():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _list_code() -> Sequence[Path]:
    home = Path(__file__).parents[1]
    found: list[Path] = []
    for name in _WATCHED:
        place = home / name
        found += [place] if place.is_file() else _find_sources(place.rglob("*"))
    return sorted(found)


def _find_sources(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.suffix in {".py", ".toml"} and "__pycache__" not in path.parts]
