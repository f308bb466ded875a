"""Hand-written doubles for the ports of gatepost.model.ports, and for nothing else."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gatepost.model.address import Address
from gatepost.model.contents import Contents, OpenedFile
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.errors import PeerGone, TryLater
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import (
    Admission,
    ContactAnswer,
    ContactQuestion,
    ContactRow,
    DnsAnswer,
    DnsStatus,
    Endpoint,
    OpenOrder,
)
from gatepost.model.verdict import Action, Decision, Screening, Verdict

ACCEPTING = Verdict(Screening(), (Decision(None, Action.DELIVER, "test", "Nothing odd was seen.", "未见异常。"),))


@dataclass
class FakeClock:
    """A clock that stands still until a test moves it."""

    at: datetime = field(default_factory=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        """Give the wall time."""
        return self.at

    def monotonic_s(self) -> float:
        """Give the seconds since this clock was made."""
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
        self.elapsed_s += seconds


@dataclass
class FakeReception:
    """Takes mail for example.com as a script in tests/dialogs expects; `receive` waits for `door`."""

    verdict: Verdict = ACCEPTING
    trouble: Exception | None = None
    admissions: dict[str, Admission] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    must_ask: bool = False
    door: asyncio.Event | None = None
    made_ids: int = 0
    refused: list[tuple[Envelope, Verdict]] = field(default_factory=list)

    def find_admission(self, recipient: Address) -> Admission | None:
        """Know nobody at once when `must_ask` says so."""
        return None if self.must_ask else self.judge_recipient(recipient)

    async def admit_recipient(self, recipient: Address) -> Admission:
        """Take what `admissions` says, else everybody at example.com."""
        await asyncio.sleep(0)
        return self.judge_recipient(recipient)

    def judge_recipient(self, recipient: Address) -> Admission:
        """Give what admit_recipient answers."""
        ours = recipient.domain.name in {"example.com", "mx.example"}
        return self.admissions.get(recipient.key, Admission.ACCEPTED if ours else Admission.NOT_OURS)

    async def receive(self, arrival: Arrival) -> Verdict:
        """Keep the mail in a list, or fail as told."""
        if self.door is not None:
            await self.door.wait()
        if self.trouble is not None:
            raise self.trouble
        self.arrivals.append(arrival)
        return self.verdict

    def note_refused(self, envelope: Envelope, verdict: Verdict) -> None:
        """Keep it in a list."""
        self.refused.append((envelope, verdict))

    def make_mail_id(self) -> str:
        """Count the mails."""
        self.made_ids += 1
        return f"mail{self.made_ids}"


@dataclass
class FakeCounters:
    """Numbers in a dictionary."""

    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, amount: int = 1) -> None:
        """Add to a number."""
        self.numbers[name] += amount


@dataclass
class FakeContactBook:
    """A book of contacts in memory; `is_closed` lets it answer nothing."""

    rows: dict[int, ContactRow] = field(default_factory=dict)
    named: dict[int, list[ContactRow]] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    is_closed: bool = False
    asked: list[ContactQuestion] = field(default_factory=list)

    def ask(self, question: ContactQuestion) -> ContactAnswer | None:
        """Give what a test has put in."""
        self.asked.append(question)
        if self.is_closed:
            return None
        return ContactAnswer(
            {key: self.rows[key] for key in question.keys if key in self.rows},
            {name: self.named[name] for name in question.names if name in self.named},
            frozenset(question.sent) & self.sent,
        )


@dataclass
class FakeUpstream:
    """A Dialer that leads to an SMTP or LMTP server in memory, which answers and fails as a test tells it.

    `replies` gives the answer to commands that begin with a text; the content is asked about as "content", the
    connection as "connect". An answer "drop" closes the connection, "hang" says nothing from then on.
    """

    hello: tuple[str, ...] = ("mx.example", "PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000")
    replies: dict[str, str] = field(default_factory=dict)
    answers_each_recipient: bool = False  # LMTP
    trouble: str = ""  # connecting fails with this sentence
    tls_trouble: str = ""
    connections: list["FakeUpstreamStream"] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)  # set with every whole mail
    last_words: str = ""  # said while a mail is on its way, before the server closes

    async def connect(self, endpoint: Endpoint, *, timeout_s: float) -> "FakeUpstreamStream":  # noqa: ARG002 - the port
        """Open one more connection."""
        if self.trouble:
            raise PeerGone(f"{endpoint} {self.trouble}")
        stream = FakeUpstreamStream(self)
        self.connections.append(stream)
        return stream

    @property
    def commands(self) -> list[str]:
        """Give everything said on all connections, in their order."""
        return [command for connection in self.connections for command in connection.commands]


class FakeUpstreamStream:
    """One connection to a FakeUpstream."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self.commands: list[str] = []
        self.tls_name: str | None = None
        self.is_closed = False
        self._upstream = upstream
        self._received = bytearray()
        self._unread = bytearray()
        self._takes_content = False
        self._hangs = False
        self._accepted = 0
        self._came = asyncio.Event()
        self.answer("connect", "220 mx.example")

    async def read(self) -> bytes:
        """Give what the server said."""
        while not self._unread:
            if self.is_closed:
                raise PeerGone("the server closed the connection")
            self._came.clear()
            await self._came.wait()
        data = bytes(self._unread)
        self._unread.clear()
        return data

    async def write(self, data: bytes) -> None:
        """Let the server hear it."""
        if self.is_closed:
            raise PeerGone("the server closed the connection")
        self._received += data
        if self._takes_content and self._upstream.last_words:
            self.answer("content", self._upstream.last_words)
            self.is_closed = True
            raise PeerGone("the server closed the connection")
        while not self.is_closed and self._take_one():
            pass

    async def start_tls(self, server_name: str) -> str:
        """Note the name that the certificate must carry."""
        if self._upstream.tls_trouble:
            raise PeerGone(self._upstream.tls_trouble)
        self.tls_name = server_name
        return "TLSv1.3"

    async def close(self) -> None:
        """Note it."""
        self.is_closed = True
        self._came.set()

    def answer(self, command: str, usual: str) -> bool:
        """Say the usual or what the test wants instead; say whether it was a yes."""
        wanted = next((said for begin, said in self._upstream.replies.items() if command.startswith(begin)), usual)
        if wanted == "drop":
            self.is_closed = True
        self._hangs = self._hangs or wanted == "hang"
        if not (self._hangs or self.is_closed):
            self._unread += f"{wanted}\r\n".encode()
        self._came.set()
        return wanted.startswith(("2", "3"))

    def _take_one(self) -> bool:
        end, length = (b"\r\n.\r\n", 5) if self._takes_content else (b"\r\n", 2)
        is_empty_mail = self._takes_content and self._received.startswith(b".\r\n")
        place = -2 if is_empty_mail else self._received.find(end)
        if place == -1:
            return False
        taken = bytes(self._received[: place + length])
        del self._received[: place + length]
        (self._take_content if self._takes_content else self._take_command)(taken)
        return True

    def _take_content(self, content: bytes) -> None:
        self._takes_content = False
        self._upstream.contents.append(content)
        self._upstream.came.set()
        for _ in range(self._accepted if self._upstream.answers_each_recipient else 1):
            self.answer("content", "250 2.0.0 queued")

    def _take_command(self, line: bytes) -> None:
        command = line.decode().strip()
        self.commands.append(command)
        verb = command.partition(" ")[0].upper()
        if verb in {"EHLO", "LHLO"}:
            hello = self._upstream.hello
            self.answer(command, "\r\n".join([*(f"250-{word}" for word in hello[:-1]), f"250 {hello[-1]}"]))
        elif verb == "DATA":
            self._takes_content = self.answer(command, "354 go" if self._accepted else "503 nobody")
        elif verb == "STARTTLS":
            self.answer(command, "220 go")
        else:
            is_taken = self.answer(command, "250 ok")
            self._accepted = self._accepted + is_taken if verb == "RCPT" else 0


