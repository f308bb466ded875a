import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doubles import FakeClock
from gatepost.model.mail_id import ID_LENGTH, MailIds

# Milliseconds between two mails; a clock may be set back.
STEPS_MS = st.lists(st.integers(-5_000, 5_000), min_size=1, max_size=50)


@given(STEPS_MS)
def test_names_of_one_maker_rise_even_when_the_clock_is_set_back(steps_ms: list[int]) -> None:
    ids, at = MailIds(), FakeClock().now()
    names = []
    for step_ms in steps_ms:
        at += timedelta(milliseconds=step_ms)
        names.append(ids.make(at))
    assert names == sorted(set(names))


def test_more_names_than_the_counter_holds_rise_within_one_millisecond() -> None:
    ids, at = MailIds(), FakeClock().now()
    names = [ids.make(at) for _ in range(10_000)]
    assert names == sorted(set(names))


def test_a_name_is_a_uuid_of_version_7_that_tells_its_moment() -> None:
    at = FakeClock().now()
    name = MailIds().make(at)
    assert len(name) == ID_LENGTH
    assert uuid.UUID(name).version == 7
    assert uuid.UUID(name).variant == uuid.RFC_4122
    assert uuid.UUID(name).int >> 80 == pytest.approx(at.timestamp() * 1000, abs=1)


def test_two_makers_do_not_make_the_same_name_at_the_same_moment() -> None:
    at = FakeClock().now()
    assert len({MailIds().make(at) for _ in range(1_000)}) == 1_000
