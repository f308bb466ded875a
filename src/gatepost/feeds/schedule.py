"""When a list is fetched again, and how old what we have of it is."""

from datetime import datetime

from gatepost.feeds.files import FeedState
from gatepost.feeds.settings import FeedSettings

FIRST_RETRY_S = 300.0
MAX_DOUBLINGS = 12


def find_wait_s(feed: FeedSettings, state: FeedState, now: datetime) -> float:
    """Give the seconds until the next fetch; 0 or less means now.

    After a failure it is tried again soon, then ever more rarely, but never more rarely than when all is well.
    """
    age_s = measure_age_s(state.tried_at, now)
    if age_s is None or age_s < 0:  # never tried, or the clock was set back
        return 0.0
    retry_s = FIRST_RETRY_S * 2.0 ** min(state.failure_count - 1, MAX_DOUBLINGS)
    return (min(retry_s, feed.every_s) if state.failure_count else feed.every_s) - age_s


def measure_age_s(moment: str, now: datetime) -> float | None:
    """Give the seconds since a recorded moment, None where none is recorded."""
    try:
        return (now - datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return None
