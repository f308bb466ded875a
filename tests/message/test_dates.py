from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.dates import parse_date

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 05 Jan 2026 09:03:01 +0800", datetime(2026, 1, 5, 9, 3, 1, tzinfo=CHINA)),
        ("5 Jan 2026 09:03 GMT", datetime(2026, 1, 5, 9, 3, tzinfo=UTC)),
        ("Mon, 5 Jan 2026 9:3:1 -0000", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("Mon, 5 Jan 2026 09:03:01", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("Mon, 5 Jan 2026 09:03:01 (EST) -0500", datetime(2026, 1, 5, 14, 3, 1, tzinfo=UTC)),
        ("Mon, 5 Jan 2026 09:03:01 EDT", datetime(2026, 1, 5, 13, 3, 1, tzinfo=UTC)),
        ("Mon, 5 Jan 2026 09:03:01 GMT+0800", datetime(2026, 1, 5, 1, 3, 1, tzinfo=UTC)),
        ("Mon, 5 January 26 09:03:01 XYZ", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("5-Jan-99 09:03:01 Z", datetime(1999, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("Mon, 05 Jan 0102 09:03:01 +0000", datetime(2002, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("Mon Jan  5 09:03:01 2026", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("Mon Jan  5 09:03:01 EST 2026", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
        ("January 5, 2026, 9:03 PM", datetime(2026, 1, 5, 21, 3, tzinfo=UTC)),
        ("5 Jan 2026 12:03 AM", datetime(2026, 1, 5, 0, 3, tzinfo=UTC)),
        ("2026-01-05T09:03:01.123+08:00", datetime(2026, 1, 5, 9, 3, 1, tzinfo=CHINA)),
        ("31 Dec 1998 23:59:60 +0000", datetime(1998, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("5 Jan 2026 09:03:01 +9999", datetime(2026, 1, 5, 9, 3, 1, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_mail_writes_them(text: str, moment: datetime) -> None:
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31 Feb 2026 09:00", "5 Foo 2026 09:00", "5 Jan 2026 25:00", "01-02-2024"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(alphabet="0123456789:+- JanMonGMT", max_size=50) | st.text(max_size=50))
def test_any_text_gives_an_aware_moment_or_none(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.utcoffset() is not None


@pytest.mark.parametrize("day", ["Tue, ", ""])
@pytest.mark.parametrize("zone", ["+0000", "-0330", "+1400", "+9999"])
def test_the_usual_form_is_read_as_the_same_date_in_an_unusual_one(day: str, zone: str) -> None:
    usual = f"{day}24 Nov 2026 23:59:60 {zone}"
    assert parse_date(usual) == parse_date(f"on {usual.replace(' 2026', '  2026')}")
    assert parse_date(usual) is not None


def test_a_usual_form_with_no_such_day_is_no_date() -> None:
    assert parse_date("Tue, 31 Nov 2026 10:00:00 +0000") is None