TIMEOUT: Sequence[Any] = ("no server answers",)


@dataclass
class FakeResolver:
    """A DNS of its own: (name, type) -> records; a record list of TIMEOUT raises, a missing name is NXDOMAIN.

    Types are "A", "AAAA", "MX" (pairs), "TXT" (bytes), "PTR" (keyed by the address).
    """

    records: dict[tuple[str, str], Sequence[Any]] = field(default_factory=dict)
    fails: bool = False  # for every question
    is_authentic: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    was_turned_away: bool = False

    def open_for_mail(self) -> "FakeResolver":
        """Serve every mail alike, without a limit."""
        return self

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give both families."""
        return [*self._look_up(host, "AAAA").records, *self._look_up(host, "A").records]

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records."""
        return self._look_up(name, "TXT")

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give A records."""
        return self._look_up(name, "A")

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give AAAA records."""
        return self._look_up(name, "AAAA")

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give MX records."""
        return self._look_up(name, "MX")

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names of an address."""
        return self._look_up(ip, "PTR")

    def _look_up(self, name: str, kind: str) -> DnsAnswer[Any]:
        name = name.lower().removesuffix(".")
        self.asked.append((name, kind))
        found = self.records.get((name, kind))
        if self.fails or found is TIMEOUT:
            raise TryLater("the name servers do not answer")
        if found:
            return DnsAnswer(tuple(found), DnsStatus.FOUND, self.is_authentic)
        is_known = any(known == name or known.endswith(f".{name}") for known, _ in self.records)
        return DnsAnswer((), DnsStatus.NO_DATA if is_known else DnsStatus.NO_NAME, self.is_authentic)


class FakeOpener:
    """Opens nothing: every file of an order comes back as a leaf of a kind that the test names."""

    def __init__(self, *files: OpenedFile) -> None:
        self.orders: list[OpenOrder] = []
        self._files = files

    def open(self, order: OpenOrder) -> Contents:
        """Remember the order, and give what the test prepared."""
        self.orders.append(order)
        return Contents(self._files)


@dataclass
class FakeAntivirus:
    """Finds the bytes that a test names, each a signature; while `is_down` it answers nothing."""

    signatures: dict[bytes, str] = field(default_factory=dict)
    is_down: bool = False
    asked: list[bytes] = field(default_factory=list)

    async def scan(self, content: bytes) -> AntivirusAnswer:
        """Look for the signatures."""
        self.asked.append(content)
        await asyncio.sleep(0)
        if self.is_down:
            return AntivirusAnswer(Scanned.UNANSWERED)
        found = next((name for known, name in self.signatures.items() if known in content), "")
        return AntivirusAnswer(Scanned.FOUND if found else Scanned.CLEAN, found)
