"""What is shown of a score adds up exactly, line by line, to the probability beside the verdict."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from gatepost.cli.explain_text import DIGITS, Line, build_account, list_lines, sort_by_weight, tell_judges
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action, Contribution
from gatepost.scanner import Report
from gatepost.screen.account import Account, account_for
from gatepost.screen.score import MAX_SCORE, to_probability

NAMES = st.sampled_from(["words", "rest", "shape.links", "url_tricks.port", "a.b"])
ODDS = st.floats(-6, 6)
PARTS = st.lists(st.builds(Contribution, NAMES, ODDS, st.floats(0, 100)), max_size=15, unique_by=lambda one: one.name)


def exact(number: float) -> Decimal:
    return Decimal(f"{number:.{DIGITS}f}")


def account_of(*parts: Contribution, bias: float = -2.0) -> Account:
    account = account_for(bias, parts, ())
    assert account is not None
    return account


def report_of(*parts: Contribution, bias: float = -2.0) -> Report:
    report = Report(Action.FLAG, 0.9, "flag_at", "x", "x", (), UNPROVEN, (), 1.0)
    return replace(report, bias=bias, contributions=parts, model="m1", feeds=(("bad", "f" * 64),), gatepost="0.1")


@given(PARTS, ODDS.filter(bool))
def test_the_column_adds_up_exactly_to_each_total_and_to_the_score(parts: list[Contribution], bias: float) -> None:
    account = account_of(*parts, bias=bias)
    lines = list_lines(account)
    assert exact(lines[0].moved) == exact(lines[0].total) == exact(bias)
    for before, after in pairwise(lines):
        assert exact(before.total) + exact(after.moved) == exact(after.total)
    assert sum(exact(line.moved) for line in lines) == exact(account.log_odds)
    shown = to_probability(float(exact(account.log_odds)))
    assert abs(shown - account.probability) < 10.0**-DIGITS
    assert account.probability <= MAX_SCORE


def test_small_steps_and_the_models_own_rest_make_one_line() -> None:
    parts = (Contribution("words", 2.0, 30), Contribution("a.b", 0.01, 1), Contribution("rest", -0.5, 7))
    assert list_lines(account_of(*parts))[1:] == [
        Line("words", "the words of the subject and the text", "30", 2.0, 0.0),
        Line("", "the rest (8)", "", -0.49, -0.49),
    ]


def test_a_score_is_explained_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert list_lines(account_of(Contribution("words", 2.0, 30)))[1].says == "主题和正文的用语"


def test_a_mail_that_was_not_weighed_has_no_table() -> None:
    assert isinstance(build_account(report_of(bias=0.0)), Text)
    assert isinstance(build_account(report_of()), Table)


def test_it_is_told_by_what_the_mail_was_judged() -> None:
    assert tell_judges(report_of()).plain.strip() == "gatepost 0.1, model m1, list bad ffffffffffff"


def test_findings_are_put_by_what_they_moved_then_by_gravity() -> None:
    light, heavy, unweighed = (Finding(code, Severity.ODD, code, code) for code in ("a.light", "b.heavy", "c.none"))
    grave = Finding("d.grave", Severity.DANGER, "d", "d")
    account = account_of(Contribution("b.heavy", 2.0, 1), Contribution("a.light", 0.5, 1))
    assert sort_by_weight([unweighed, light, grave, heavy], account) == [heavy, light, grave, unweighed]
    assert sort_by_weight([light, grave], None) == [grave, light]
