"""What the screening sees of a mail, as a model learns from it: numbers by name, and the buckets of its words."""

from dataclasses import dataclass

from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.errors import BadSettings
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case, Kit
from gatepost.screen.classifier.evidence import gather_evidence
from gatepost.screen.classifier.ngrams import Hashed, hash_ngrams
from gatepost.screen.run import observe

_NOBODY = Envelope(None, (), "", "", protocol="")


@dataclass(frozen=True, eq=False)
class Seen:
    """The evidence of one mail; numbers that are 0 are left out."""

    numbers: dict[str, float]
    words: Hashed


def look_at(raw: bytes, kit: Kit) -> Seen:
    """Look at a mail of which nobody knows where it came from."""
    seen = look_at_case(Case(parse_message(raw), _NOBODY, UNPROVEN, frozenset()), kit)
    if seen is None:
        raise BadSettings("A check broke on a mail of the corpus; a model trained on that would not know the check.")
    return seen


def look_at_case(case: Case, kit: Kit) -> Seen | None:
    """Look at a mail with everything known about it; None where a check broke on it."""
    observed = observe(case, kit)
    if not observed.is_complete:
        return None
    evidence = gather_evidence(case.message, case.proof, (*observed.findings, *observed.features), kit.tables)
    numbers = {name: value for name, value in evidence.numbers.items() if value}
    return Seen(numbers, hash_ngrams(evidence.words))
