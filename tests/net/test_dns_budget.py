"""What one mail may ask."""

import pytest

from doubles import FakeClock
from gatepost.model.errors import TryLater
from gatepost.net.dns_budget import DnsBudget


def test_each_question_may_take_what_is_left_of_the_time() -> None:
    clock = FakeClock()
    clock.advance(1000)
    budget = DnsBudget.open(10, 8, clock)
    assert budget.take_question() == 8
    clock.advance(3)
    assert budget.take_question() == 5
    clock.advance(5)
    with pytest.raises(TryLater, match="within 8 s"):
        budget.take_question()


def test_the_number_of_questions_is_limited() -> None:
    budget = DnsBudget.open(2, 8, FakeClock())
    budget.take_question()
    budget.take_question()
    with pytest.raises(TryLater, match="max_questions_for_mail"):
        budget.take_question()


def test_a_question_that_came_too_late_is_not_counted() -> None:
    clock = FakeClock()
    budget = DnsBudget.open(1, 8, clock)
    clock.advance(9)
    with pytest.raises(TryLater):
        budget.take_question()
    assert budget.questions == 1
