"""Which way each domain goes."""

from pathlib import Path

import pytest

from doubles import FakeClock, FakeUpstream
from gatepost.deliver.maildir import MaildirTransport
from gatepost.deliver.parcel import Delivered, Parcel
from gatepost.deliver.route import Router, build_router, parse_routes
from gatepost.deliver.settings import DeliverSettings, RouteSettings
from gatepost.deliver.smtp import SmtpTransport
from gatepost.model.address import Address, Domain
from gatepost.model.errors import BadSettings

OURS = frozenset({Domain.parse("example.org"), Domain.parse("example.net")})
UP = "smtp://127.0.0.1:2525"


def build(settings: DeliverSettings, server: FakeUpstream | None = None, clock: FakeClock | None = None) -> Router:
    return build_router(
        settings, server or FakeUpstream(), clock or FakeClock(), hostname="gate.example", own_domains=OURS
    )


def test_our_domains_go_the_default_way(tmp_path: Path) -> None:
    router = build(DeliverSettings(maildir=str(tmp_path)))
    found = router.transport_for(Domain.parse("example.org"))
    assert isinstance(found, MaildirTransport)
    assert router.transport_for(Domain.parse("example.net")) is found


def test_a_domain_with_a_route_goes_its_own_way(tmp_path: Path) -> None:
    routes = {"Example.NET": RouteSettings(upstream=UP), "other.example": RouteSettings(upstream=UP)}
    router = build(DeliverSettings(maildir=str(tmp_path), routes=routes))
    found = router.transport_for(Domain.parse("example.net"))
    assert isinstance(found, SmtpTransport)
    assert router.transport_for(Domain.parse("other.example")) is found
    assert isinstance(router.transport_for(Domain.parse("example.org")), MaildirTransport)


def test_without_a_smarthost_there_is_no_way_elsewhere() -> None:
    assert build(DeliverSettings(upstream=UP)).transport_for(Domain.parse("elsewhere.example")) is None


def test_with_a_smarthost_bounces_find_their_way() -> None:
    router = build(DeliverSettings(upstream=UP, smarthost=RouteSettings(upstream="smtps://relay.example")))
    assert isinstance(router.transport_for(Domain.parse("elsewhere.example")), SmtpTransport)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (DeliverSettings(), r"^\[deliver\] does not say where mail goes; set maildir or upstream"),
        (DeliverSettings(maildir="m", upstream=UP), r"^\[deliver\] has both maildir and upstream"),
        (DeliverSettings(upstream="mx"), r"^\[deliver\] upstream cannot be 'mx'"),
        (DeliverSettings(upstream=UP, routes={"a": RouteSettings()}), r'^\[deliver.routes."a"\] does not say'),
        (DeliverSettings(upstream=UP, routes={"a b": RouteSettings(upstream=UP)}), "is not named after a domain"),
        (DeliverSettings(upstream=UP, smarthost=RouteSettings()), r"^\[deliver.smarthost\] does not say"),
        (DeliverSettings(maildir="m", maildir_layout="x"), r"^\[deliver\] maildir_layout"),
    ],
)
def test_a_mistake_is_told_with_its_place(settings: DeliverSettings, says: str) -> None:
    with pytest.raises(BadSettings, match=says):
        parse_routes(settings)


def test_reading_the_routes_makes_no_folder(tmp_path: Path) -> None:
    parse_routes(DeliverSettings(maildir=str(tmp_path / "m")))
    assert not (tmp_path / "m").exists()


def test_a_maildir_that_cannot_be_made_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSettings, match="cannot be made"):
        build(DeliverSettings(maildir=str(tmp_path / "file" / "m")))


async def test_idle_connections_of_all_upstreams_are_closed() -> None:
    server, clock = FakeUpstream(), FakeClock()
    router = build(DeliverSettings(upstream=UP, keep_idle_s=30), server, clock)
    transport = router.transport_for(Domain.parse("example.org"))
    assert transport is not None
    (outcome,) = await transport.deliver(Parcel("0" * 32, None, (Address.parse("b@example.org"),), b"x\r\n"))
    assert isinstance(outcome, Delivered)
    clock.advance(31)
    await router.close_idle()
    assert server.connections[0].is_closed
    await router.close()
