"""The evidence of one mail: numbers by name, and the words.

A name is the code of a finding (how often it was made), a feature of a check, or `shape.<what>`. Whatever a new check
yields is evidence at once; the model learns it when it is trained next, and until then its declared weight counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gatepost.message.message import Message
from gatepost.model.finding import Feature, Finding
from gatepost.model.proof import AuthResult, Proof
from gatepost.screen.classifier.shape import measure_shape
from gatepost.screen.classifier.words import read_words
from gatepost.screen.tables import Tables

MAX_VALUE = 1e6
AUTHOR_PROVEN = "proof.author"
SENDER_PROVEN = "proof.sender"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the classifier gets to see of one mail."""

    numbers: Mapping[str, float]
    words: str


def gather_evidence(message: Message, proof: Proof, seen: Iterable[Finding | Feature], tables: Tables) -> Evidence:
    """Bring together what was seen in one mail."""
    numbers = measure_shape(message, tables)
    for one in seen:
        if isinstance(one, Feature):
            value = one.value
            numbers[one.name] = float(value) if -MAX_VALUE <= value <= MAX_VALUE else _bound(value)
        else:
            numbers[one.code] = numbers.get(one.code, 0.0) + 1.0
    numbers.update(_tell_proof(proof))
    return Evidence(numbers, read_words(message))


def _tell_proof(proof: Proof) -> Iterator[tuple[str, float]]:
    """Give what is proven; what nobody asked, or what failed, is not told here: findings tell failures."""
    if proof.author_is_proven:
        yield AUTHOR_PROVEN, 1.0
    elif AuthResult.PASS in (proof.spf, proof.dkim):
        yield SENDER_PROVEN, 1.0


def _bound(value: float) -> float:
    """Keep a number within bounds; what is no number counts as unknown."""
    return max(-MAX_VALUE, min(MAX_VALUE, float(value))) if value == value else 0.0  # noqa: PLR0124 - NaN alone differs
