"""Who was refused in the dialog is written down, in two languages and within a budget."""

import asyncio

import pytest

from doubles import FakeClock, FakeCounters, FakeReception
from gatepost.gates import smtp_replies
from gatepost.gates.limits import REFUSALS_PER_MINUTE, PeerLimits, PeerRules
from gatepost.gates.settings import SmtpSettings
from gatepost.gates.smtp_refusals import MOST_PER_MINUTE, Refusals, build_verdict
from gatepost.model.address import Address
from gatepost.model.envelope import Envelope
from gatepost.model.ports import Admission
from gatepost.model.verdict import IN_THE_DIALOG, Action
from gatepost.wire.smtp import answers
from gatepost.wire.smtp.replies import build_reply
from smtp_gates import Scene, open_scene

UNKNOWN = smtp_replies.ADMISSION_REPLIES[Admission.UNKNOWN]
TO = (Address.parse("b@example.com"), Address.parse("c@example.com"))


def build_envelope(*recipients: Address) -> Envelope:
    return Envelope(Address.parse("a@a.example"), recipients, "192.0.2.1", "c.example", "")


async def dictate(*lines: str, admissions: dict[str, Admission] | None = None, max_size: int = 70_000) -> Scene:
    """Say these lines after the EHLO, each when the one before is answered."""
    reception = FakeReception(admissions=admissions or {})
    scene = Scene(settings=SmtpSettings(max_size_bytes=max_size), reception=reception)
    async with open_scene(scene):
        client = await scene.connect()
        await client.hear()
        for line in ("EHLO c.example", *lines):
            await client.say(line)
        client.close()
        await scene.wait_until_left()
    return scene


@pytest.mark.parametrize(
    ("admission", "action", "says", "says_zh"),
    [
        (Admission.UNKNOWN, Action.REJECT, "No such recipient (550 5.1.1).", "没有此收件人（550 5.1.1）。"),
        (
            Admission.NOT_OURS,
            Action.REJECT,
            "No mail is relayed to this recipient (550 5.7.1).",
            "本网关不为此收件人转发邮件（550 5.7.1）。",
        ),
        (
            Admission.TRY_LATER,
            Action.DEFER,
            "Cannot tell now whether the recipient exists, please try again (451 4.3.0).",
            "暂时无法确认此收件人是否存在（451 4.3.0）。",
        ),
    ],
)
def test_a_refused_recipient_is_written_down_with_the_answer(
    admission: Admission, action: Action, says: str, says_zh: str
) -> None:
    lines = ("MAIL FROM:<a@a.example>", "RCPT TO:<ok@example.com>", "RCPT TO:<b@example.com>")
    scene = asyncio.run(dictate(*lines, admissions={"b@example.com": admission}))
    ((envelope, verdict),) = scene.reception.refused
    assert (envelope.client_ip, envelope.helo, envelope.door) == ("127.0.0.1", "c.example", "test door")
    assert (str(envelope.mail_from), envelope.recipients) == ("a@a.example", TO[:1])
    (decision,) = verdict.decisions
    assert (decision.action, decision.rule, decision.says, decision.says_zh) == (action, IN_THE_DIALOG, says, says_zh)


def test_a_mail_that_is_too_large_or_broken_is_written_down_for_all_whom_it_was_for() -> None:
    begin = ("MAIL FROM:<a@a.example>", "RCPT TO:<b@example.com>", "RCPT TO:<c@example.com>", "DATA")
    scene = asyncio.run(dictate("MAIL FROM:<a@a.example> SIZE=70001", *begin, "a\rb\r\n."))
    (_, too_large), (broken_envelope, broken) = scene.reception.refused
    assert [one.recipient for one in too_large.decisions] == [None]
    assert too_large.decisions[0].says == "The mail is larger than this server takes (552 5.3.4)."
    assert broken_envelope.recipients == TO
    assert [one.recipient for one in broken.decisions] == list(TO)
    assert broken.decisions[0].says.startswith("The mail has a bare CR or LF")


def test_a_mail_that_is_judged_is_not_written_down_a_second_time() -> None:
    scene = asyncio.run(dictate("MAIL FROM:<a@a.example>", "RCPT TO:<b@example.com>", "DATA", "Subject: x\r\n\r\n."))
    assert len(scene.reception.arrivals) == 1
    assert scene.reception.refused == []


def test_every_answer_that_is_written_down_has_a_chinese_sentence() -> None:
    replies = (
        *(reply for reply in smtp_replies.ADMISSION_REPLIES.values() if reply.is_refusal),
        smtp_replies.NEEDS_TLS,
        smtp_replies.NO_MEMORY,
        answers.TOO_LARGE,
        *answers.CONTENT_FAULTS.values(),
    )
    told = [build_verdict(build_envelope(), reply).decisions[0].says_zh for reply in replies]
    assert not any("未被接收" in says for says in told)
    unforeseen = build_verdict(build_envelope(), build_reply(554, "5.5.1", "No")).decisions[0]
    assert unforeseen.says_zh == "在 SMTP 会话中未被接收（554 5.5.1）。"


def test_one_network_fills_no_more_than_its_budget_and_the_rest_is_counted() -> None:
    clock, counters, reception = FakeClock(), FakeCounters(), FakeReception()
    refusals = Refusals(reception, clock, counters)
    limits = PeerLimits(PeerRules(10, 10, 10), clock)
    for _ in range(REFUSALS_PER_MINUTE + 5):
        refusals.note(build_envelope(TO[0]), UNKNOWN, limits.find_peer("192.0.2.1"))
    assert (len(reception.refused), counters.numbers["refusals_not_noted_total"]) == (REFUSALS_PER_MINUTE, 5)
    refusals.note(build_envelope(TO[0]), UNKNOWN, limits.find_peer("198.51.100.1"))
    clock.advance(60)
    refusals.note(build_envelope(TO[0]), UNKNOWN, limits.find_peer("192.0.2.1"))
    assert len(reception.refused) == REFUSALS_PER_MINUTE + 2


def test_many_networks_together_fill_no_more_than_all_may() -> None:
    clock, counters, reception = FakeClock(), FakeCounters(), FakeReception()
    refusals = Refusals(reception, clock, counters)
    limits = PeerLimits(PeerRules(10, 10, 10), clock)
    for number in range(MOST_PER_MINUTE + 7):
        refusals.note(build_envelope(TO[0]), UNKNOWN, limits.find_peer(f"192.0.2.{number}"))
    assert (len(reception.refused), counters.numbers["refusals_not_noted_total"]) == (MOST_PER_MINUTE, 7)


def test_a_mail_for_many_costs_as_much_of_the_budget_as_it_has_recipients() -> None:
    clock, counters, reception = FakeClock(), FakeCounters(), FakeReception()
    refusals = Refusals(reception, clock, counters)
    peer = PeerLimits(PeerRules(10, 10, 10), clock).find_peer("192.0.2.1")
    many = tuple(Address.parse(f"b{number}@example.com") for number in range(1_000))
    for _ in range(2):
        refusals.note(build_envelope(*many), UNKNOWN, peer)
    ((envelope, verdict),) = reception.refused
    assert envelope.recipients == many[:REFUSALS_PER_MINUTE]
    assert [one.recipient for one in verdict.decisions] == [*envelope.recipients]
    assert counters.numbers["refusals_not_noted_total"] == 2_000 - REFUSALS_PER_MINUTE
