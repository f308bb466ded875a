"""The SMTP gate of one worker: listeners, the sweep that ends slow sessions, the graceful end.

Standards: RFC 5321 §3.8 (421 at shutdown).
"""

import asyncio
import socket
from dataclasses import dataclass

from gatepost.gates import smtp_replies
from gatepost.gates.limits import PeerLimits, PeerRules
from gatepost.gates.settings import SmtpSettings, parse_network
from gatepost.gates.smtp_hall import SmtpDoor, SmtpHall, SmtpParts
from gatepost.gates.smtp_porch import TlsPorch
from gatepost.gates.smtp_session import SmtpSession
from gatepost.model.ports import Clock

__all__ = ["SmtpDoor", "SmtpGate", "SmtpParts", "SmtpStats", "build_peer_limits"]

SWEEP_INTERVAL_S = 1.0
BACKLOG = 4096  # connections that the kernel completes before we take them

_CLOSING_GRACE_S = 1.0  # for the farewells of sessions that were cut off


@dataclass(frozen=True, slots=True)
class SmtpStats:
    """The gate at this moment."""

    open_sessions: int
    held_bytes: int


class SmtpGate:
    """Takes mail by SMTP on sockets that listen already."""

    def __init__(self, parts: SmtpParts, settings: SmtpSettings, host_name: str) -> None:
        self._hall = SmtpHall(parts, settings, host_name)
        self._listeners: list[asyncio.AbstractServer | TlsPorch] = []
        self._sweep_timer: asyncio.TimerHandle | None = None

    async def open(self, door: SmtpDoor, sock: socket.socket) -> None:
        """Take connections from a listening socket; it is closed with the gate."""
        loop = asyncio.get_running_loop()
        sock.setblocking(False)
        if door.starts_with_tls:
            self._listeners.append(TlsPorch(self._hall, door, sock))
        else:
            self._listeners.append(
                await loop.create_server(lambda: SmtpSession(self._hall, door), sock=sock, backlog=BACKLOG)
            )
        if self._sweep_timer is None:
            self._sweep_timer = loop.call_later(SWEEP_INTERVAL_S, self._sweep_again)

    async def retire(self, patience_s: float) -> None:
        """Take no more connections and return when the open sessions have ended by themselves, or after a while."""
        for listener in self._listeners:
            listener.close()
        await self._wait_until_empty(patience_s)

    async def stop(self, grace_s: float) -> None:
        """Take no more; idle sessions get 421 at once, the others when their mail is done, all after `grace_s`."""
        self._hall.is_closing = True
        for listener in self._listeners:
            listener.close()
        for guest in tuple(self._hall.guests):
            guest.wind_down()
        if not await self._wait_until_empty(grace_s):
            for guest in tuple(self._hall.guests):
                guest.cut_off(smtp_replies.SHUTTING_DOWN)
            await self._wait_until_empty(_CLOSING_GRACE_S)
        for guest in tuple(self._hall.guests):
            guest.abort()
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()

    @property
    def stats(self) -> SmtpStats:
        """Give the gate's numbers."""
        return SmtpStats(len(self._hall.guests), self._hall.held_bytes)

    def sweep(self) -> None:
        """End the sessions whose deadline has passed."""
        now_s = self._hall.parts.clock.monotonic_s()
        for guest in [guest for guest in self._hall.guests if guest.deadline_s <= now_s]:
            if guest.cut_off(smtp_replies.TOO_SLOW):
                self._hall.parts.counters.add("sessions_timed_out_total")

    def _sweep_again(self) -> None:
        self._sweep_timer = asyncio.get_running_loop().call_later(SWEEP_INTERVAL_S, self._sweep_again)
        self.sweep()

    async def _wait_until_empty(self, timeout_s: float) -> bool:
        try:
            async with asyncio.timeout(timeout_s):
                await self._hall.is_empty.wait()
        except TimeoutError:
            return False
        return True


def build_peer_limits(settings: SmtpSettings, clock: Clock) -> PeerLimits:
    """Make the accounts of peers that the settings ask for."""
    rules = PeerRules(
        max_connections=settings.peer_connections,
        connections_per_minute=settings.peer_connections_per_minute,
        commands_per_minute=settings.peer_commands_per_minute,
        trusted=tuple(parse_network(text) for text in settings.trusted_networks),
    )
    return PeerLimits(rules, clock)
