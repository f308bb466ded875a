"""What becomes of each recipient, whatever the upstream does."""

import asyncio

import msgspec
import pytest

from doubles import FakeClock, FakeUpstream
from gatepost.deliver.connection import Surroundings
from gatepost.deliver.parcel import Delivered, FailedForGood, FailedForNow, Outcome, Parcel
from gatepost.deliver.settings import DeliverSettings
from gatepost.deliver.smtp import COOL_DOWN_S, SmtpTransport
from gatepost.deliver.upstream import Encryption, Upstream
from gatepost.model.address import Address
from gatepost.model.ports import UNVERIFIED, Admission, Endpoint
from gatepost.wire.smtp.client import MAX_RECIPIENTS, Dialect

PLAIN = Upstream(Dialect.SMTP, Endpoint("127.0.0.1", 25), Encryption.NONE, "")
LMTP = Upstream(Dialect.LMTP, Endpoint("", 0, "/run/lmtp"), Encryption.NONE, "")
CONTENT = b"Subject: hi\r\n\r\n.hi\r\n"


def build(
    server: FakeUpstream, upstream: Upstream = PLAIN, clock: FakeClock | None = None, **settings: float
) -> SmtpTransport:
    values = msgspec.convert(settings, DeliverSettings)
    return SmtpTransport(upstream, Surroundings(values, server, clock or FakeClock(), "gate.example"))


def parcel(*recipients: str, content: bytes = CONTENT, sender: str = "a@example.org") -> Parcel:
    to = tuple(map(Address.parse, recipients or ("b@example.com",)))
    return Parcel("0" * 32, Address.parse(sender) if sender else None, to, content)


def show(outcomes: tuple[Outcome, ...]) -> list[str]:
    return ["yes" if isinstance(one, Delivered) else f"{type(one).__name__} {one.status}" for one in outcomes]


async def test_a_mail_arrives_as_it_was() -> None:
    server = FakeUpstream()
    outcomes = await build(server).deliver(parcel())
    assert show(outcomes) == ["yes"]
    assert server.contents == [b"Subject: hi\r\n\r\n..hi\r\n.\r\n"]


async def test_the_null_sender_stays_null() -> None:
    server = FakeUpstream()
    await build(server).deliver(parcel(sender=""))
    assert server.commands[1].startswith("MAIL FROM:<> ")


async def test_each_recipient_has_its_own_outcome() -> None:
    server = FakeUpstream(replies={"RCPT TO:<no@": "550 5.1.1 nobody", "RCPT TO:<full@": "452 4.2.2 full"})
    outcomes = await build(server).deliver(parcel("yes@x.org", "no@x.org", "full@x.org"))
    assert show(outcomes) == ["yes", "FailedForGood 5.1.1", "FailedForNow 4.2.2"]


async def test_lmtp_gives_each_recipient_the_answer_after_the_content() -> None:
    server = FakeUpstream(answers_each_recipient=True, replies={"RCPT TO:<no@": "550 5.1.1 nobody"})
    outcomes = await build(server, LMTP).deliver(parcel("b@x.org", "no@x.org", "c@x.org"))
    assert show(outcomes) == ["yes", "FailedForGood 5.1.1", "yes"]
    assert server.commands[0] == "LHLO gate.example"


@pytest.mark.parametrize(
    ("where", "reply", "expected"),
    [
        ("connect", "554 5.3.2 no", "FailedForNow 4.3.2"),
        ("connect", "421 busy", "FailedForNow 4.3.2"),
        ("EHLO", "451 later", "FailedForNow 4.3.2"),
        ("MAIL", "451 4.7.1 greylisted", "FailedForNow 4.7.1"),
        ("MAIL", "550 5.7.1 not you", "FailedForGood 5.7.1"),
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first", "FailedForNow 4.7.0"),
        ("RCPT", "550 no", "FailedForGood 5.0.0"),
        ("RCPT", "552 too many recipients", "FailedForNow 4.0.0"),
        ("RCPT", "552 5.2.2 full", "FailedForGood 5.2.2"),
        ("DATA", "451 no", "FailedForNow 4.0.0"),
        ("DATA", "554 5.7.1 no", "FailedForGood 5.7.1"),
        ("content", "452 4.3.1 disk", "FailedForNow 4.3.1"),
        ("content", "552 5.3.4 too big", "FailedForGood 5.3.4"),
        ("content", "421 4.3.2 bye", "FailedForNow 4.3.2"),
    ],
)
@pytest.mark.parametrize("hello", [("mx", "PIPELINING"), ("mx", "SIZE")])
async def test_a_refusal_becomes_the_outcome(where: str, reply: str, expected: str, hello: tuple[str, ...]) -> None:
    server = FakeUpstream(hello=hello, replies={where: reply})
    assert show(await build(server).deliver(parcel())) == [expected]


