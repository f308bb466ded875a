"""The score is a probability, the same for the same codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.score import MAX_SCORE, score_codes

WEIGHTS = {"a.a": 3.0, "b.b": 0.5, "c.c": 60.0}


def test_nothing_found_is_unlikely_to_be_unwanted() -> None:
    assert score_codes([], WEIGHTS) < 0.2


def test_a_code_counts_once_however_often_it_is_found() -> None:
    assert score_codes(["a.a", "a.a"], WEIGHTS) == score_codes(["a.a"], WEIGHTS)


def test_evidence_is_never_certain() -> None:
    assert score_codes(["c.c"], WEIGHTS) == MAX_SCORE < 1


@pytest.mark.parametrize("code", ["unknown.x", "screen.check_failed"])
def test_a_code_without_weight_changes_nothing(code: str) -> None:
    assert score_codes(["a.a", code], WEIGHTS) == score_codes(["a.a"], WEIGHTS)


@given(st.lists(st.sampled_from(sorted(WEIGHTS))))
def test_the_order_of_the_findings_does_not_matter(codes: list[str]) -> None:
    assert score_codes(codes, WEIGHTS) == score_codes(reversed(codes), WEIGHTS)
    assert 0 < score_codes(codes, WEIGHTS) < 1
