"""Tables show what they are given, and nothing of a mail drives the terminal."""

import pytest

from gatepost.cli.model_tables import print_explanation
from gatepost.model.verdict import Contribution
from gatepost.screen.classifier.model import Explanation


def test_the_sum_is_shown_and_phrases_are_safe(capsys: pytest.CaptureFixture[str]) -> None:
    explanation = Explanation(-1.0, (Contribution("words", 1.0, 5.0),), 0.0)
    print_explanation(explanation, [("\x1b[31mred", 0.5)])
    shown = capsys.readouterr().out
    assert "0.500" in shown
    assert "\x1b" not in shown
    assert "\\x1b[31mred" in shown
