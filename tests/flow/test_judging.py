"""What a judgement is built from, and how a verdict tells it."""

from importlib import metadata

import pytest

from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import Holding
from gatepost.model.errors import TryLater
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from judging_cases import arrive, build


def test_a_verdict_says_who_judged_and_by_which_settings() -> None:
    verdict = judge_at_once(arrive(), build())
    assert verdict.gatepost == metadata.version("gatepost")
    assert [name for name, _ in verdict.settings] == ["screen", "decide", "recipients.domains", "rules"]
    assert verdict.screening.model == (build().kit.classifier or pytest.fail("no model")).version
    other = judge_at_once(arrive(), build(ScreenSettings(deadline_s=9)))
    assert [name for name, digest in other.settings if digest != dict(verdict.settings)[name]] == ["screen"]


def test_which_rules_judged_is_told_beside_the_settings() -> None:
    assert dict(build().settings)["rules"] == build_kit(ScreenSettings()).rule_book.version


def test_what_was_held_is_given_back_whatever_happens() -> None:
    holding = Holding(10)
    for _ in range(3):
        with pytest.raises(KeyError), holding.hold(10):
            raise KeyError
    with holding.hold(4), holding.hold(6), pytest.raises(TryLater), holding.hold(1):
        pass
    with holding.hold(11), holding.hold(0):  # one mail alone may always
        pass
