"""Hand-written doubles for the ports of gatepost.model.ports, and for nothing else."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gatepost.model.address import Address
from gatepost.model.envelope import Arrival
from gatepost.model.ports import Admission
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
    askers: list[str] = field(default_factory=list)
    door: asyncio.Event | None = None
    made_ids: int = 0

    async def admit_recipient(self, recipient: Address, client_ip: str) -> Admission:
        """Take what `admissions` says, else everybody at example.com."""
        self.askers.append(client_ip)
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
