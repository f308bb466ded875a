"""Both event loops, for tests of what touches sockets: they differ around TLS and half-closed connections."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvloop

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

LOOPS = [pytest.param(asyncio.new_event_loop, id="asyncio"), pytest.param(uvloop.new_event_loop, id="uvloop")]


def run_on_loop(new_loop: LoopFactory, test: Callable[[], Awaitable[None]]) -> None:
    """Run one asynchronous test on a fresh loop."""

    async def run() -> None:
        await test()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(run())
