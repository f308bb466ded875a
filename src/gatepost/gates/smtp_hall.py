"""What all sessions of one SMTP gate share: the house's parts, the settings, the register, the memory in use."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gatepost.gates import smtp_replies
from gatepost.gates.limits import PeerLimits
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp_refusals import Refusals
from gatepost.model.ports import Clock, Counters, Reception
from gatepost.wire.smtp.profile import ServerProfile
from gatepost.wire.smtp.replies import Reply


@dataclass(frozen=True, slots=True)
class SmtpDoor:
    """One listener: its name as the settings write it, and whether TLS starts at once."""

    name: str
    starts_with_tls: bool = False


@dataclass(frozen=True, slots=True)
class SmtpParts:
    """What a gate needs of the house.

    `get_tls` gives the context for the next handshake, None while there is no certificate. Tasks that wait for an
    answer of `reception` run in `tasks`.
    """

    reception: Reception
    clock: Clock
    counters: Counters
    limits: PeerLimits
    get_tls: Callable[[], ssl.SSLContext | None]
    tasks: asyncio.TaskGroup


class Guest(Protocol):
    """A session, as the register sees it."""

    deadline_s: float  # on the monotonic clock

    def cut_off(self, reply: Reply) -> bool:
        """End with a last reply, whatever is going on; False when it was ending already."""
        ...

    def wind_down(self) -> None:
        """End now, or after the mail at hand."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class SmtpHall:
    """One for each gate and worker."""

    def __init__(self, parts: SmtpParts, settings: SmtpSettings, host_name: str) -> None:
        self.parts = parts
        self.guests: set[Guest] = set()
        self.is_empty = asyncio.Event()
        self.is_empty.set()
        self.is_closing = False
        self.held_bytes = 0  # of mails on their way in
        self.settings = settings
        self.refusals = Refusals(parts.reception, parts.clock, parts.counters)
        self._profile = build_profile(settings, host_name, tls_is_offered=False)
        self._profile_with_tls = build_profile(settings, host_name, tls_is_offered=True)

    def choose_profile(self) -> ServerProfile:
        """Give the face for a new session: STARTTLS is offered only while there is a certificate."""
        return self._profile if self.parts.get_tls() is None else self._profile_with_tls

    def find_reason_to_refuse(self) -> Reply | None:
        """Say why no new session can begin now, whoever it is from."""
        if self.is_closing:
            return smtp_replies.SHUTTING_DOWN
        return smtp_replies.TOO_BUSY if len(self.guests) >= self.settings.max_connections else None

    def enter(self, guest: Guest) -> None:
        """Count a session in."""
        self.guests.add(guest)
        self.is_empty.clear()
        self.parts.counters.add("connections_open")

    def leave(self, guest: Guest) -> None:
        """Count a session out."""
        self.guests.discard(guest)
        self.parts.counters.add("connections_open", -1)
        if not self.guests:
            self.is_empty.set()

    def hold(self, change_bytes: int) -> None:
        """Count the memory of mails on their way in."""
        self.held_bytes += change_bytes
        self.parts.counters.add("held_bytes", change_bytes)

    def has_room_for(self, size_bytes: int) -> bool:
        """Say whether so many bytes more fit into the memory for mails on their way in."""
        return self.held_bytes + size_bytes <= self.settings.memory_bytes


def build_profile(settings: SmtpSettings, host_name: str, *, tls_is_offered: bool) -> ServerProfile:
    """Make the face that the machine shows."""
    return ServerProfile(
        host_name=host_name,
        max_size_bytes=settings.max_size_bytes,
        max_recipients=settings.max_recipients,
        max_mails=settings.max_mails,
        max_errors=settings.max_errors,
        max_commands=settings.max_commands,
        tls_is_offered=tls_is_offered,
    )
