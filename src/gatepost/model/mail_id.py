"""Names for mails, made once at acceptance: sortable, unique over processes and machines.

Standards: RFC 9562 §5.7 (UUID version 7): 48 bits of milliseconds, then a counter that keeps the names of one
process in order (§6.2 method 1), then random bits that keep processes and machines apart.
"""

import secrets
from datetime import datetime

ID_LENGTH = 32
_COUNTER_BITS = 12


class MailIds:
    """Makes names; one maker for each process."""

    def __init__(self) -> None:
        self._last_ms = 0
        self._counter = 0

    def make(self, at: datetime) -> str:
        """Give 32 lower-case hex digits that sort by time and never repeat."""
        ms = max(int(at.timestamp() * 1000), self._last_ms)
        self._counter = self._counter + 1 if ms == self._last_ms else secrets.randbits(_COUNTER_BITS - 1)
        if self._counter >= 1 << _COUNTER_BITS:
            ms, self._counter = ms + 1, 0
        self._last_ms = ms
        tail = secrets.randbits(62) | 0b10 << 62
        return f"{ms:012x}7{self._counter:03x}{tail:016x}"
