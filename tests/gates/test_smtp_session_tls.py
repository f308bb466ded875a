"""Sessions and TLS: handshakes that succeed, fail, never come; certificates that change."""

import asyncio
import ssl

import pytest
from structlog.testing import capture_logs

from certificates import build_client_context, build_server_context
from gatepost.gates.settings import SmtpSettings
from loops import LOOPS, LoopFactory
from smtp_gates import HOST_NAME, TIMEOUT_S, Scene, run


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    factory: LoopFactory = request.param
    return factory


def test_a_renewed_certificate_is_shown_at_the_next_handshake(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        shown = []
        for host_name in ("one.example", "two.example"):
            scene.tls = build_server_context(host_name)
            client = await scene.connect()
            await client.hear()
            assert await client.say("EHLO c", "STARTTLS") == "250 STARTTLS\n220 2.0.0 Ready to start TLS"
            await client.writer.start_tls(build_client_context())
            certificate = client.writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            shown.append(certificate)
            assert await client.say("QUIT") == "221 2.0.0 Bye"
            client.close()
        assert shown[0] != shown[1]

    run(new_loop, act, Scene())


@pytest.mark.parametrize("starts_with_tls", [True, False])
def test_a_handshake_of_nonsense_ends_only_its_own_session(new_loop: LoopFactory, starts_with_tls: bool) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        if not starts_with_tls:
            await client.hear()
            await client.say("EHLO c", "STARTTLS")
        client.send("MAIL FROM:<eve@evil.example>\r\n" * 3)
        await asyncio.wait_for(client.reader.read(), TIMEOUT_S)
        await scene.wait_until_left()
        client.close()
        assert scene.counters.numbers["tls_failures_total"] == 1
        assert scene.counters.numbers["commands_total"] == (0 if starts_with_tls else 2)

    scene = Scene(tls=build_server_context(HOST_NAME), starts_with_tls=starts_with_tls)
    with capture_logs() as logs:
        run(new_loop, act, scene)
    assert [log["log_level"] for log in logs] == ["debug"]


def test_a_handshake_that_never_comes_is_given_up(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        assert await client.hear_to_end() == ""
        await scene.wait_until_left()
        client.close()

    scene = Scene(SmtpSettings(tls_timeout_s=0.2), tls=build_server_context(HOST_NAME), starts_with_tls=True)
    run(new_loop, act, scene)
    assert scene.counters.numbers["tls_failures_total"] == 1


def test_a_client_that_leaves_during_the_handshake_is_forgotten(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        client.send("\x16\x03\x01")
        await asyncio.sleep(0.05)
        client.close()
        await scene.wait_until_left()

    run(new_loop, act, Scene(tls=build_server_context(HOST_NAME), starts_with_tls=True))


def test_no_certificate_at_the_moment_is_told(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        assert await client.say("EHLO c") == "250 STARTTLS"
        scene.tls = None
        assert (await client.say("STARTTLS")).startswith("454 4.7.0")
        assert (await client.say("MAIL FROM:<>")).startswith("250")
        client.close()

    run(new_loop, act, Scene(tls=build_server_context(HOST_NAME)))


def test_mail_can_be_taken_over_tls_only(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        assert (await client.say("EHLO c", "MAIL FROM:<>")).splitlines()[1].startswith("530 5.7.0")
        await client.say("STARTTLS")
        await client.writer.start_tls(build_client_context())
        assert (await client.say("EHLO c", "MAIL FROM:<>")).splitlines()[1].startswith("250 2.1.0")
        client.close()

    run(new_loop, act, Scene(SmtpSettings(require_tls=True), tls=build_server_context(HOST_NAME)))


def test_a_peer_that_breaks_tls_in_the_middle_is_forgotten(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        await client.say("EHLO c", "STARTTLS")
        await client.writer.start_tls(build_client_context())
        assert (await client.say("EHLO c")).startswith("250")
        client.sock.send(b"this is no record of TLS")
        with pytest.raises((ConnectionError, ssl.SSLError, AssertionError)):
            assert await client.hear()
        await scene.wait_until_left()
        client.writer.transport.abort()

    run(new_loop, act, Scene(tls=build_server_context(HOST_NAME)))
