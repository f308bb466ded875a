"""Sessions and time: who is too slow is told so, who waits for us is not."""

import asyncio

import pytest

from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp_session import CLOSE_GRACE_S, DATA_GRACE_S
from loops import LOOPS, LoopFactory
from smtp_gates import Client, Scene, run


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    factory: LoopFactory = request.param
    return factory


async def expect_timeout(scene: Scene, client: Client, seconds: float) -> None:
    scene.clock.advance(seconds - 1)
    scene.gate.sweep()
    assert scene.gate.stats.open_sessions == 1
    scene.clock.advance(2)
    scene.gate.sweep()
    assert "421 4.4.2 Timeout" in await client.hear_to_end()
    client.close()
    await scene.wait_until_left()
    assert scene.counters.numbers["sessions_timed_out_total"] == 1


def test_an_idle_session_ends_after_five_minutes(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        await expect_timeout(scene, client, 300)

    run(new_loop, act, Scene())


def test_a_command_that_comes_byte_by_byte_is_no_sign_of_life(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        for byte in "NOO":
            scene.clock.advance(90)
            client.send(byte)
            await asyncio.sleep(0.05)
        scene.clock.advance(31)
        scene.gate.sweep()
        assert (await client.hear()).startswith("421 4.4.2")
        client.close()

    run(new_loop, act, Scene())


def test_commands_do_not_keep_a_session_forever(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        for _ in range(3):
            scene.clock.advance(250)
            scene.gate.sweep()
            await client.say("NOOP")
        scene.clock.advance(250)
        scene.gate.sweep()
        assert (await client.hear()).startswith("421 4.4.2")
        client.close()

    run(new_loop, act, Scene(SmtpSettings(session_limit_s=1000)))


def test_a_mail_that_trickles_in_is_given_up(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.begin_mail()
        client.send("x" * 998 + "\r\n")
        await asyncio.sleep(0.05)
        await expect_timeout(scene, client, DATA_GRACE_S + 1000 / 500)

    run(new_loop, act, Scene())


def test_a_mail_that_comes_fast_enough_may_take_its_time(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.begin_mail()
        for _ in range(10):
            client.send(("x" * 998 + "\r\n") * 20)
            await asyncio.sleep(0.02)
            scene.clock.advance(30)
            scene.gate.sweep()
        assert (await client.say(".")).startswith("250")
        client.close()

    run(new_loop, act, Scene())


def test_no_mail_takes_longer_than_it_may(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.begin_mail()
        client.send(("x" * 998 + "\r\n") * 500)
        await asyncio.sleep(0.1)
        await expect_timeout(scene, client, 90)

    run(new_loop, act, Scene(SmtpSettings(mail_limit_s=90)))


def test_who_waits_for_our_answer_is_not_too_slow(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        scene.reception.door = asyncio.Event()
        client = await scene.connect()
        await client.begin_mail()
        client.send("text\r\n.\r\n")
        await asyncio.sleep(0.05)
        scene.clock.advance(500)
        scene.gate.sweep()
        scene.reception.door.set()
        assert (await client.hear()).startswith("250")
        scene.gate.sweep()
        assert await client.say("NOOP") == "250 2.0.0 OK"
        client.close()

    run(new_loop, act, Scene())


def test_a_peer_that_does_not_take_our_goodbye_is_cut_off(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        scene.clock.advance(301)
        scene.gate.sweep()
        await client.hear()
        scene.clock.advance(CLOSE_GRACE_S + 1)
        scene.gate.sweep()
        await scene.wait_until_left()
        client.close()
        assert scene.counters.numbers["sessions_timed_out_total"] == 1

    run(new_loop, act, Scene())
