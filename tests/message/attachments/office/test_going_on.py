"""What breaks in one part is told, and the rest is seen."""

import pytest

from gatepost.message.attachments.desk import EXHAUSTED, UNSEEN, Insides, LimitReachedError
from gatepost.message.attachments.office.going_on import going_on
from gatepost.model.contents import Opening


@pytest.mark.parametrize(
    ("error", "opening"),
    [(ValueError(), Opening.BROKEN), (LimitReachedError(), Opening.LIMIT), (RecursionError(), Opening.LIMIT)],
)
def test_an_error_becomes_how_far_it_was_opened(error: Exception, opening: Opening) -> None:
    insides = Insides()
    with going_on(insides, "x"):
        raise error
    assert insides.opening is opening


@pytest.mark.parametrize(
    ("error", "trait"),
    [(LimitReachedError(), UNSEEN), (MemoryError(), EXHAUSTED), (ValueError(), "opening.broken")],
)
def test_what_stayed_unseen_is_told(error: Exception, trait: str) -> None:
    insides = Insides()
    with going_on(insides, "x"):
        raise error
    assert [each.code for each in insides.traits] == [trait]


def test_a_limit_is_not_forgotten_for_damage() -> None:
    insides = Insides(opening=Opening.LIMIT)
    with going_on(insides):
        raise ValueError
    assert (insides.opening, [trait.text for trait in insides.traits]) == (Opening.LIMIT, ["ValueError"])
