"""The clock tells time that can be stored and compared."""

from datetime import timedelta

from gatepost.net.clock import SystemClock


def test_wall_time_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_monotonic_time_does_not_run_backwards() -> None:
    clock = SystemClock()
    assert clock.monotonic_s() <= clock.monotonic_s()
