"""How much each decision counts: nobody may teach the model by sending, or having released, the same thing often.

Copies of one text count as COPIES mails together, all mails of one sender as SENDERS_MAILS, however many they are.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gatepost.learn.decisions import Decided
from gatepost.learn.likeness import Groups, group_alike, group_same

COPIES = 3.0
SENDERS_MAILS = 5.0
FOLDS = 5

Floats = npt.NDArray[np.float64]


def weigh_decisions(decisions: Sequence[Decided]) -> Floats:
    """Give the weight of each decision, 1 at most."""
    weights = np.ones(len(decisions))
    for label in (False, True):
        chosen = np.flatnonzero([one.is_bad is label for one in decisions]).tolist()
        some = [decisions[place] for place in chosen]
        own = np.ones(len(some))
        _cap(own, group_alike([one.read_words().buckets for one in some]), COPIES)
        _cap(own, group_same([one.sender for one in some]), SENDERS_MAILS)
        weights[chosen] = own
    return weights


def deal_folds(decisions: Sequence[Decided]) -> npt.NDArray[np.int_]:
    """Deal the decisions into folds so that copies, and mails of one sender, are never on both sides."""
    groups = Groups(len(decisions))
    alike = group_alike([one.read_words().buckets for one in decisions])
    same = group_same([one.sender or one.mail_id for one in decisions])
    for place, (copy_of, sender_of) in enumerate(zip(alike, same, strict=True)):
        groups.join(place, copy_of)
        groups.join(place, sender_of)
    return _deal(groups.tell(), [one.is_bad for one in decisions])


def _deal(groups: Sequence[int], labels: Sequence[bool]) -> npt.NDArray[np.int_]:
    """Put each group into the fold that holds fewest of its kind so far, large groups first."""
    members: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    folds, held = np.zeros(len(groups), dtype=np.int_), np.zeros((FOLDS, 2))
    for _, places in sorted(members.items(), key=lambda one: (-len(one[1]), one[0])):
        kinds = np.bincount([int(labels[place]) for place in places], minlength=2)
        fold = int(np.argmin((held + kinds).max(axis=1) + held.sum(axis=1) / (len(groups) + 1)))
        folds[places] = fold
        held[fold] += kinds
    return folds


def _cap(weights: Floats, groups: Sequence[int], limit: float) -> None:
    """Let no group weigh more than `limit`."""
    totals = np.bincount(groups, weights, len(weights)) if len(weights) else weights
    for place, group in enumerate(groups):
        weights[place] *= min(1.0, limit / totals[group])
