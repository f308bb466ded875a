"""One line of the promises' table."""

import enum
from dataclasses import dataclass


class Reached(enum.StrEnum):
    """Whether gatepost keeps its promise."""

    YES = "yes"
    NO = "no"
    NOT_PROMISED = "-"  # measured to be seen beside a promise
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Row:
    """What was promised, what was measured, and how."""

    promise: str
    ours: str
    peer: str
    ratio: str
    reached: Reached
    how: str

    @property
    def is_missing(self) -> bool:
        """Say whether there is no figure."""
        return self.reached is Reached.NOT_MEASURED


class Unmeasurable(Exception):
    """Something that a measurement needs is not here; the text names it and the remedy."""


def judge(*, is_reached: bool) -> Reached:
    """Give the word for a promise that was measured."""
    return Reached.YES if is_reached else Reached.NO


def not_measured(promise: str, reason: str) -> Row:
    """Give the line of a promise that could not be measured."""
    return Row(promise, "", "", "", Reached.NOT_MEASURED, reason)
