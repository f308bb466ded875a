"""Sessions over real sockets, on both event loops: other clients, trouble, limits, and peers that behave badly."""

import asyncio
import functools
import smtplib
from email.message import EmailMessage

import aiosmtplib
import pytest
from structlog.testing import capture_logs

from certificates import build_client_context, build_server_context
from doubles import FakeCounters, FakeReception
from gatepost.gates.settings import SmtpSettings
from gatepost.model.errors import OurFault, StorageTrouble
from gatepost.model.ports import Admission
from gatepost.model.verdict import Action, Decision, Screening, Verdict
from loops import LOOPS, LoopFactory
from smtp_gates import HOST_NAME, TIMEOUT_S, Scene, run


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    factory: LoopFactory = request.param
    return factory


# ---- clients of other people --------------------------------------------------------------------------------


def build_message() -> EmailMessage:
    message = EmailMessage()
    message["From"] = "ann@a.example"
    message["To"] = "bob@example.com"
    message["Subject"] = "lunch"
    message.set_content("At noon?\n.\n..two dots\n")
    return message


def test_smtplib_sends_a_mail_over_starttls(new_loop: LoopFactory) -> None:
    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=TIMEOUT_S) as client:
            client.starttls(context=build_client_context())
            client.send_message(build_message())

    async def act(scene: Scene) -> None:
        await asyncio.to_thread(send, scene.port)
        (arrival,) = scene.reception.arrivals
        assert arrival.envelope.protocol == "ESMTPS"
        assert arrival.envelope.tls_version == "TLSv1.3"
        assert arrival.envelope.client_ip == "127.0.0.1"
        assert arrival.envelope.door == "test door"
        assert arrival.raw.endswith(b"\r\nAt noon?\r\n.\r\n..two dots\r\n")

    run(new_loop, act, Scene(tls=build_server_context(HOST_NAME)))


def test_smtplib_sends_a_mail_over_tls_from_the_start(new_loop: LoopFactory) -> None:
    def send(port: int) -> None:
        with smtplib.SMTP_SSL("127.0.0.1", port, timeout=TIMEOUT_S, context=build_client_context()) as client:
            assert not client.has_extn("STARTTLS")
            client.send_message(build_message())

    async def act(scene: Scene) -> None:
        await asyncio.to_thread(send, scene.port)
        assert [arrival.envelope.protocol for arrival in scene.reception.arrivals] == ["ESMTPS"]

    run(new_loop, act, Scene(tls=build_server_context(HOST_NAME), starts_with_tls=True))


def test_aiosmtplib_sends_many_mails_at_once(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        async def send() -> None:
            await aiosmtplib.send(build_message(), hostname="127.0.0.1", port=scene.port, start_tls=False)

        await asyncio.gather(*(send() for _ in range(20)))
        assert len(scene.reception.arrivals) == 20
        assert scene.counters.numbers["mails_accepted_total"] == 20
        assert len({arrival.mail_id for arrival in scene.reception.arrivals}) == 20

    run(new_loop, act, Scene())


# ---- trouble of ours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "start"),
    [
        (StorageTrouble("no space", is_full=True), "452 4.3.1"),
        (StorageTrouble("disk broken"), "451 4.3.0"),
        (ZeroDivisionError("secret text of the mail"), "451 4.3.0"),
        (OurFault("a rule of ours is broken"), "451 4.3.0"),
    ],
)
def test_trouble_leaves_the_mail_with_its_sender(new_loop: LoopFactory, trouble: Exception, start: str) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        assert (await client.send_mail()).startswith(start)
        assert (await client.say("MAIL FROM:<>")).startswith("250")
        client.close()
        assert scene.counters.numbers["mails_deferred_total"] == 1

    with capture_logs() as logs:
        run(new_loop, act, Scene(reception=FakeReception(trouble=trouble)))
    (log,) = logs
    assert log["mail_id"] == "mail1"
    assert log["log_level"] == "error"
    assert "secret" not in repr(log)


def test_a_bug_of_ours_ends_one_session_and_no_other(new_loop: LoopFactory) -> None:
    class BrokenCounters(FakeCounters):
        def add(self, name: str, amount: int = 1) -> None:
            if name == "mails_accepted_total":
                raise OurFault("a bug")
            super().add(name, amount)

    async def act(scene: Scene) -> None:
        other = await scene.connect()
        await other.hear()
        client = await scene.connect()
        await client.begin_mail()
        client.send("text\r\n.\r\n")
        assert await client.hear_to_end() == ""
        assert await other.say("NOOP") == "250 2.0.0 OK"
        for each in (client, other):
            each.close()

    with capture_logs() as logs:
        run(new_loop, act, Scene(counters=BrokenCounters()))
    assert [log["event"] for log in logs] == ["session_failed"]


