"""What gates ask of sockets and transports.

Trust: addresses come from the kernel.
"""

import array
import asyncio
import fcntl
import termios

_MAPPED_IPV4 = "::ffff:"


def normalise_ip(peer: object) -> str:
    """Give a peer's address as limits and logs name it: IPv4 inside IPv6 as IPv4, no scope; "" for a Unix socket.

    >>> normalise_ip(("::ffff:192.0.2.1", 25, 0, 0))
    '192.0.2.1'
    """
    if not isinstance(peer, tuple):
        return ""
    address = str(peer[0]).partition("%")[0]
    return address[len(_MAPPED_IPV4) :] if address.startswith(_MAPPED_IPV4) and "." in address else address


def count_waiting_bytes(transport: asyncio.BaseTransport) -> int:
    """Ask the kernel how much the peer has sent that nobody has read; 0 when it cannot tell."""
    waiting = array.array("i", [0])
    try:
        fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.FIONREAD, waiting)
    except OSError:
        return 0
    return waiting[0]


class _NoTransport(asyncio.Transport):
    """Stands in until there is a connection."""

    def is_closing(self) -> bool:
        """Nothing can be sent."""
        return True

    def abort(self) -> None:
        """Nothing is there to end."""


NO_TRANSPORT: asyncio.Transport = _NoTransport()
