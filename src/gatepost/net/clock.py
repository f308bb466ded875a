"""The clock of this machine."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Gives wall time in UTC for records and monotonic time for intervals."""

    def now(self) -> datetime:
        """Give the wall time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Give seconds from an arbitrary start that never runs backwards."""
        return time.monotonic()
