"""All seams to the world on one page: what the house asks of its surroundings, as protocols.

The real ones live in net/ and store/; the doubles of the tests in tests/doubles.py.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival
from gatepost.model.splice import Splice
from gatepost.model.verdict import Verdict


class Clock(Protocol):
    """Time: wall for records, monotonic for intervals."""

    def now(self) -> datetime:
        """Give the wall time, aware, UTC."""
        ...

    def monotonic_s(self) -> float:
        """Give seconds from an arbitrary start that never runs backwards."""
        ...


class Vault(Protocol):
    """Where accepted mail is kept; `keep` returns when the mail is durable (RFC 5321 §6.1)."""

    async def keep(self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...]) -> None:
        """Make one mail durable; raise StorageTrouble when the disk does not take it."""
        ...

    def note_refused(self, arrival: Arrival, verdict: Verdict) -> None:
        """Record the verdict on a mail that is not accepted; without a promise of durability."""
        ...


UNVERIFIED = ""


class Stream(Protocol):
    """A connected byte stream to a peer; every method raises PeerGone when the peer or the deadline ends it."""

    async def read(self) -> bytes:
        """Give the next bytes, at least one; raise PeerGone at end of stream."""
        ...

    async def write(self, data: bytes) -> None:
        """Send all of `data` (waits while the peer does not read)."""
        ...

    async def start_tls(self, server_name: str) -> str:
        """Encrypt the stream, verify the certificate for `server_name`, give the TLS version.

        With UNVERIFIED for a name the peer may show any certificate (RFC 7435).
        """
        ...

    async def close(self) -> None:
        """Close the stream; never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect: `host` and `port`, or the path of a Unix socket (then `host` is "")."""

    host: str
    port: int
    unix_path: str = ""

    def __str__(self) -> str:
        return self.unix_path or f"{self.host}:{self.port}"


class Dialer(Protocol):
    """Opens streams to other hosts."""

    async def connect(self, endpoint: Endpoint, *, timeout_s: float) -> Stream:
        """Connect within `timeout_s`; raise PeerGone with the reason when that fails."""
        ...


class Resolver(Protocol):
    """Asks the DNS; answers are cached by the implementation."""

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none; raise TryLater on failure."""
        ...

    async def lookup_mx(self, domain: Domain) -> Sequence[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is [(0, "")]; raise TryLater on failure."""
        ...


class Admission(enum.Enum):
    """What becomes of one RCPT: the answer tells no more about mailboxes than it must."""

    ACCEPTED = enum.auto()
    NOT_OURS = enum.auto()  # 550 5.7.1: never an open relay
    UNKNOWN = enum.auto()  # 550 5.1.1
    TRY_LATER = enum.auto()  # 451 4.3.0: the one who knows does not answer


class Reception(Protocol):
    """The way in, as a gate sees it."""

    def find_admission(self, recipient: Address) -> Admission | None:
        """Say at once whether mail for this recipient is taken here; None when somebody must be asked first."""
        ...

    async def admit_recipient(self, recipient: Address) -> Admission:
        """Say whether mail for this recipient is taken here."""
        ...

    async def receive(self, arrival: Arrival) -> Verdict:
        """Judge and keep one mail; when this returns with DELIVER, FLAG or QUARANTINE, the mail is durable.

        Raises StorageTrouble when the disk did not take it (then the sender still holds the mail).
        """
        ...

    def make_mail_id(self) -> str:
        """Name the next mail."""
        ...


class Counters(Protocol):
    """Numbers that only grow (and gauges), kept where the keeper's /metrics can read them."""

    def add(self, name: str, amount: int = 1) -> None:
        """Add to a counter named in gates/counters.py; a gauge goes down by a negative amount."""
        ...
