"""The porch of a door where TLS starts at once: takes connections, makes the handshake, then lets the session begin.

Standards: RFC 8314 §3 (implicit TLS).
Trust: a peer may be anybody until it has said something; limits hold from the first byte of the handshake on.
Why not create_server(ssl=...): that keeps one certificate for ever, counts no failures and knows no limits before
the handshake; and a plain transport of uvloop reads before a handshake could be started on it.
"""

import asyncio
import socket

from gatepost.gates.smtp_hall import SmtpDoor, SmtpHall
from gatepost.gates.smtp_session import SmtpSession
from gatepost.gates.sockets import normalise_ip

ACCEPT_PAUSE_S = 0.5  # when the process has no file descriptor left


class TlsPorch:
    """Accepts on one listening socket until it is closed."""

    def __init__(self, hall: SmtpHall, door: SmtpDoor, listener: socket.socket) -> None:
        self._hall = hall
        self._door = door
        self._listener = listener
        self._task = hall.parts.tasks.create_task(self._accept_forever())

    def close(self) -> None:
        """Take no more connections."""
        self._task.cancel()

    async def _accept_forever(self) -> None:
        loop = asyncio.get_running_loop()
        with self._listener:
            while True:
                try:
                    connection, address = await loop.sock_accept(self._listener)
                except OSError:
                    await asyncio.sleep(ACCEPT_PAUSE_S)
                    continue
                session = SmtpSession(self._hall, self._door)
                if session.enter(normalise_ip(address)) is None:
                    session.begin_encrypted(connection)
                else:
                    connection.close()