@pytest.mark.parametrize("where", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "content"])
@pytest.mark.parametrize("fault", ["drop", "hang", "garbage", "250-never", "99 odd", "334 what"])
async def test_a_fault_at_any_point_means_try_later(where: str, fault: str) -> None:
    server = FakeUpstream(replies={where: fault})
    transport = build(server, reply_timeout_s=0.1, final_reply_timeout_s=0.1)
    (outcome,) = await transport.deliver(parcel())
    assert isinstance(outcome, FailedForNow)
    assert all(connection.is_closed for connection in server.connections)


async def test_a_recipient_refused_before_the_connection_died_stays_refused() -> None:
    server = FakeUpstream(replies={"RCPT TO:<no@": "550 5.1.1 nobody", "content": "drop"})
    outcomes = await build(server).deliver(parcel("no@x.org", "b@x.org"))
    assert show(outcomes) == ["FailedForGood 5.1.1", "FailedForNow 4.4.2"]


async def test_an_upstream_that_refuses_half_way_is_heard() -> None:
    server = FakeUpstream(last_words="552 5.3.4 enough")
    transport = build(server)
    assert show(await transport.deliver(parcel())) == ["FailedForGood 5.3.4"]
    assert server.connections[0].is_closed


async def test_an_upstream_that_closes_half_way_after_a_yes_has_not_taken_the_mail() -> None:
    server = FakeUpstream(last_words="250 2.0.0 queued")
    assert show(await build(server).deliver(parcel())) == ["FailedForNow 4.4.2"]


async def test_what_the_upstream_said_is_told_without_controls_and_cut() -> None:
    server = FakeUpstream(replies={"RCPT": "550 5.1.1 no\x1b[2J " + "x" * 1500})
    (outcome,) = await build(server).deliver(parcel())
    assert outcome.says.isprintable()
    assert outcome.says.startswith("127.0.0.1:25 said: 550 5.1.1 no [2J x")
    assert len(outcome.says) == 500


async def test_connections_are_kept_and_used_again() -> None:
    server = FakeUpstream()
    transport = build(server)
    for _ in range(5):
        await transport.deliver(parcel())
    assert len(server.connections) == 1
    await transport.close()
    assert server.commands[-1] == "QUIT"
    assert server.connections[0].is_closed


async def test_no_connection_carries_more_mails_than_the_settings_say() -> None:
    server = FakeUpstream()
    transport = build(server, mails_per_connection=2)
    for _ in range(5):
        await transport.deliver(parcel())
    assert len(server.connections) == 3


async def test_the_upstreams_own_limits_count_too() -> None:
    server = FakeUpstream(hello=("mx", "PIPELINING", "LIMITS RCPTMAX=2 MAILMAX=3"))
    outcomes = await build(server).deliver(
        parcel("a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org", "g@x.org")
    )
    assert show(outcomes) == ["yes"] * 7
    assert len(server.contents) == 4
    assert len(server.connections) == 2


