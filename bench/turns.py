"""Measure several subjects on the same mails in turns, so that a disturbed moment hits all of them alike."""

import gc
import random
from collections.abc import Callable, Mapping, Sequence

from bench.figures import median_ratio

TURN_MAILS = 25
WARM_UP_MAILS = 50

Subject = Callable[[bytes], float]  # deal with one mail, give its cost in milliseconds


def measure_in_turns(
    subjects: Mapping[str, Subject], mails: Sequence[bytes], *, rounds: int = 1
) -> dict[str, list[float]]:
    """Give the cost of each mail for each subject; the series of all subjects run over the same mails.

    What a subject does only once (tables, caches) is not counted: each deals with some mails beforehand.
    """
    for subject in subjects.values():
        for mail in mails[:WARM_UP_MAILS]:
            subject(mail)
    costs: dict[str, list[float]] = {name: [] for name in subjects}
    dice = random.Random(TURN_MAILS)  # noqa: S311 - a repeatable order, no secret
    order = list(subjects)
    for _ in range(rounds):
        for start in range(0, len(mails), TURN_MAILS):
            dice.shuffle(order)  # nobody always runs behind the same neighbour
            for name in order:
                gc.collect()  # nobody pays for the garbage of the one before
                costs[name] += [subjects[name](mail) for mail in mails[start : start + TURN_MAILS]]
    return costs


def compare_turns(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Give the middle of the turns' ratios: our cost for theirs."""
    return median_ratio(_sum_turns(ours), _sum_turns(theirs))


def _sum_turns(costs: Sequence[float]) -> list[float]:
    return [sum(costs[start : start + TURN_MAILS]) for start in range(0, len(costs), TURN_MAILS)]
