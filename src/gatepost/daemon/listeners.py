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
        raise _explain(listen, error) from error
    return opened


def require_free(listen: str) -> None:
    """Raise BadSettings when somebody listens on an address already.

    A second gate of the same user could share it without a word (SO_REUSEPORT), and each would get half the mail.
    """
    where = parse_listen(listen)
    try:
        _bind(where.host, where.port, socket.SO_REUSEADDR).close()
    except OSError as error:
        raise _explain(listen, error) from error


def _explain(listen: str, error: OSError) -> BadSettings:
    return BadSettings(f"[smtp] listen: {listen} cannot be listened on ({error.strerror or error})")


def _open_listener(host: str, port: int) -> socket.socket:
    listener = _bind(host, port, socket.SO_REUSEADDR, socket.SO_REUSEPORT)
    try:
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _bind(host: str, port: int, *options: int) -> socket.socket:
    family = socket.AF_INET6 if _is_ipv6(host) else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in options:
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6  # noqa: PLR2004 - the protocol's number
    except ValueError:
        return False
