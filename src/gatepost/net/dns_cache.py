"""Remembers what the DNS said, for as long as it allows and no longer than is wise.

Standards: RFC 1035 §3.2.1 (TTL), RFC 2181 §8, RFC 2308 §5 (absent names and types), RFC 9520 §3.2 (failures).
Trust: names, answers and their TTL are strangers'. The answer used longest ago gives way to a new one, and a large one
counts as several: to push out an answer that mails ask for all the time, a stranger must fill the whole cache between
two of them, and then only the local name server is asked once more.
Fails: never. May be used by several threads.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from gatepost.model.ports import Clock, DnsAnswer, DnsStatus

MIN_KEPT_S = 5.0  # even with TTL 0: one mail hears one answer
MAX_KEPT_S = 86_400.0
MAX_ABSENCE_KEPT_S = 10_800.0  # RFC 2308 §5: one to three hours work well, more than a day does not
FAILURE_KEPT_S = 10.0  # RFC 9520 §3.2: at least one second, at most five minutes
UNIT_BYTES = 512  # what one of [dns] cached_answers may fill

Key = tuple[str, str]  # name in lower case (for PTR the address), type


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer: what may be said about it, what only the log is told, and whether nothing came back at all."""

    public: str
    detail: str = ""
    is_silence: bool = False


Told = DnsAnswer[Any] | Failure


@dataclass(frozen=True, slots=True)
class Reply:
    """What the name servers said, how long it holds and how much room it takes."""

    told: Told
    ttl_s: float
    size_bytes: int = 0

    @property
    def kept_s(self) -> float:
        """Give the seconds for which it is remembered."""
        if isinstance(self.told, Failure):
            return FAILURE_KEPT_S
        longest_s = MAX_KEPT_S if self.told.status is DnsStatus.FOUND else MAX_ABSENCE_KEPT_S
        return min(max(self.ttl_s, MIN_KEPT_S), longest_s)


@dataclass(frozen=True, slots=True)
class _Kept:
    told: Told
    until_s: float
    units: int


class DnsCache:
    """Holds at most so many units of answers; each takes one unit and one more for each 512 bytes."""

    def __init__(self, max_units: int, clock: Clock) -> None:
        self._max_units = max_units
        self._clock = clock
        self._units = 0
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Told | None:
        """Give what is remembered and still holds."""
        kept = self._kept.get(key)
        if kept is None or kept.until_s <= self._clock.monotonic_s():
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        return kept.told

    def keep(self, key: Key, reply: Reply) -> None:
        """Remember a reply; what was used longest ago makes room."""
        units = 1 + (len(key[0]) + reply.size_bytes) // UNIT_BYTES
        kept = _Kept(reply.told, self._clock.monotonic_s() + reply.kept_s, units)
        with self._lock:
            self._forget(key)
            self._kept[key] = kept
            self._units += units
            while self._units > self._max_units:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        self._units -= kept.units if kept else 0
