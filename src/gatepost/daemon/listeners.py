"""Listening sockets: opened once by the supervisor, one for each worker, and inherited.

The kernel spreads connections over the sockets of one address (SO_REUSEPORT). The supervisor keeps every socket open,
so that a worker that dies or is replaced loses none of the connections that wait.
"""

import ipaddress
import socket

from gatepost.gates.settings import parse_listen
from gatepost.model.errors import BadSettings

BACKLOG = 1024


def open_listeners(listen: str, count: int) -> list[socket.socket]:
    """Open `count` sockets on one address; raise BadSettings with the reason when it cannot be had."""
    where = parse_listen(listen)
    host, port = where.host, where.port
    opened: list[socket.socket] = []
    try:
        for _ in range(count):
            opened.append(_open_listener(host, port))
            port = opened[0].getsockname()[1]  # port 0: all sockets share the one that the kernel chose
    except OSError as error:
        for each in opened:
            each.close()
        raise BadSettings(f"[smtp] listen: {listen} cannot be listened on ({error.strerror or error})") from error
    return opened


def _open_listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if _is_ipv6(host) else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004 - the protocol's number
    except ValueError:
        return False
