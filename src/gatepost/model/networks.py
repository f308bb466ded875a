"""IP networks as settings name them, and whether a client is in one."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


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
