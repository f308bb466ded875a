"""The corpus as a table: for each mail its evidence and the buckets of its words; made once, then kept in a cache.

The cache is keyed by the corpus and by the code that looks at mails: whoever changes a check gets a new table.
Proofs are not part of it: what is known of them differs by source, and a model would learn the source.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from gatepost.learn.augment.mails import make_mails
from gatepost.learn.corpus import Corpus
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.errors import BadSettings
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case, Kit
from gatepost.screen.classifier.evidence import gather_evidence
from gatepost.screen.classifier.ngrams import hash_ngrams
from gatepost.screen.kit import NO_MODEL, build_kit
from gatepost.screen.run import observe
from gatepost.screen.settings import ScreenSettings

MADE = "made"  # the source of what learn/augment made
_NOBODY = Envelope(None, (), "", "", protocol="")
_WATCHED = ("message", "screen", "learn/augment", "learn/table.py", "model/finding.py")


class Row(msgspec.Struct, frozen=True):
    """What is known of one mail."""

    mail_id: str
    source: str
    is_bad: bool
    month: str
    split: str
    language: str
    numbers: dict[str, float]
    buckets: bytes  # little-endian, 4 bytes each

    def read_buckets(self) -> npt.NDArray[np.uint32]:
        """Give the buckets of the words."""
        return np.frombuffer(self.buckets, dtype="<u4")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the table is to hold: a corpus, and made mail beside it."""

    corpus: Corpus
    made_count: int
    seed: int


def load_table(plan: Plan, cache: Path) -> list[Row]:
    """Give all rows, from the cache where it holds them."""
    file = cache / f"table-{_take_key(plan)[:24]}.msgpack"
    if file.is_file():
        return msgspec.msgpack.decode(file.read_bytes(), type=list[Row])
    rows = list(_make_rows(plan))
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(msgspec.msgpack.encode(rows))
    unfinished.replace(file)
    return rows


def look_at(raw: bytes, kit: Kit) -> tuple[dict[str, float], bytes]:
    """Give the numbers of one mail and the buckets of its words, as the screening would see them without a proof."""
    message = parse_message(raw)
    seen = observe(Case(message, _NOBODY, UNPROVEN, frozenset()), kit)
    if not seen.is_complete:
        raise BadSettings("A check broke on a mail of the corpus; a model trained on that would not know the check.")
    evidence = gather_evidence(message, UNPROVEN, (*seen.findings, *seen.features), kit.tables)
    numbers = {name: value for name, value in evidence.numbers.items() if value}
    return numbers, hash_ngrams(evidence.words).astype("<u4").tobytes()


def _make_rows(plan: Plan) -> Iterator[Row]:
    kit = build_kit(ScreenSettings(model=NO_MODEL))
    for entry, raw in plan.corpus.read_mails():
        numbers, buckets = look_at(raw, kit)
        yield Row(entry.mail_id, entry.source, entry.is_bad, entry.month, entry.split, entry.language, numbers, buckets)
    for index, made in enumerate(make_mails(plan.made_count, kit.tables, plan.seed)):
        numbers, buckets = look_at(made.raw, kit)
        yield Row(f"made-{index}", MADE, made.is_bad, "", "train", made.language, numbers, buckets)


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
