"""Notices that the name servers themselves are gone, so that not every mail waits for them in vain.

Trust: a stranger's servers may be silent as long as they like: that only leads to a check, which asks our own name
servers for what they know without anybody else. Only their own silence counts.
"""

import math
from collections.abc import Callable, Coroutine
from typing import Any

from gatepost.model.ports import Clock
from gatepost.net.dns_flights import Flights

UP_FOR_S = 1.0  # a good check excuses the silence that it followed, and hardly more
RECHECK_S = 5.0


class DnsHealth:
    """Remembers the last check; at most one is under way, and each holds for a while."""

    def __init__(self, check: Callable[[], Coroutine[Any, Any, bool]], clock: Clock) -> None:
        self._check = check
        self._clock = clock
        self._checks: Flights[None, bool] = Flights()
        self._next_at_s = -math.inf
        self._is_up = True

    async def is_up(self) -> bool:
        """Say before a question whether it can be answered; after a failed check the servers are checked again."""
        return self._is_up or await self._check_again()

    async def is_up_after_silence(self) -> bool:
        """Say whether a question without reply is the fault of those it was about, not of the name servers."""
        return await self._check_again()

    async def _check_again(self) -> bool:
        if self._clock.monotonic_s() < self._next_at_s:
            return self._is_up
        return await self._checks.join(None, self._check_now)

    async def _check_now(self) -> bool:
        self._is_up = await self._check()
        self._next_at_s = self._clock.monotonic_s() + (UP_FOR_S if self._is_up else RECHECK_S)
        return self._is_up
