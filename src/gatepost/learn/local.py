"""Learns from what people decided of quarantined mail: a correction of the model, refused where it makes it worse.

Needs numpy alone. The same decisions and the same model give the same file, bit by bit.
Trust: decisions are people's, but whoever gets mail released teaches: shares.py bounds what one text and one sender
count, correction.py bounds what any mail is moved by, local_guard.py holds the outcome against mail of other kinds.
Fails: BadInput where too little was decided, BadSettings where the outcome is not to be trusted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from gatepost.learn.augment.mails import make_mails
from gatepost.learn.correction import Pupil, Text, learn_correction, spread
from gatepost.learn.decisions import Decided
from gatepost.learn.local_guard import Drift, KeptBack, Scores, draw_line, measure_drift, measure_kept_back
from gatepost.learn.local_model import Parent, pack_corrected
from gatepost.learn.looking import Seen, look_at
from gatepost.learn.shares import FOLDS, deal_folds, weigh_decisions
from gatepost.model.errors import BadInput, BadSettings
from gatepost.screen.case import Kit
from gatepost.screen.classifier.model import MAX_WORDS_LOG_ODDS, Classifier
from gatepost.screen.classifier.pack import parse_pack

MIN_DECISIONS = 20.0  # of each kind, as they count
ANCHOR_COUNT, ANCHOR_SEED = 300, 61
GUARD_COUNT, GUARD_SEED = 500, 62  # other mails than the anchors

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many decisions there are, and as how many they count."""

    honest: int
    unwanted: int
    honest_counted: float
    unwanted_counted: float


@dataclass(frozen=True, eq=False)
class Learned:
    """A corrected model that is not worse, and how that was found out."""

    packed: bytes
    version: str
    counts: Counts
    kept_back: KeptBack
    drift: Drift


def learn_locally(decisions: Sequence[Decided], parent: Parent, kit: Kit) -> Learned:
    """Correct a model by what was decided; `kit` is the one that mail is screened with."""
    weights = weigh_decisions(decisions)
    counts = _count(decisions, weights)
    _check_counts(counts)
    classifier = Classifier(parent.pack, parent.version)
    seen = [Seen(one.numbers, one.read_words()) for one in decisions]
    pupil = _build_pupil(seen, [one.is_bad for one in decisions], weights, _Model(parent, classifier, kit))
    anchors = share_words((one for one, _ in _look_at_made(kit, ANCHOR_COUNT, ANCHOR_SEED)), classifier)
    kept_back = _examine(pupil, deal_folds(decisions), anchors, parent.slope)
    added = learn_correction(pupil, anchors, parent.slope)
    packed, version = pack_corrected(parent, added, _tell(decisions, counts, kept_back))
    corrected = Classifier(parse_pack(memoryview(packed), version), version)
    drift = _measure_drift(classifier, corrected, kit)
    if losses := [*kept_back.list_losses(), *drift.list_losses()]:
        raise BadSettings(f"What was learned makes the model worse, so it was not written: {'; '.join(losses)}.")
    return Learned(packed, version, counts, kept_back, drift)


@dataclass(frozen=True, eq=False)
class _Model:
    parent: Parent
    classifier: Classifier
    kit: Kit


def _count(decisions: Sequence[Decided], weights: Floats) -> Counts:
    is_bad = np.array([one.is_bad for one in decisions], dtype=np.bool_)
    return Counts(
        honest=int((~is_bad).sum()),
        unwanted=int(is_bad.sum()),
        honest_counted=round(float(weights[~is_bad].sum()), 3),
        unwanted_counted=round(float(weights[is_bad].sum()), 3),
    )


def _check_counts(counts: Counts) -> None:
    if min(counts.honest_counted, counts.unwanted_counted) >= MIN_DECISIONS:
        return
    raise BadInput(
        f"There is too little to learn from: {counts.honest} mails were released, which count as"
        f" {counts.honest_counted:g}, and {counts.unwanted} reported, which count as {counts.unwanted_counted:g};"
        f" {MIN_DECISIONS:g} of each are needed (copies and single senders count only so far)."
    )


def _build_pupil(seen: Sequence[Seen], is_bad: Sequence[bool], weights: Floats, model: _Model) -> Pupil:
    texts = share_words(seen, model.classifier)
    words = spread(texts, model.parent.words)
    total = score_seen(model.classifier, seen, model.kit)
    rest = total - model.parent.slope * np.clip(words, -MAX_WORDS_LOG_ODDS, MAX_WORDS_LOG_ODDS)
    return Pupil(texts, rest, words, np.array(is_bad, dtype=np.bool_), weights)


def share_words(seen: Iterable[Seen], classifier: Classifier) -> list[Text]:
    """Give the words of mails with what each counts for, as this model takes them."""
    return [Text(one.words.buckets, classifier.share_words(one.words)) for one in seen]


def score_seen(classifier: Classifier, seen: Iterable[Seen], kit: Kit) -> Floats:
    """Give the log-odds of mails, with the operator's weights."""
    explained = (classifier.explain_hashed(one.numbers, one.words, kit.weights, kit.factors) for one in seen)
    return np.array([one.log_odds for one in explained])


def _examine(pupil: Pupil, folds: npt.NDArray[np.int_], anchors: Sequence[Any], slope: float) -> KeptBack:
    """Learn once more for each fold without it, and score it."""
    after, factors, constants = np.zeros((3, len(pupil.texts)))
    for fold in range(FOLDS):
        is_out = folds == fold
        if is_out.any():
            others = pupil.pick(~is_out)
            factors[is_out], constants[is_out] = draw_line(others.score(slope), others)
            after[is_out] = pupil.pick(is_out).score(slope, learn_correction(others, anchors, slope))
    return measure_kept_back(pupil, Scores(pupil.score(slope), after, factors, constants))


def _measure_drift(before: Classifier, after: Classifier, kit: Kit) -> Drift:
    made = _look_at_made(kit, GUARD_COUNT, GUARD_SEED)
    seen, is_bad = [one for one, _ in made], np.array([bad for _, bad in made])
    return measure_drift(score_seen(before, seen, kit), score_seen(after, seen, kit), is_bad)


def _look_at_made(kit: Kit, count: int, seed: int) -> list[tuple[Seen, bool]]:
    return [(look_at(made.raw, kit), made.is_bad) for made in make_mails(count, kit.tables, seed)]


def _tell(decisions: Sequence[Decided], counts: Counts, kept_back: KeptBack) -> dict[str, Any]:
    """Give what the card tells of a correction."""
    return {
        "decisions": msgspec.to_builtins(counts),
        "decided_until": max(one.decided_at for one in decisions).isoformat(),
        "kept_back": msgspec.to_builtins(kept_back),
    }
