from ipaddress import ip_network

import pytest

from gatepost.model.networks import is_inside, name_network

NETWORKS = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))


@pytest.mark.parametrize("client_ip", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.255"])
def test_a_client_of_the_network_is_inside(client_ip: str) -> None:
    assert is_inside(client_ip, NETWORKS)


@pytest.mark.parametrize("client_ip", ["192.0.3.1", "2001:db9::1", "::ffff:192.0.3.1", "", "mx.example"])
def test_everybody_else_is_not(client_ip: str) -> None:
    assert not is_inside(client_ip, NETWORKS)


@pytest.mark.parametrize(
    ("client_ip", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("", ""),
    ],
)
def test_a_client_is_counted_by_its_address_or_by_its_ipv6_64(client_ip: str, name: str) -> None:
    assert name_network(client_ip) == name
