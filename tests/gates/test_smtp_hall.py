"""What the sessions of a gate share."""

import asyncio

from certificates import build_server_context
from doubles import FakeClock, FakeCounters, FakeReception
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp import build_peer_limits
from gatepost.gates.smtp_hall import SmtpHall, SmtpParts, build_profile
from gatepost.wire.smtp.profile import ServerProfile
from gatepost.wire.smtp.replies import Reply


class Somebody:
    """A guest who does nothing."""

    deadline_s = 0.0

    def cut_off(self, reply: Reply) -> bool:
        return reply.is_refusal

    def wind_down(self) -> None:
        pass

    def abort(self) -> None:
        pass


def build_hall(settings: SmtpSettings, counters: FakeCounters) -> SmtpHall:
    clock = FakeClock()
    limits = build_peer_limits(settings, clock)
    parts = SmtpParts(FakeReception(), clock, counters, limits, lambda: None, asyncio.TaskGroup())
    return SmtpHall(parts, settings, "mx.example")


async def test_the_hall_is_empty_when_the_last_guest_has_left() -> None:
    counters = FakeCounters()
    hall = build_hall(SmtpSettings(max_connections=2), counters)
    guests = [Somebody(), Somebody()]
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


def test_the_face_of_the_gate_is_what_the_settings_say() -> None:
    settings = SmtpSettings(max_size_bytes=70_000, max_recipients=101, max_mails=2, max_errors=3, max_commands=400)
    profile = build_profile(settings, "mx.example", tls_is_offered=True)
    assert profile == ServerProfile("mx.example", 70_000, 101, 2, 3, 400, tls_is_offered=True)


async def test_starttls_is_offered_only_while_there_is_a_certificate() -> None:
    clock = FakeClock()
    settings = SmtpSettings()
    contexts = [None, build_server_context("mx.example"), None]
    limits = build_peer_limits(settings, clock)
    parts = SmtpParts(FakeReception(), clock, FakeCounters(), limits, contexts.pop, asyncio.TaskGroup())
    hall = SmtpHall(parts, settings, "mx.example")
    assert [hall.choose_profile().tls_is_offered for _ in range(3)] == [False, True, False]
