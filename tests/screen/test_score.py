"""The score is a probability, the same for the same codes, and what it is made of adds up to it."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.kit import build_kit
from gatepost.screen.run import load_checks, observe
from gatepost.screen.score import MAX_SCORE, Score, score_codes, to_probability, weigh
from gatepost.screen.settings import CheckSettings, ScreenSettings

WEIGHTS = {"a.a": 3.0, "b.b": 0.5, "c.c": 60.0}
PHISH = (
    b"From: PayPal Service <x7731@qwvbz-login.top>\r\nTo: ann@office.example.com\r\nSubject: Account limited\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Dear customer, we detected unusual activity. Verify your account within 24"
    b" hours or it will be suspended.</p><a href='http://qwvbz-login.top/verify'>https://www.paypal.com/login</a>"
)


def add_up(score: Score) -> float:
    return score.bias + math.fsum(part.log_odds for part in score.contributions)


def weigh_mail(raw: bytes, settings: ScreenSettings) -> Score:
    kit = build_kit(settings)
    case = Case(parse_message(raw), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())
    seen = observe(case, kit)
    return weigh(case, (*seen.findings, *seen.features), kit)


def test_nothing_found_is_unlikely_to_be_unwanted() -> None:
    assert score_codes([], WEIGHTS).probability < 0.2


def test_a_code_counts_once_however_often_it_is_found() -> None:
    assert score_codes(["a.a", "a.a"], WEIGHTS) == score_codes(["a.a"], WEIGHTS)


def test_evidence_is_never_certain() -> None:
    assert score_codes(["c.c"], WEIGHTS).probability == MAX_SCORE < 1


@pytest.mark.parametrize("code", ["unknown.x", "screen.check_failed"])
def test_a_code_without_weight_changes_nothing(code: str) -> None:
    assert score_codes(["a.a", code], WEIGHTS) == score_codes(["a.a"], WEIGHTS)


@given(st.lists(st.sampled_from(sorted(WEIGHTS))))
def test_the_order_of_the_findings_does_not_matter(codes: list[str]) -> None:
    score = score_codes(codes, WEIGHTS)
    assert score == score_codes(reversed(codes), WEIGHTS)
    assert 0 < score.probability < 1
    assert math.isclose(to_probability(add_up(score)), score.probability)


@pytest.mark.parametrize("model", ["", "none"])
def test_what_the_score_is_made_of_adds_up_to_it(model: str) -> None:
    score = weigh_mail(PHISH, ScreenSettings(model=model))
    assert math.isclose(to_probability(add_up(score)), score.probability)
    assert bool(score.model) == (model == "")


def test_the_model_tells_a_lure_from_a_note_among_colleagues() -> None:
    note = b"From: Ann <ann@woodwork.com>\r\nSubject: minutes\r\n\r\nAttached are the minutes of our meeting.\r\n"
    assert weigh_mail(PHISH, ScreenSettings()).probability > 0.95
    assert weigh_mail(note, ScreenSettings()).probability < 0.5


def test_a_factor_of_zero_silences_a_check() -> None:
    usual = weigh_mail(PHISH, ScreenSettings())
    checks = {part.name.partition(".")[0]: part.log_odds for part in usual.contributions}
    strongest = max(checks.keys() & load_checks().keys(), key=lambda name: abs(checks[name]))
    silenced = weigh_mail(PHISH, ScreenSettings(checks={strongest: CheckSettings(weight=0.0)}))
    assert all(part.log_odds == 0 for part in silenced.contributions if part.name.startswith(f"{strongest}."))
    assert (add_up(silenced) < add_up(usual)) == (checks[strongest] > 0)


def test_without_a_model_words_do_not_count() -> None:
    kit = replace(build_kit(ScreenSettings()), classifier=None)
    case = Case(
        parse_message(b"\r\nYou won a prize\r\n"), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset()
    )
    assert weigh(case, (), kit).contributions == ()
