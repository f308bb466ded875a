"""Who is told that a mail could not be delivered, and what becomes of it otherwise."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.deliver.parcel import FailedForGood, FailedForNow, Outcome, Parcel, Transport
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.give_up import GivingUp, GivingUpRules
from gatepost.flow.settings import RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.proof import AuthResult, Proof
from gatepost.store.entries import Event, MailEntry, State, StoredMail, decode_mail
from gatepost.store.journal import Journal
from gatepost.store.reader import FrameFile
from gatepost.store.rows import DueDelivery, Place
from gatepost.store.settings import StoreSettings
from store_builders import RECEIVED_AT, build_arrival, build_verdict

OWN = frozenset({Domain.parse("example.org")})
RULES = GivingUpRules(DeliverSettings(), Domain.parse("mx.example.org"), OWN, RecipientSettings())
NO = FailedForGood("5.1.1", "10.0.0.5:25 said: 550 no such user")
Failed = Sequence[tuple[DueDelivery, FailedForNow | FailedForGood]]
FindTransport = Callable[[Domain], Transport | None]


class SomeTransport:
    """A way out that nobody goes here."""

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        raise AssertionError(f"{parcel.mail_id} was sent by whom only decides")

    async def close(self) -> None:
        pass


@asynccontextmanager
async def giving_up(
    folder: Path, find_transport: FindTransport = lambda _: SomeTransport(), store: StoreSettings | None = None
) -> AsyncIterator[GivingUp]:
    clock = FakeClock()
    journal = Journal(folder, clock, store or StoreSettings(), lambda: None)
    yield GivingUp(RULES, journal, find_transport, clock)
    await journal.close()


def build_mail(*recipients: str, is_proven: bool = True, raw: bytes = b"Subject: hi\r\n\r\nhello\r\n") -> StoredMail:
    arrival = build_arrival("1" * 32, *recipients, raw=raw)
    verdict = build_verdict(arrival)
    if is_proven:
        verdict = replace(verdict, screening=replace(verdict.screening, proof=Proof(spf=AuthResult.PASS)))
    return StoredMail(MailEntry("1" * 32, RECEIVED_AT, len(raw), arrival.envelope, verdict), raw)


def fail(mail: StoredMail, why: FailedForNow | FailedForGood = NO) -> Failed:
    place = Place("journal/0", 0, 9)
    count = len(mail.entry.envelope.recipients)
    return [(DueDelivery("1" * 32, number, 2, RECEIVED_AT, place), why) for number in range(count)]


def read_bounces(folder: Path) -> list[tuple[MailEntry, bytes]]:
    found = []
    for path in sorted(folder.glob("*.journal")):
        frames = list(FrameFile(path, 0).read_frames(is_finished=True))
        found += [(decode_mail(frame.meta), frame.raw) for frame in frames]
    return found


def summarise(events: Sequence[Event]) -> list[tuple[int, State, str, int]]:
    return [(event.recipient_number, event.state, event.status, event.attempts) for event in events]


async def test_one_notice_tells_of_all_recipients_and_is_durable_before_the_events(tmp_path: Path) -> None:
    mail = build_mail("a@example.org", "b@example.org")
    async with giving_up(tmp_path) as giving:
        events = await giving.give_up(mail, fail(mail))
        ((entry, raw),) = read_bounces(tmp_path)
    assert summarise(events) == [(0, State.BOUNCED, "5.1.1", 3), (1, State.BOUNCED, "5.1.1", 3)]
    assert entry.envelope.mail_from is None
    assert [str(each) for each in entry.envelope.recipients] == ["me@example.com"]
    assert (entry.size_bytes, entry.mail_id != mail.entry.mail_id) == (len(raw), True)
    assert raw.count(b"Final-Recipient: rfc822; ") == 2
    assert b"10.0.0.5" not in raw


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (build_mail(is_proven=False), "not bounced: the sender is not proven"),
        (build_mail(raw=b"Auto-Submitted: auto-generated\r\n\r\n"), "not bounced: the mail was sent by a program"),
        (build_mail(raw=b"Precedence: bulk\r\n\r\n"), "not bounced: the mail comes from a mailing list"),
    ],
    ids=["unproven", "automatic", "bulk"],
)
async def test_who_must_not_be_told_is_not_told_and_a_person_sees_why(
    tmp_path: Path, mail: StoredMail, why: str
) -> None:
    async with giving_up(tmp_path) as giving:
        (event,) = await giving.give_up(mail, fail(mail))
    assert (event.state, event.next_attempt_at) == (State.QUARANTINED, None)
    assert event.says.startswith(f"{NO.says}; {why}")
    assert read_bounces(tmp_path) == []


async def test_a_notice_is_never_answered_with_a_notice(tmp_path: Path) -> None:
    mail = build_mail()
    mail = replace(mail, entry=replace(mail.entry, envelope=replace(mail.entry.envelope, mail_from=None)))
    async with giving_up(tmp_path) as giving:
        assert [event.state for event in await giving.give_up(mail, fail(mail))] == [State.QUARANTINED]
    assert read_bounces(tmp_path) == []


async def test_without_a_way_to_the_sender_the_setting_is_named(tmp_path: Path) -> None:
    mail = build_mail()
    async with giving_up(tmp_path, lambda _: None) as giving:
        (event,) = await giving.give_up(mail, fail(mail))
    assert event.state is State.QUARANTINED
    assert event.says.endswith("no way out to the sender's domain is configured ([deliver.smarthost])")


async def test_a_notice_that_the_disk_does_not_take_is_made_later(tmp_path: Path) -> None:
    mail = build_mail()
    async with giving_up(tmp_path, store=StoreSettings(reserve_bytes=2**60)) as giving:
        (event,) = await giving.give_up(mail, fail(mail))
    assert (event.state, event.says) == (State.QUEUED, NO.says)
    assert event.next_attempt_at == FakeClock().now() + timedelta(minutes=1)


async def test_trying_ends_when_its_time_is_over(tmp_path: Path) -> None:
    turn = DueDelivery("1" * 32, 0, 1, RECEIVED_AT, Place("journal/0", 0, 9))
    async with giving_up(tmp_path) as giving:
        next_at = giving.find_next_attempt_at(turn)
        assert next_at is not None
        assert next_at > RECEIVED_AT
        assert giving.find_next_attempt_at(replace(turn, queued_at=RECEIVED_AT - timedelta(days=5))) is None


@pytest.mark.parametrize(
    ("sender", "client_ip", "is_local"),
    [
        ("anna@example.org", "127.0.0.1", True),
        ("anna@example.org", "::1", True),
        ("anna@example.org", "192.0.2.1", False),
        ("anna@example.com", "127.0.0.1", False),  # not ours, wherever it comes from
        ("anna@example.org", "", False),
        ("anna@example.org", "no address", False),
        (None, "127.0.0.1", False),
    ],
)
def test_only_our_people_on_our_networks_are_believed(sender: str | None, client_ip: str, *, is_local: bool) -> None:
    address = None if sender is None else Address.parse(sender)
    envelope = Envelope(address, (Address.parse("a@example.org"),), client_ip, "", "ESMTP")
    assert RULES.sender_is_local(envelope) is is_local
