"""A door where TLS starts at once: limits before the handshake, an end, no certificate."""

import asyncio
import time

import pytest

from certificates import build_client_context, build_server_context
from gatepost.gates.settings import SmtpSettings
from loops import LOOPS, LoopFactory
from smtp_gates import HOST_NAME, Scene, run

ONE_FOR_EACH_PEER = SmtpSettings(trusted_networks=(), peer_connections=1)


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    factory: LoopFactory = request.param
    return factory


def build_scene(settings: SmtpSettings) -> Scene:
    return Scene(settings, tls=build_server_context(HOST_NAME), starts_with_tls=True)


async def greeting(scene: Scene) -> bytes:
    """Give the greeting over TLS, whole sessions many times."""
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.port, ssl=build_client_context())
    line = await reader.readline()
    writer.write(b"QUIT\r\n")
    assert await reader.readline() == b"221 2.0.0 Bye\r\n"
    writer.close()
    return line


def test_many_clients_make_their_handshakes_at_once(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        lines = await asyncio.gather(*(greeting(scene) for _ in range(30)))
        assert lines == [b"220 mx.example ESMTP\r\n"] * 30
        await scene.wait_until_left()
        assert scene.counters.numbers["tls_handshakes_total"] == 30

    run(new_loop, act, build_scene(SmtpSettings()))


def test_limits_hold_before_the_handshake(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        silent = await scene.connect()
        await scene.wait_until(lambda: scene.gate.stats.open_sessions == 1)
        second = await scene.connect()
        assert await second.hear_to_end() == ""
        for client in (silent, second):
            client.close()
        await scene.wait_until_left()
        assert scene.counters.numbers["sessions_refused_total"] == 1
        assert await greeting(scene) == b"220 mx.example ESMTP\r\n"

    run(new_loop, act, build_scene(ONE_FOR_EACH_PEER))


def test_the_end_does_not_wait_for_a_handshake(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await scene.wait_until(lambda: scene.gate.stats.open_sessions == 1)
        await scene.gate.stop(0.1)
        assert scene.gate.stats.open_sessions == 0
        client.close()

    started_s = time.monotonic()
    run(new_loop, act, build_scene(SmtpSettings()))
    assert time.monotonic() - started_s < 10  # the handshake would have been given up after 30


def test_without_a_certificate_the_connection_is_closed(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        scene.tls = None
        client = await scene.connect()
        assert await client.hear_to_end() == ""
        client.close()
        await scene.wait_until_left()
        assert scene.counters.numbers["tls_failures_total"] == 1

    run(new_loop, act, build_scene(SmtpSettings()))
