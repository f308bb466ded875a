"""All seams to the world on one page: what the house asks of its surroundings, as protocols.

The real ones live in net/ and store/; the doubles of the tests in tests/doubles.py.
"""

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from gatepost.model.address import Address
from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.contents import Contents
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.facts import AntivirusAnswer
from gatepost.model.splice import Splice
from gatepost.model.verdict import Verdict

R = TypeVar("R")


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

    async def keep(
        self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...], cleaning: Cleaning = NO_CLEANING
    ) -> None:
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


class DnsStatus(enum.Enum):
    """What the DNS said about a name and a type."""

    FOUND = enum.auto()
    NO_DATA = enum.auto()  # the name exists, but has no such record
    NO_NAME = enum.auto()  # NXDOMAIN, or no name that could exist


@dataclass(frozen=True, slots=True)
class DnsAnswer(Generic[R]):
    """The records of one name and type; `is_authentic` only where DNSSEC proved them (RFC 4035 §3.2.3)."""

    records: tuple[R, ...]
    status: DnsStatus
    is_authentic: bool = False


class Resolver(Protocol):
    """Asks the DNS; answers are cached by the implementation. Every look-up raises TryLater when no server answers.

    Names are ASCII, without the final dot. A name that cannot exist is answered with NO_NAME.
    """

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none."""
        ...

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records, the strings of each joined (RFC 7208 §3.3)."""
        ...

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give IPv4 addresses."""
        ...

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give IPv6 addresses."""
        ...

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is (0, "")."""
        ...

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names that an address claims to have."""
        ...


class MailResolver(Resolver, Protocol):
    """The DNS for one mail."""

    @property
    def was_turned_away(self) -> bool:
        """Say whether a question was not asked because too many of ours wait already: that is no word of the DNS."""
        ...


class Resolvers(Protocol):
    """Opens the DNS for one mail."""

    def open_for_mail(self) -> MailResolver:
        """Give a resolver whose questions together end by one deadline and are limited in number.

        Past either it raises TryLater at once for what is not in the cache.
        """
        ...


class Admission(enum.Enum):
    """What becomes of one RCPT: the answer tells no more about mailboxes than it must."""

    ACCEPTED = enum.auto()
    NOT_OURS = enum.auto()  # 550 5.7.1: never an open relay
    UNKNOWN = enum.auto()  # 550 5.1.1
    TRY_LATER = enum.auto()  # 451 4.3.0: the one who knows does not answer

    __hash__ = object.__hash__  # members are single objects; Enum's own hash runs in Python


class Reception(Protocol):
    """The way in, as a gate sees it."""

    def find_admission(self, recipient: Address) -> Admission | None:
        """Say at once whether mail for this recipient is taken here; None when somebody must be asked first."""
        ...

    async def admit_recipient(self, recipient: Address) -> Admission:
        """Say whether mail for this recipient is taken here."""
        ...

    async def receive(self, arrival: Arrival) -> Verdict:
        """Judge and keep one mail; when this returns with DELIVER, FLAG, CLEAN or QUARANTINE, it is durable.

        Raises StorageTrouble when the disk did not take it (then the sender still holds the mail).
        """
        ...

    def note_refused(self, envelope: Envelope, verdict: Verdict) -> None:
        """Write down what was refused in the dialog, before it came whole; without a promise."""
        ...

    def make_mail_id(self) -> str:
        """Name the next mail."""
        ...


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """What to fetch by HTTP, and how much of it may come."""

    url: str
    max_bytes: int  # as it comes over the wire
    deadline_s: float  # for everything, redirects included
    headers: Mapping[str, str]
    secret_headers: Mapping[str, str]  # for the host of `url` alone, never for one that it redirects to
    allow_http: bool = False
    allow_private: bool = False  # the host of `url` may have an address that is not on the public internet


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered; the body went to the sink, as it came."""

    is_changed: bool  # False: the server said that it is as `headers` of the order know it (304)
    etag: str
    last_modified: str


class Fetcher(Protocol):
    """Fetches by HTTPS."""

    async def fetch(self, order: FetchOrder, sink: Callable[[bytes], object]) -> Fetched:
        """Give what came; raise TryLater when nothing whole came in time, TheirFault for an answer that is no file."""
        ...


class Counters(Protocol):
    """Numbers that only grow (and gauges), kept where the keeper's /metrics can read them."""

    def add(self, name: str, amount: int = 1) -> None:
        """Add to a counter named in gates/counters.py; a gauge goes down by a negative amount."""
        ...


