"""IP networks: those that settings name, whether a client is in one, and which one a client is counted by."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
IPV6_PREFIX_BITS = 64


def is_inside(client_ip: str, networks: Iterable[Network]) -> bool:
    """Say whether an address is in one of the networks; "" (unknown) and what is no address are in none.

    >>> from ipaddress import ip_network
    >>> is_inside("::ffff:192.0.2.7", [ip_network("192.0.2.0/24")])
    True
    """
    try:
        address = ip_address(client_ip)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in networks)


def name_network(client_ip: str) -> str:
    """Give the network that a client is counted by: an IPv4 address or an IPv6 /64, which is what one customer gets.

    "" (nobody knows the client) stays "".

    >>> name_network("2001:db8::1")
    '2001:db8::/64'
    >>> name_network("192.0.2.1")
    '192.0.2.1'
    """
    if ":" not in client_ip:
        return client_ip
    return str(IPv6Network((int(IPv6Address(client_ip)), IPV6_PREFIX_BITS), strict=False))
