"""A mail, its arrival, and a judgement with the default settings, for the tests of the stretch that judges."""

from dataclasses import replace
from datetime import UTC, datetime

from doubles import FakeClock, FakeResolver
from gatepost.decide.settings import DecideSettings
from gatepost.flow.judging import Judging, build_judging
from gatepost.flow.prove import build_proving
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival, Envelope
from gatepost.origin.settings import OriginSettings
from gatepost.screen.settings import ScreenSettings

RAW = (
    b"From: Ann <ann@woodwork.example>\r\nTo: bo@mill-street.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\n"
    b"Message-ID: <1@woodwork.example>\r\nSubject: Oak\r\n\r\nBeech, please.\r\n"
)


def arrive(raw: bytes = RAW) -> Arrival:
    envelope = Envelope(None, (Address.parse("bo@mill-street.example"),), "", "", protocol="SMTP")
    return Arrival("1", datetime(2026, 1, 2, tzinfo=UTC), envelope, raw)


def build(settings: ScreenSettings | None = None) -> Judging:
    return build_judging(settings or ScreenSettings(), DecideSettings(), frozenset(), FakeClock())


def with_dns(judging: Judging, resolver: FakeResolver) -> Judging:
    return replace(judging, proving=build_proving(OriginSettings(), (), resolver, Domain("mx.example.org")))
