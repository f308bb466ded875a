from datetime import UTC, datetime, timedelta

import pytest

from gatepost.feeds.files import FeedState
from gatepost.feeds.schedule import find_wait_s, measure_age_s
from gatepost.feeds.settings import FeedSettings

NOW = datetime(2030, 1, 1, tzinfo=UTC)
FEED = FeedSettings(url="https://a.example/", every_s=3600)


def tried(seconds_ago: float, failure_count: int = 0) -> FeedState:
    return FeedState(tried_at=(NOW - timedelta(seconds=seconds_ago)).isoformat(), failure_count=failure_count)


def test_a_list_never_fetched_is_fetched_now() -> None:
    assert find_wait_s(FEED, FeedState(), NOW) <= 0


def test_a_list_is_fetched_again_when_its_time_has_come() -> None:
    assert find_wait_s(FEED, tried(3000), NOW) == 600
    assert find_wait_s(FEED, tried(3600), NOW) <= 0


@pytest.mark.parametrize(
    ("failure_count", "wait_s"), [(1, 300), (2, 600), (3, 1200), (4, 2400), (5, 3600), (5000, 3600)]
)
def test_after_failures_it_is_tried_soon_then_ever_more_rarely(failure_count: int, wait_s: float) -> None:
    assert find_wait_s(FEED, tried(0, failure_count), NOW) == wait_s


def test_a_clock_that_was_set_back_does_not_stop_the_fetching() -> None:
    assert find_wait_s(FEED, tried(-86_400), NOW) <= 0


@pytest.mark.parametrize("moment", ["", "yesterday", "2030-01-01T00:00:00"])
def test_a_moment_that_is_none_has_no_age(moment: str) -> None:
    assert measure_age_s(moment, NOW) is None
