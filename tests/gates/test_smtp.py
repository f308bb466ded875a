"""The gate as a whole: its end, its listeners, new settings."""

import asyncio
import socket
import time

import pytest

from doubles import FakeClock
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp import SmtpDoor, build_peer_limits
from loops import LOOPS, LoopFactory, run_on_loop
from smtp_gates import Client, Scene, open_scene


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    factory: LoopFactory = request.param
    return factory


def test_at_the_end_the_idle_leave_and_a_mail_at_hand_is_finished(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            idle, sending, waiting = [await scene.connect() for _ in range(3)]
            await idle.hear()
            await sending.begin_mail()
            await waiting.begin_mail()
            scene.reception.door = asyncio.Event()
            waiting.send("text\r\n.\r\n")
            await scene.wait_until(lambda: scene.reception.made_ids == 1)
            async with asyncio.TaskGroup() as tasks:
                stopping = tasks.create_task(scene.gate.stop(10.0))
                assert (await idle.hear_to_end()).startswith("421 4.3.2")
                idle.close()
                with pytest.raises(ConnectionRefusedError):
                    await scene.connect()
                sending.send("text\r\n.\r\n")
                scene.reception.door.set()
                for client in (sending, waiting):
                    assert [line[:9] for line in (await client.hear_to_end()).splitlines()] == [
                        "250 2.0.0",
                        "421 4.3.2",
                    ]
                    client.close()
                await stopping
            assert len(scene.reception.arrivals) == 2
            assert scene.gate.stats.open_sessions == 0

    run_on_loop(new_loop, test)


def test_the_end_does_not_wait_for_those_who_do_not_finish(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            client = await scene.connect()
            await client.begin_mail()
            started_s = time.monotonic()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(scene.gate.stop(0.2))
                assert (await client.hear_to_end()).startswith("421 4.3.2")
                client.close()
            assert time.monotonic() - started_s < 5
            assert scene.gate.stats.open_sessions == 0

    run_on_loop(new_loop, test)


def test_the_end_does_not_wait_for_those_who_never_read(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            client = await scene.connect()
            await client.hear()
            client.send("NOOP\r\n" * 1_000_000)
            await asyncio.sleep(0.3)
            await scene.gate.stop(0.1)
            assert scene.gate.stats.open_sessions == 0
            client.reset()

    run_on_loop(new_loop, test)


def test_the_sweep_goes_on_by_itself(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            client = await scene.connect()
            await client.hear()
            scene.clock.advance(301)
            assert (await client.hear_to_end()).startswith("421 4.4.2")
            client.close()

    run_on_loop(new_loop, test)


def test_who_retires_takes_no_more_and_lets_the_others_end_by_themselves(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene, asyncio.TaskGroup() as tasks:
            client = await scene.connect()
            await client.begin_mail()
            retiring = tasks.create_task(scene.gate.retire(10.0))
            await asyncio.sleep(0)
            with pytest.raises(ConnectionRefusedError):
                await scene.connect()
            assert (await client.say("text\r\n.", "NOOP")).splitlines()[1] == "250 2.0.0 OK"
            assert not retiring.done()
            assert await client.say("QUIT") == "221 2.0.0 Bye"
            client.close()
            await retiring
            assert scene.gate.stats.open_sessions == 0

    run_on_loop(new_loop, test)


def open_ipv6_listener(host: str, *, takes_ipv4: bool = False) -> socket.socket:
    try:
        return socket.create_server((host, 0), family=socket.AF_INET6, dualstack_ipv6=takes_ipv4)
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_one_gate_takes_from_several_doors(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            second = open_ipv6_listener("::1")
            port = second.getsockname()[1]
            await scene.gate.open(SmtpDoor("second door"), second)
            sock = socket.create_connection(("::1", port))
            sock.setblocking(False)
            client = Client(*await asyncio.open_connection(sock=sock), sock)
            assert (await client.send_mail()).startswith("250")
            (arrival,) = scene.reception.arrivals
            assert (arrival.envelope.door, arrival.envelope.client_ip) == ("second door", "::1")
            client.close()

    run_on_loop(new_loop, test)


def test_an_ipv4_peer_of_an_ipv6_socket_is_an_ipv4_peer(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with open_scene(Scene()) as scene:
            both = open_ipv6_listener("::", takes_ipv4=True)
            scene.port = both.getsockname()[1]
            await scene.gate.open(SmtpDoor("both"), both)
            client = await scene.connect()
            await client.send_mail()
            assert scene.reception.arrivals[0].envelope.client_ip == "127.0.0.1"
            client.close()

    run_on_loop(new_loop, test)


def test_limits_for_peers_come_from_the_settings() -> None:
    limits = build_peer_limits(SmtpSettings(peer_connections=1, trusted_networks=("192.0.2.0/24",)), FakeClock())
    trusted, stranger = limits.find_peer("192.0.2.7"), limits.find_peer("198.51.100.7")
    assert [trusted.open_connection() for _ in range(3)] == [True, True, True]
    assert [stranger.open_connection() for _ in range(3)] == [True, False, False]
