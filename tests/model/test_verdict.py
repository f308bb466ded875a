from itertools import product

import pytest

from gatepost.model.verdict import Action, Decision, Screening, Verdict


def decide_each(*actions: Action) -> Verdict:
    return Verdict(Screening(), tuple(Decision(None, action, "rule", "Because.", "因为。") for action in actions))


@pytest.mark.parametrize(("one", "other"), list(product(Action, Action)))
def test_the_mildest_decision_answers_for_the_whole_mail(one: Action, other: Action) -> None:
    mildness = list(Action)
    assert decide_each(one, other).action is mildness[min(mildness.index(one), mildness.index(other))]


def test_a_mail_is_refused_only_when_all_refuse() -> None:
    assert decide_each(Action.REJECT, Action.REJECT).action is Action.REJECT
    assert decide_each(Action.REJECT, Action.QUARANTINE).action is Action.QUARANTINE
