"""When the next attempt is due, and when there is none."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gatepost.deliver.retry import JITTER_FRACTION, next_attempt_at
from gatepost.deliver.settings import DeliverSettings

FIRST_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SETTINGS = DeliverSettings(retry_after_s=(60, 300), expire_after_s=3600)


def wait_s(attempt: int, now_s: float) -> float | None:
    now = FIRST_AT + timedelta(seconds=now_s)
    at = next_attempt_at(attempt, FIRST_AT, now, SETTINGS)
    return None if at is None else (at - now).total_seconds()


@given(st.integers(1, 100))
def test_the_wait_is_what_the_settings_say_and_a_little_more(attempt: int) -> None:
    expected = 60 if attempt == 1 else 300
    assert expected <= (wait_s(attempt, 0) or 0) <= expected * (1 + JITTER_FRACTION)


def test_the_last_attempt_falls_on_the_moment_of_expiry() -> None:
    assert wait_s(9, 3500) == 100
    assert wait_s(10, 3600) is None


def test_the_same_question_has_the_same_answer() -> None:
    assert wait_s(3, 10) == wait_s(3, 10)


def test_mails_that_failed_together_are_not_tried_together() -> None:
    moments = {
        next_attempt_at(1, FIRST_AT + timedelta(milliseconds=number), FIRST_AT, SETTINGS) for number in range(20)
    }
    assert len(moments) > 15


def test_a_clock_that_went_back_does_not_expire_mail() -> None:
    assert wait_s(1, -100_000) is not None
