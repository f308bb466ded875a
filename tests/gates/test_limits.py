"""What one network may take, and that the table of networks stays bounded."""

import ipaddress

import pytest

from doubles import FakeClock
from gatepost.gates.limits import MAX_NETWORKS, REFUSALS_PER_MINUTE, PeerLimits, PeerRules

STRANGER = "192.0.2.1"


def build_limits(clock: FakeClock, *, connections: int = 100, per_minute: int = 100, commands: int = 100) -> PeerLimits:
    return PeerLimits(PeerRules(connections, per_minute, commands, (ipaddress.ip_network("127.0.0.0/8"),)), clock)


def test_connections_at_once_are_limited_and_come_free_again() -> None:
    peer = build_limits(FakeClock(), connections=2).find_peer(STRANGER)
    assert [peer.open_connection() for _ in range(3)] == [True, True, False]
    peer.close_connection()
    assert peer.open_connection()


def test_connections_a_minute_grow_back_with_time() -> None:
    clock = FakeClock()
    peer = build_limits(clock, per_minute=2).find_peer(STRANGER)
    assert [peer.open_connection() for _ in range(3)] == [True, True, False]
    clock.advance(29)
    assert not peer.open_connection()
    clock.advance(2)
    assert peer.open_connection()
    assert not peer.open_connection()


def test_a_long_rest_saves_up_no_more_than_one_minute() -> None:
    clock = FakeClock()
    peer = build_limits(clock, commands=10).find_peer(STRANGER)
    clock.advance(100_000)
    assert peer.spend_commands(10)
    assert not peer.spend_commands(1)


def test_refusals_that_are_written_down_are_limited_but_not_those_of_trusted_networks() -> None:
    limits = build_limits(FakeClock())
    stranger, trusted = limits.find_peer(STRANGER), limits.find_peer("127.0.0.1")
    assert sum(stranger.spend_refusal() for _ in range(REFUSALS_PER_MINUTE + 3)) == REFUSALS_PER_MINUTE
    assert all(trusted.spend_refusal() for _ in range(REFUSALS_PER_MINUTE + 3))


@pytest.mark.parametrize(
    ("one", "other", "are_one_network"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_64(one: str, other: str, are_one_network: bool) -> None:
    limits = build_limits(FakeClock())
    assert (limits.find_peer(one) is limits.find_peer(other)) is are_one_network


@pytest.mark.parametrize("client_ip", ["127.0.0.1", "127.9.9.9", ""])
def test_trusted_networks_and_local_sockets_are_not_limited(client_ip: str) -> None:
    peer = build_limits(FakeClock(), connections=1, per_minute=1, commands=1).find_peer(client_ip)
    assert all(peer.open_connection() and peer.spend_commands(100) for _ in range(5))


def test_the_table_is_bounded_and_keeps_who_is_connected() -> None:
    limits = build_limits(FakeClock(), connections=1)
    connected = limits.find_peer(STRANGER)
    connected.open_connection()
    for number in range(MAX_NETWORKS + 10):
        limits.find_peer(str(ipaddress.IPv4Address(0x0A000000 + number)))
    assert limits.find_peer(STRANGER) is connected
    assert limits.network_count <= MAX_NETWORKS


def test_the_table_is_bounded_even_when_all_are_connected() -> None:
    limits = build_limits(FakeClock())
    for number in range(MAX_NETWORKS + 10):
        limits.find_peer(str(ipaddress.IPv4Address(0x0A000000 + number))).open_connection()
    assert limits.network_count <= MAX_NETWORKS
