"""The terminal asks the same model as the gate."""

import math

import pytest

from gatepost.cli.model_answers import explain_mail
from gatepost.model.errors import BadSettings

MAIL = b"From: Ann <ann@woodwork.example>\r\nSubject: claim your prize\r\n\r\nnow\r\n"


def test_the_explanation_adds_up_and_phrases_are_named() -> None:
    explanation, phrases = explain_mail(MAIL, "")
    assert math.isclose(
        explanation.log_odds, explanation.bias + math.fsum(one.log_odds for one in explanation.contributions)
    )
    assert "prize" in {phrase for phrase, _ in phrases}


def test_a_setting_without_model_is_refused() -> None:
    with pytest.raises(BadSettings, match="no model"):
        explain_mail(MAIL, "none")