@dataclass(frozen=True, slots=True)
class ContactRow:
    """What is written down under one number: a reader's mail as a whole, or that of one sender to one reader."""

    key: int = 0
    organisation: int | None = None  # the sender's, where it was proven
    first_day: int = 0  # since 1970, UTC
    delivered: int = 0  # as in model/facts.py Contact
    by_dkim: int = 0
    by_spf: int = 0
    by_seal: int = 0
    by_network: int = 0
    held: int = 0
    written: int = 0
    name: int | None = None  # reader and the name that the sender's last proven mail with a person's name showed


@dataclass(frozen=True, slots=True)
class ContactQuestion:
    """What is asked about one mail, all in one turn."""

    keys: tuple[int, ...]
    names: tuple[int, ...]
    sent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """What was found; a number that is not there is unknown."""

    rows: Mapping[int, ContactRow]
    named: Mapping[int, Sequence[ContactRow]]  # by name: a few senders that use it
    sent: frozenset[int]  # those that are there


class ContactBook(Protocol):
    """Who writes to whom, as the keeper has written it down."""

    def ask(self, question: ContactQuestion) -> ContactAnswer | None:
        """Answer at once, within a few milliseconds and without waiting for a lock; None when that cannot be."""
        ...


class Keep(enum.Enum):
    """Which files of an order come back with their bytes."""

    NOTHING = enum.auto()
    UNLOCKED = enum.auto()  # those that a password opened, or that were signed: no other scanner can look at them
    ALL = enum.auto()


class LongContent(Protocol):
    """Bytes that are made when they are asked for: too many to be held (message/large.py)."""

    def __len__(self) -> int:
        """Say how many there are."""
        ...

    def iterate(self) -> Iterator[bytes]:
        """Give them, a piece at a time."""
        ...

    def read(self, most_bytes: int | None = None) -> bytes:
        """Give them all, or the first ones."""
        ...


@dataclass(frozen=True, slots=True)
class FileToOpen:
    """A part of a mail, decoded, or to be decoded."""

    path: str
    name: str
    held: bytes | LongContent
    declared_type: str = ""

    @property
    def content(self) -> bytes:
        """Give all bytes; of a large file they are made anew each time."""
        return self.held if isinstance(self.held, bytes) else self.held.read()

    @property
    def size_bytes(self) -> int:
        """Say how many there are."""
        return len(self.held)

    def iterate(self) -> Iterator[bytes]:
        """Give the bytes, a large file's a piece at a time."""
        return iter((self.held,)) if isinstance(self.held, bytes) else self.held.iterate()

    def read_beginning(self, most_bytes: int) -> bytes:
        """Give the first bytes."""
        return self.held[:most_bytes] if isinstance(self.held, bytes) else self.held.read(most_bytes)


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """What is to be opened of one mail."""

    files: tuple[FileToOpen, ...]
    passwords: tuple[str, ...] = ()  # what the mail says near such words, and what people often take
    keep: Keep = Keep.NOTHING
    network: str = ""  # of the client (model/networks.py): what is shared is shared between these


class Opener(Protocol):
    """Opens files of hostile formats where they can do no harm."""

    def open(self, order: OpenOrder) -> Contents:
        """Open all; blocks the calling thread while it waits for its turn and until the opener's deadline.

        Never raises for what the files hold: how far each was opened is in the answer. Raises TryLater where it is
        the opener that cannot, and the mail may come again.
        """
        ...


class Antivirus(Protocol):
    """A program that knows malware by its signatures."""

    async def scan(self, content: bytes) -> AntivirusAnswer:
        """Ask about one mail or one file; ends within the antivirus's own deadline and never raises."""
        ...
