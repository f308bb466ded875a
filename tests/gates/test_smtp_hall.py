"""What the sessions of a gate share."""

import asyncio

from certificates import build_server_context
from doubles import FakeClock, FakeCounters, FakeReception
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp import build_peer_limits
from gatepost.gates.smtp_hall import SmtpHall, SmtpParts, build_profile
from gatepost.wire.smtp.replies import Reply


class Guest:
    deadline_s = 0.0

    def cut_off(self, reply: Reply) -> None: ...

    def wind_down(self) -> None: ...

    def abort(self) -> None: ...


def build_hall(settings: SmtpSettings, counters: FakeCounters) -> SmtpHall:
    clock = FakeClock()
    limits = build_peer_limits(settings, clock)
    parts = SmtpParts(FakeReception(), clock, counters, limits, lambda: None, asyncio.TaskGroup())
    return SmtpHall(parts, settings, "mx.example")


async def test_the_hall_is_empty_when_the_last_guest_has_left() -> None:
    counters = FakeCounters()
    hall = build_hall(SmtpSettings(max_connections=2), counters)
    guests = [Guest(), Guest()]
    for guest in guests:
        assert hall.find_reason_to_refuse() is None
        hall.enter(guest)
    assert not hall.is_empty.is_set()
    refusal = hall.find_reason_to_refuse()
    assert refusal is not None
    assert refusal.code == 421
    hall.leave(guests[0])
    assert not hall.is_empty.is_set()
    hall.leave(guests[1])
    assert hall.is_empty.is_set()
    assert counters.numbers["connections_open"] == 0


async def test_there_is_room_up_to_the_limit_only() -> None:
    hall = build_hall(SmtpSettings(), FakeCounters())
    limit_bytes = hall.settings.memory_bytes
    hall.hold(limit_bytes - 10)
    assert hall.has_room_for(10)
    assert not hall.has_room_for(11)
    hall.hold(-10)
    assert hall.has_room_for(20)


async def test_new_settings_hold_for_the_next_session() -> None:
    hall = build_hall(SmtpSettings(), FakeCounters())
    hall.use_settings(SmtpSettings(max_size_bytes=70_000))
    assert hall.choose_profile() == build_profile(hall.settings, "mx.example", tls_is_offered=False)
    assert hall.choose_profile().max_size_bytes == 70_000


async def test_starttls_is_offered_only_while_there_is_a_certificate() -> None:
    clock = FakeClock()
    settings = SmtpSettings()
    contexts = [None, build_server_context("mx.example"), None]
    limits = build_peer_limits(settings, clock)
    parts = SmtpParts(FakeReception(), clock, FakeCounters(), limits, contexts.pop, asyncio.TaskGroup())
    hall = SmtpHall(parts, settings, "mx.example")
    assert [hall.choose_profile().tls_is_offered for _ in range(3)] == [False, True, False]