async def test_many_recipients_go_in_several_transactions() -> None:
    server = FakeUpstream(replies={"RCPT TO:<r150@": "550 5.1.1 no"})
    outcomes = await build(server).deliver(parcel(*(f"r{number}@x.org" for number in range(250))))
    assert [place for place, word in enumerate(show(outcomes)) if word != "yes"] == [150]
    assert len(server.contents) == -(-250 // MAX_RECIPIENTS)


async def test_a_kept_connection_that_died_meanwhile_costs_no_attempt() -> None:
    server = FakeUpstream()
    transport = build(server)
    await transport.deliver(parcel())
    await server.connections[0].close()
    assert show(await transport.deliver(parcel())) == ["yes"]
    assert len(server.connections) == 2


async def test_a_kept_connection_that_is_being_closed_costs_no_attempt() -> None:
    server = FakeUpstream()
    transport = build(server)
    await transport.deliver(parcel())
    server.connections[0].answer("idle", "421 4.4.2 idle for too long")
    assert show(await transport.deliver(parcel())) == ["yes"]
    assert len(server.connections) == 2


async def test_a_late_surplus_reply_never_passes_for_the_next_mails_answer() -> None:
    server = FakeUpstream()
    transport = build(server)
    await transport.deliver(parcel())
    server.connections[0].answer("late", "250 2.0.0 queued once more")
    outcomes = await transport.deliver(parcel("b@x.org", "c@x.org"))
    assert show(outcomes) == ["yes", "yes"]
    assert len(server.connections) == 2
    assert len(server.contents) == 2


async def test_a_mail_whose_content_went_out_is_not_sent_again_at_once() -> None:
    server = FakeUpstream()
    transport = build(server)
    await transport.deliver(parcel())
    server.replies = {"content": "drop"}
    assert show(await transport.deliver(parcel())) == ["FailedForNow 4.4.2"]
    assert len(server.contents) == 2


async def test_idle_connections_are_closed_after_a_while() -> None:
    server, clock = FakeUpstream(), FakeClock()
    transport = build(server, clock=clock, keep_idle_s=30)
    await transport.deliver(parcel())
    clock.advance(29)
    await transport.close_idle()
    assert not server.connections[0].is_closed
    clock.advance(2)
    await transport.close_idle()
    assert server.connections[0].is_closed


async def test_no_more_connections_are_open_at_once_than_the_settings_say() -> None:
    server = FakeUpstream()
    transport = build(server, connections_per_upstream=3)
    outcomes = await asyncio.gather(*(transport.deliver(parcel()) for _ in range(20)))
    assert len(outcomes) == len(server.contents) == 20
    assert len(server.connections) <= 3


async def test_an_upstream_that_cannot_be_reached_is_left_alone_for_a_moment() -> None:
    server, clock = FakeUpstream(trouble="cannot be reached"), FakeClock()
    transport = build(server, clock=clock)
    assert show(await transport.deliver(parcel())) == ["FailedForNow 4.4.1"]
    server.trouble = ""
    assert show(await transport.deliver(parcel())) == ["FailedForNow 4.4.1"]
    clock.advance(COOL_DOWN_S + 1)
    assert show(await transport.deliver(parcel())) == ["yes"]


async def test_a_cancelled_delivery_leaves_no_connection_behind() -> None:
    server = FakeUpstream(replies={"content": "hang"})
    transport = build(server)
    delivery = asyncio.ensure_future(transport.deliver(parcel()))
    await server.came.wait()
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    assert server.connections[0].is_closed
    server.replies = {}
    assert show(await transport.deliver(parcel())) == ["yes"]


@pytest.mark.parametrize(
    ("hello", "content", "to", "status"),
    [
        ("SIZE 100", b"x" * 101, "b@x.org", "5.3.4"),
        ("8BITMIME", CONTENT, "用户@x.org", "5.6.7"),
        ("SMTPUTF8", "正文\r\n".encode(), "b@x.org", "5.6.3"),
        ("8BITMIME", b"a\n.\r\nb\r\n", "b@x.org", "5.6.0"),
    ],
)
async def test_what_the_upstream_cannot_take_is_not_sent(hello: str, content: bytes, to: str, status: str) -> None:
    server = FakeUpstream(hello=("mx", hello))
    transport = build(server)
    (outcome,) = await transport.deliver(parcel(to, content=content))
    assert isinstance(outcome, FailedForGood)
    assert (outcome.status, server.contents) == (status, [])
    assert show(await transport.deliver(parcel())) == ["yes"]
    assert len(server.connections) == 1


async def test_tls_is_required_and_the_name_is_checked() -> None:
    server = FakeUpstream(hello=("mx", "STARTTLS"))
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 25), Encryption.REQUIRED, "mx.example")
    assert show(await build(server, upstream).deliver(parcel())) == ["yes"]
    assert server.connections[0].tls_name == "mx.example"
    assert server.commands[:3] == ["EHLO gate.example", "STARTTLS", "EHLO gate.example"]


