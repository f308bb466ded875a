"""Hand-written doubles for the ports of gatepost.model.ports, and for nothing else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


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