def test_trouble_with_a_recipient_is_told_as_temporary(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        said = await client.say("EHLO c", "MAIL FROM:<>", "RCPT TO:<b@example.com>", "RCPT TO:<c@example.com>")
        assert [line[:9] for line in said.splitlines()[2:]] == ["451 4.3.0", "550 5.1.1"]
        client.close()
        assert scene.counters.numbers["recipients_refused_total"] == 2

    admissions = {"b@example.com": Admission.TRY_LATER, "c@example.com": Admission.UNKNOWN}
    run(new_loop, act, Scene(reception=FakeReception(admissions=admissions)))


def test_a_rejected_mail_gets_the_reason_and_a_quarantined_one_does_not(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        for action, start in ((Action.REJECT, "550 5.7.1 Because."), (Action.QUARANTINE, "250 2.0.0 Accepted as ")):
            scene.reception.verdict = Verdict(Screening(), (Decision(None, action, "r", "Because.", "因为。"),))
            client = await scene.connect()
            assert (await client.send_mail()).startswith(start)
            client.close()
        assert scene.counters.numbers["mails_rejected_total"] == 1
        assert scene.counters.numbers["mails_accepted_total"] == 1

    run(new_loop, act, Scene())


# ---- limits -------------------------------------------------------------------------------------------------


def test_one_network_may_not_open_more_connections_than_it_may(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        first = await scene.connect()
        assert (await first.hear()).startswith("220 ")
        second = await scene.connect()
        assert (await second.hear_to_end()).startswith("421 4.7.0")
        first.close()
        await scene.wait_until_left()
        third = await scene.connect()
        assert (await third.hear()).startswith("220 ")
        for client in (second, third):
            client.close()

    run(new_loop, act, Scene(SmtpSettings(trusted_networks=(), peer_connections=1)))


def test_too_many_commands_a_minute_end_the_session(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        for _ in range(5):
            assert await client.say("NOOP") == "250 2.0.0 OK"
        client.send("NOOP\r\n")
        assert (await client.hear_to_end()).endswith(
            "421 4.7.0 Too many commands from your network, please try again later\r\n"
        )
        client.close()

    run(new_loop, act, Scene(SmtpSettings(trusted_networks=(), peer_commands_per_minute=5)))


def test_too_many_recipients_a_minute_end_the_session_once_they_are_answered(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        await client.say("EHLO c", "MAIL FROM:<>")
        for _ in range(3):
            assert (await client.say("RCPT TO:<b@example.com>")).startswith("250 2.1.5")
        client.send("RCPT TO:<b@example.com>\r\n" * 3)
        said = (await client.hear_to_end()).splitlines()
        assert said[-1].startswith("421 4.7.0 Too many commands")
        client.close()

    run(new_loop, act, Scene(SmtpSettings(trusted_networks=(), peer_commands_per_minute=5)))


def test_more_connections_than_the_gate_may_have_are_sent_away(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        first = await scene.connect()
        await first.hear()
        second = await scene.connect()
        assert (await second.hear_to_end()).startswith("421 4.3.2 Too busy")
        for client in (first, second):
            client.close()

    run(new_loop, act, Scene(SmtpSettings(max_connections=1)))


MEGABYTE = 1024 * 1024
SMALL_MEMORY = SmtpSettings(memory_bytes=MEGABYTE, max_size_bytes=MEGABYTE)
KILOBYTE_LINE = "x" * 998 + "\r\n"


def has_received(scene: Scene, count: int) -> bool:
    return scene.counters.numbers["bytes_received_total"] >= count


def test_mails_beyond_the_memory_are_put_off_and_none_is_broken(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        first, second = await scene.connect(), await scene.connect()
        for number, client in enumerate((first, second), 1):
            await client.begin_mail()
            client.send(KILOBYTE_LINE * 1000)
            await scene.wait_until(functools.partial(has_received, scene, number * 1_000_000))
        assert scene.gate.stats.held_bytes <= MEGABYTE
        assert (await first.say(".")).startswith("250 2.0.0")
        assert (await second.say(".")).startswith("452 4.3.1")
        for client in (first, second):
            client.close()

    run(new_loop, act, Scene(SMALL_MEMORY))


def test_a_mail_that_would_not_fit_into_memory_does_not_begin(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        scene.reception.door = asyncio.Event()
        first = await scene.connect()
        await first.begin_mail()
        first.send(KILOBYTE_LINE * 900 + ".\r\n")
        await scene.wait_until(lambda: scene.reception.made_ids == 1)
        second = await scene.connect()
        await second.hear()
        said = await second.say("EHLO c", "MAIL FROM:<> SIZE=200000", "MAIL FROM:<> SIZE=1000")
        assert [line[:9] for line in said.splitlines()[1:]] == ["452 4.3.1", "250 2.1.0"]
        scene.reception.door.set()
        assert (await first.hear()).startswith("250 2.0.0")
        assert (await second.say("RSET", "MAIL FROM:<> SIZE=200000")).splitlines()[1].startswith("250")
        for client in (first, second):
            client.close()

    run(new_loop, act, Scene(SMALL_MEMORY))


# ---- peers that behave badly --------------------------------------------------------------------------------


def test_who_talks_before_the_greeting_is_sent_away(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        client.send("EHLO c\r\nMAIL FROM:<>\r\n")
        assert await client.hear_to_end() == "554 5.5.1 Wait for the greeting before you talk\r\n"
        client.close()
        assert scene.counters.numbers["commands_total"] == 0
        assert scene.counters.numbers["sessions_refused_total"] == 1

    run(new_loop, act, Scene(SmtpSettings(greet_delay_ms=1000)))


def test_who_waits_is_greeted_after_the_delay(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        assert (await client.hear()).startswith("220 ")
        assert await client.say("NOOP") == "250 2.0.0 OK"
        client.close()

    run(new_loop, act, Scene(SmtpSettings(greet_delay_ms=50)))


def test_who_leaves_before_the_delayed_greeting_is_forgotten(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        client.close()
        await asyncio.sleep(0.15)
        await scene.wait_until_left()

    run(new_loop, act, Scene(SmtpSettings(greet_delay_ms=50)))


def test_a_mail_is_kept_though_its_sender_has_left_and_nothing_more_is_done_for_it(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        scene.reception.door = asyncio.Event()
        client = await scene.connect()
        await client.begin_mail()
        client.send("text\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nBDAT 6 LAST\r\ntext\r\n")
        await scene.wait_until(lambda: scene.reception.made_ids == 1)
        client.reset()
        await scene.wait_until_left()
        scene.reception.door.set()
        await scene.wait_until(lambda: len(scene.reception.arrivals) == 1)
        assert scene.gate.stats.held_bytes == 0

    run(new_loop, act, Scene())


def test_who_has_said_all_at_once_and_shut_its_side_gets_the_answers(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.begin_mail()
        client.send("text\r\n.\r\nQUIT\r\n")
        client.writer.write_eof()
        said = await client.hear_to_end()
        assert said.startswith("250 2.0.0 Accepted as mail1\r\n")
        client.close()

    run(new_loop, act, Scene())


def test_half_a_mail_is_no_mail(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.begin_mail()
        client.send("half a mail\r\n")
        client.writer.write_eof()
        assert await client.hear_to_end() == ""
        client.close()
        await scene.wait_until_left()
        assert scene.reception.arrivals == []

    run(new_loop, act, Scene())


def test_who_never_reads_cannot_fill_our_memory(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        client = await scene.connect()
        await client.hear()
        client.send("NOOP\r\n" * 5_000_000)  # the answers, twice as many bytes, are never read
        await wait_until_still(scene)
        assert scene.counters.numbers["bytes_received_total"] < 15_000_000
        assert scene.gate.stats.held_bytes < 1_000_000
        client.reset()
        await scene.wait_until_left()

    run(new_loop, act, Scene())


async def wait_until_still(scene: Scene) -> None:
    """Wait until the gate has read nothing for a while."""
    received, before = 1, 0
    while received != before:
        before = received
        await asyncio.sleep(0.2)
        received = scene.counters.numbers["bytes_received_total"]


def test_who_sends_far_ahead_while_we_think_has_to_wait(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        scene.reception.door = asyncio.Event()
        client = await scene.connect()
        await client.begin_mail()
        client.send("text\r\n.\r\n")
        client.send("NOOP\r\n" * 100_000)
        await wait_until_still(scene)
        assert scene.gate.stats.held_bytes < 1_000_000
        scene.reception.door.set()
        assert (await client.hear()).startswith("250 2.0.0 Accepted")
        for _ in range(100_000 // 1000):
            await client.reader.readexactly(len(b"250 2.0.0 OK\r\n") * 1000)
        assert await client.say("NOOP") == "250 2.0.0 OK"
        client.close()

    run(new_loop, act, Scene())


def test_a_hundred_slow_clients_do_not_stop_a_fast_one(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        slow = [await scene.connect() for _ in range(100)]
        for client in slow:
            await client.hear()
            client.send("EHL")
        fast = await scene.connect()
        async with asyncio.timeout(2):
            assert (await fast.send_mail()).startswith("250")
        for client in (*slow, fast):
            client.close()
        await scene.wait_until_left()

    run(new_loop, act, Scene())


def test_recipients_that_must_be_asked_about_are_answered_in_their_order(new_loop: LoopFactory) -> None:
    async def act(scene: Scene) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=scene.port, timeout=TIMEOUT_S) as client:
            errors, _ = await client.sendmail(
                "ann@a.example",
                ["bob@example.com", "eve@elsewhere.example", "kim@example.com"],
                "Subject: x\r\n\r\ny\r\n",
            )
        assert {recipient: reply.code for recipient, reply in errors.items()} == {"eve@elsewhere.example": 550}
        (arrival,) = scene.reception.arrivals
        assert [each.local_part for each in arrival.envelope.recipients] == ["bob", "kim"]

    run(new_loop, act, Scene(reception=FakeReception(must_ask=True)))
