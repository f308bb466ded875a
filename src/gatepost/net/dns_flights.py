"""Lets all who want the same thing at the same time share one run of the work.

Fails: whatever the work raises, for each who waits.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Flights(Generic[K, V]):
    """Work under way, by its key; each event loop has its own, so it may be used by several threads.

    Work goes on when those who wait for it are cancelled: its result is for the next mail, too, and a mail that
    comes at the end of its time cannot spoil it for others. It ends by its own deadline, or with its event loop.
    """

    def __init__(self) -> None:
        self._under_way: dict[tuple[asyncio.AbstractEventLoop, K], asyncio.Task[V]] = {}

    def __len__(self) -> int:
        return len(self._under_way)

    def has(self, key: K) -> bool:
        """Say whether this very work is under way."""
        return (asyncio.get_running_loop(), key) in self._under_way

    async def join(self, key: K, work: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """Wait for the work under this key, which is started unless it is under way."""
        place = (asyncio.get_running_loop(), key)
        task = self._under_way.get(place)
        if task is None:
            task = place[0].create_task(work())
            self._under_way[place] = task
            task.add_done_callback(lambda _: self._under_way.pop(place, None))
        return await asyncio.shield(task)