async def test_tls_from_the_start_comes_before_the_greeting() -> None:
    server = FakeUpstream()
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 465), Encryption.FROM_START, "mx.example")
    assert show(await build(server, upstream).deliver(parcel())) == ["yes"]
    assert server.connections[0].tls_name == "mx.example"
    assert "STARTTLS" not in server.commands


@pytest.mark.parametrize(
    ("server", "status"),
    [
        (FakeUpstream(), "4.7.4"),
        (FakeUpstream(hello=("mx", "STARTTLS"), replies={"STARTTLS": "454 4.7.0 not now"}), "4.7.4"),
        (FakeUpstream(hello=("mx", "STARTTLS"), tls_trouble="shows a certificate of another"), "4.7.5"),
        (FakeUpstream(hello=("mx", "STARTTLS"), replies={"STARTTLS": "220 go\r\n250 injected"}), "4.5.0"),
    ],
)
async def test_without_proper_tls_no_mail_is_sent(server: FakeUpstream, status: str) -> None:
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 25), Encryption.REQUIRED, "mx.example")
    (outcome,) = await build(server, upstream).deliver(parcel())
    assert isinstance(outcome, FailedForNow)
    assert outcome.status == status
    assert not any(command.startswith("MAIL") for command in server.commands)


async def test_with_plaintext_allowed_tls_is_used_where_offered_unverified() -> None:
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 25), Encryption.IF_OFFERED, "mx.example")
    offering, bare = FakeUpstream(hello=("mx", "STARTTLS")), FakeUpstream(hello=("mx", "SIZE"))
    assert show(await build(offering, upstream).deliver(parcel())) == ["yes"]
    assert offering.connections[0].tls_name == UNVERIFIED
    assert show(await build(bare, upstream).deliver(parcel())) == ["yes"]


@pytest.mark.parametrize(
    ("replies", "tls_trouble"),
    [({"STARTTLS": "454 4.7.0 not now"}, ""), ({}, "failed the TLS handshake")],
)
async def test_with_plaintext_allowed_broken_tls_is_done_without(replies: dict[str, str], tls_trouble: str) -> None:
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 25), Encryption.IF_OFFERED, "mx.example")
    server = FakeUpstream(hello=("mx", "STARTTLS"), replies=replies, tls_trouble=tls_trouble)
    assert show(await build(server, upstream).deliver(parcel())) == ["yes"]
    assert server.connections[0].is_closed
    assert server.connections[1].tls_name is None


async def test_plaintext_allowed_does_not_hide_other_trouble() -> None:
    upstream = Upstream(Dialect.SMTP, Endpoint("mx.example", 25), Encryption.IF_OFFERED, "mx.example")
    server = FakeUpstream(replies={"connect": "554 no"})
    assert show(await build(server, upstream).deliver(parcel())) == ["FailedForNow 4.3.2"]
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    ("replies", "admission"),
    [
        ({}, Admission.ACCEPTED),
        ({"RCPT": "550 5.1.1 nobody"}, Admission.UNKNOWN),
        ({"RCPT": "550 5.1.10 RESOLVER.ADR.RecipientNotFound"}, Admission.UNKNOWN),
        ({"RCPT": "550 nobody"}, Admission.UNKNOWN),
        ({"RCPT": "451 4.3.0 later"}, Admission.TRY_LATER),
        ({"RCPT": "554 5.7.1 relay access denied"}, Admission.TRY_LATER),
        ({"RCPT": "552 5.2.2 full"}, Admission.TRY_LATER),
        ({"MAIL": "550 5.1.8 not you"}, Admission.TRY_LATER),
        ({"RCPT": "drop"}, Admission.TRY_LATER),
        ({"connect": "554 no"}, Admission.TRY_LATER),
    ],
)
async def test_the_upstream_is_asked_about_a_recipient(replies: dict[str, str], admission: Admission) -> None:
    server = FakeUpstream(replies=replies)
    assert await build(server).ask_recipient(Address.parse("b@x.org")) is admission
    assert server.contents == []
