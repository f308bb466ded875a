"""What is due is delivered once, what failed comes back later, what cannot be delivered is told or kept in sight."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cleaning_mails import BAD, TWO_FILES, find, screen
from doubles import FakeClock
from gatepost.deliver.parcel import Delivered, FailedForGood, FailedForNow, Outcome, Parcel, Transport
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.desk import Desk
from gatepost.flow.dispatch import PUT_OFF_WAIT, Dispatcher, Wake
from gatepost.flow.give_up import GivingUp, GivingUpRules
from gatepost.flow.settings import RecipientSettings
from gatepost.flow.take_out import Subject, take_out
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.cleaning import NO_CLEANING, Cleaning, Form
from gatepost.model.envelope import Arrival
from gatepost.model.errors import StorageTrouble
from gatepost.model.proof import AuthResult, Proof
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, Verdict
from gatepost.store.entries import Event, MailEntry, State, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.journal import Journal
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from gatepost.store.vault import JournalVault
from store_builders import RECEIVED_AT, build_arrival, build_verdict

OWN = frozenset({Domain.parse("example.org")})
PROVEN = Proof(spf=AuthResult.PASS)


@dataclass
class FakeTransport:
    """Answers as told, one outcome for each recipient, and remembers the parcels."""

    answer: Callable[[Parcel], tuple[Outcome, ...]] = lambda parcel: (Delivered("ok"),) * len(parcel.recipients)
    parcels: list[Parcel] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        self.parcels.append(parcel)
        if self.gate:
            await self.gate.wait()
        return self.answer(parcel)

    async def close(self) -> None:
        pass


@dataclass
class World:
    """A ledger, a dispatcher over it, and what a test needs to look at both."""

    state: Path
    clock: FakeClock
    ledger: Ledger
    journal: Journal
    dispatcher: Dispatcher

    async def accept(self, arrival: Arrival, verdict: Verdict | None = None, *splices: Splice) -> None:
        await JournalVault(self.journal).keep(arrival, verdict or build_verdict(arrival), splices)

    def states(self) -> list[State]:
        return [row.state for row in self.ledger.records.load_deliveries()]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - the books have no event to wait for
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    state: Path,
    transport: Transport,
    *,
    remote: Transport | Exception | None = None,
    settings: DeliverSettings | None = None,
    ledger_type: type[Ledger] = Ledger,
) -> AsyncIterator[World]:
    clock, wake = FakeClock(), Wake()
    ledger = ledger_type(state, clock, StoreSettings())
    journal = Journal(state / "journal", clock, StoreSettings(), wake)
    rules = GivingUpRules(settings or DeliverSettings(), Domain.parse("mx.example.org"), OWN, RecipientSettings())

    def find_transport(domain: Domain) -> Transport | None:
        if domain in OWN:
            return transport
        if isinstance(remote, Exception):
            raise remote
        return remote

    dispatcher = Dispatcher(ledger, find_transport, GivingUp(rules, journal, find_transport, clock), clock, wake)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(dispatcher.run())
        yield World(state, clock, ledger, journal, dispatcher)
        dispatcher.stop()
    await journal.close()
    ledger.close()


def prove(arrival: Arrival) -> Verdict:
    verdict = build_verdict(arrival)
    return replace(verdict, screening=replace(verdict.screening, proof=PROVEN))


async def test_an_accepted_mail_is_delivered_with_its_splices_and_settled(tmp_path: Path) -> None:
    transport = FakeTransport()
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival(raw=b"A: b\r\n\r\nc\r\n"), None, Splice(0, 0, b"Received: x\r\n"))
        await world.until(lambda: world.states() == [State.DELIVERED])
    (parcel,) = transport.parcels
    assert parcel.content == b"Received: x\r\nA: b\r\n\r\nc\r\n"
    assert str(parcel.mail_from) == "me@example.com"


async def test_recipients_with_the_same_way_and_verdict_share_a_parcel(tmp_path: Path) -> None:
    transport = FakeTransport()
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org", "c@example.org", "d@example.org")
    verdict = build_verdict(arrival, Action.DELIVER, Action.FLAG, Action.DELIVER, Action.QUARANTINE)
    async with running(tmp_path, transport) as world:
        await world.accept(arrival, verdict)
        await world.until(lambda: world.states().count(State.DELIVERED) == 3)
        assert world.states()[3] is State.QUARANTINED
    groups = {tuple(each.local_part for each in parcel.recipients): parcel.content for parcel in transport.parcels}
    assert set(groups) == {("a", "c"), ("b",)}
    assert groups["b",].startswith(b"X-Gatepost-Action: flag; because\r\n")


async def accept_cleaned(world: World, *actions: Action, cleaning: Cleaning | None = None) -> Arrival:
    """Accept a mail with a bad file as `receive` does: with its cleaned form."""
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org", raw=TWO_FILES)
    verdict = replace(build_verdict(arrival, *actions), screening=screen(TWO_FILES, find("1.2")))
    trace = (Splice(0, 0, b"Received: x\r\n"),)
    made = take_out(Subject(arrival, verdict.screening, trace, Domain.parse("mx.example.org")), ["1.2"])
    await JournalVault(world.journal).keep(arrival, verdict, trace, made if cleaning is None else cleaning)
    return arrival


async def test_who_is_to_get_the_cleaned_form_gets_it_and_the_mail_as_it_came_is_held(tmp_path: Path) -> None:
    transport = FakeTransport()
    async with running(tmp_path, transport) as world:
        await accept_cleaned(world, Action.CLEAN, Action.DELIVER)
        await world.until(lambda: world.states() == [State.QUARANTINED, State.DELIVERED])
        assert (world.dispatcher.delivered_count, world.dispatcher.delivered_cleaned_count) == (2, 1)
        (row, _) = world.ledger.records.load_deliveries()
        assert row.last_says == "the cleaned form was delivered: ok"
    whole, cleaned = sorted((parcel for parcel in transport.parcels), key=lambda parcel: parcel.form, reverse=True)
    assert whole.content == b"Received: x\r\n" + TWO_FILES
    assert [str(to) for to in cleaned.recipients] == ["a@example.org"]
    message = parse_message(cleaned.content)
    assert [header.name for header in message.headers][:3] == ["x-gatepost-action", "x-gatepost-cleaned", "received"]
    assert message.header_text("x-gatepost-cleaned") == "1 taken out: plan.docm (zip)"
    assert [part.filename for part in message.root.children] == ["", "removed-1.txt", "notes.pdf"]
    assert BAD not in {part.content for part in message.walk()}


async def test_a_cleaned_form_that_is_tried_again_is_the_cleaned_form_still(tmp_path: Path) -> None:
    answers: list[Outcome] = [FailedForNow("4.3.2", "busy"), Delivered("ok")]
    transport = FakeTransport(lambda parcel: (answers.pop(0),) * len(parcel.recipients))
    async with running(tmp_path, transport) as world:
        await accept_cleaned(world, Action.CLEAN, Action.QUARANTINE)
        await world.until(lambda: len(transport.parcels) == 1 and not world.dispatcher.in_flight_count)
        world.clock.advance(90)
        await world.until(lambda: world.states() == [State.QUARANTINED] * 2)
    assert [parcel.form for parcel in transport.parcels] == [Form.CLEANED] * 2


async def test_a_cleaned_form_that_nobody_takes_leaves_the_mail_in_quarantine(tmp_path: Path) -> None:
    transport = FakeTransport(lambda parcel: (FailedForGood("5.1.1", "no such user"),) * len(parcel.recipients))
    async with running(tmp_path, transport) as world:
        arrival = await accept_cleaned(world, Action.CLEAN, Action.CLEAN)
        await world.until(lambda: world.states() == [State.QUARANTINED] * 2)
        assert (world.dispatcher.delivered_count, world.dispatcher.delivered_cleaned_count) == (0, 0)
        assert "no such user" in world.ledger.records.load_deliveries()[0].last_says
        assert Desk(world.ledger, world.clock, lambda: None).delete(arrival.mail_id, "anna", "") == 2


async def test_the_mail_as_it_came_can_follow_and_only_then_all_is_settled(tmp_path: Path) -> None:
    transport = FakeTransport()
    async with running(tmp_path, transport) as world:
        arrival = await accept_cleaned(world, Action.CLEAN, Action.CLEAN)
        await world.until(lambda: world.states() == [State.QUARANTINED] * 2)
        desk = Desk(world.ledger, world.clock, lambda: None)
        assert desk.release(arrival.mail_id, "anna", "", "original") == 2
        await world.until(lambda: world.states() == [State.DELIVERED] * 2)
    assert [parcel.form for parcel in transport.parcels] == [Form.CLEANED, Form.ORIGINAL]
    assert transport.parcels[1].content.endswith(TWO_FILES)


async def test_a_held_mail_is_cleaned_when_a_person_asks_for_it(tmp_path: Path) -> None:
    transport = FakeTransport()
    async with running(tmp_path, transport) as world:
        arrival = await accept_cleaned(world, Action.QUARANTINE, Action.QUARANTINE, cleaning=NO_CLEANING)
        await world.until(lambda: world.states() == [State.QUARANTINED] * 2)
        Desk(world.ledger, world.clock, lambda: None).release(arrival.mail_id, "anna", "", "cleaned")
        await world.until(lambda: len(transport.parcels) == 1 and world.states() == [State.QUARANTINED] * 2)
    assert parse_message(transport.parcels[0].content).root.children[1].filename == "removed-1.txt"
    assert b"mx.example.org" in base64.b64decode(parse_message(transport.parcels[0].content).root.children[1].body)


async def test_a_cleaned_form_that_cannot_be_made_any_more_leaves_the_mail_in_quarantine(tmp_path: Path) -> None:
    transport = FakeTransport()
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival("1" * 32), build_verdict(build_arrival(), Action.CLEAN))
        await world.until(lambda: world.states() == [State.QUARANTINED])
        assert "nothing suspect was found" in world.ledger.records.load_deliveries()[0].last_says
    assert transport.parcels == []


async def test_a_temporary_failure_is_tried_again_when_its_time_has_come(tmp_path: Path) -> None:
    answers: list[tuple[Outcome, ...]] = [(FailedForNow("4.3.2", "busy"),), (Delivered("ok"),)]
    transport = FakeTransport(lambda _: answers.pop(0))
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival())
        await world.until(lambda: [row.attempts for row in world.ledger.records.load_deliveries()] == [1])
        (row,) = world.ledger.records.load_deliveries()
        assert (row.state, row.last_status, row.last_says) == (State.QUEUED, "4.3.2", "busy")
        await asyncio.sleep(0.2)
        assert len(transport.parcels) == 1
        world.clock.advance(90)
        await world.until(lambda: world.states() == [State.DELIVERED])


async def test_recipients_of_one_parcel_can_end_differently(tmp_path: Path) -> None:
    transport = FakeTransport(lambda _: (Delivered("ok"), FailedForNow("4.2.2", "full"), FailedForGood("5.1.1", "no")))
    arrival = build_arrival("1" * 32, "a@example.org", "b@example.org", "c@example.org")
    async with running(tmp_path, transport) as world:
        await world.accept(arrival)
        await world.until(lambda: world.states() == [State.DELIVERED, State.QUEUED, State.QUARANTINED])


async def test_an_undeliverable_mail_of_an_unproven_sender_is_never_bounced(tmp_path: Path) -> None:
    transport, remote = FakeTransport(lambda _: (FailedForGood("5.1.1", "no such user"),)), FakeTransport()
    async with running(tmp_path, transport, remote=remote) as world:
        await world.accept(build_arrival())
        await world.until(lambda: world.states() == [State.QUARANTINED])
        (row,) = world.ledger.records.load_deliveries()
        assert row.last_says == (
            "no such user; not bounced: the sender is not proven, so a notice could reach a stranger"
        )
    assert remote.parcels == []


async def test_a_proven_sender_is_told(tmp_path: Path) -> None:
    transport, remote = FakeTransport(lambda _: (FailedForGood("5.1.1", "no such user"),)), FakeTransport()
    async with running(tmp_path, transport, remote=remote) as world:
        arrival = build_arrival()
        await world.accept(arrival, prove(arrival))
        await world.until(lambda: sorted(world.states()) == [State.BOUNCED, State.DELIVERED])
    (bounce,) = remote.parcels
    assert bounce.mail_from is None
    assert str(bounce.recipients[0]) == "me@example.com"
    assert b"Final-Recipient: rfc822; you@example.org" in bounce.content


async def test_without_a_way_to_the_sender_the_mail_is_kept_in_sight(tmp_path: Path) -> None:
    transport = FakeTransport(lambda _: (FailedForGood("5.1.1", "no such user"),))
    async with running(tmp_path, transport) as world:
        arrival = build_arrival()
        await world.accept(arrival, prove(arrival))
        await world.until(lambda: world.states() == [State.QUARANTINED])
        assert "[deliver.smarthost]" in world.ledger.records.load_deliveries()[0].last_says


async def test_a_bounce_is_never_bounced(tmp_path: Path) -> None:
    refuse = FakeTransport(lambda _: (FailedForGood("5.1.1", "no"),))
    async with running(tmp_path, refuse, remote=refuse) as world:
        arrival = build_arrival()
        await world.accept(arrival, prove(arrival))
        await world.until(lambda: sorted(world.states()) == [State.BOUNCED, State.QUARANTINED])
        await asyncio.sleep(0.2)
        assert len(world.states()) == 2


async def test_a_mail_is_given_up_after_its_time(tmp_path: Path) -> None:
    transport = FakeTransport(lambda _: (FailedForNow("4.4.1", "no answer"),))
    async with running(tmp_path, transport, settings=DeliverSettings(expire_after_s=3600)) as world:
        await world.accept(build_arrival())
        await world.until(lambda: world.states() == [State.QUEUED])
        world.clock.advance(3601)
        await world.until(lambda: world.states() == [State.QUARANTINED])


async def test_a_transport_that_breaks_is_a_temporary_failure(tmp_path: Path) -> None:
    def break_down(_: Parcel) -> tuple[Outcome, ...]:
        raise ZeroDivisionError

    async with running(tmp_path, FakeTransport(break_down)) as world:
        await world.accept(build_arrival())
        await world.until(lambda: [row.last_status for row in world.ledger.records.load_deliveries()] == ["4.3.0"])
        assert world.states() == [State.QUEUED]


async def test_stopping_waits_for_what_is_under_way(tmp_path: Path) -> None:
    transport = FakeTransport(gate=asyncio.Event())
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival())
        await world.until(lambda: world.dispatcher.in_flight_count == 1)
        world.dispatcher.stop()
        await asyncio.sleep(0.1)
        assert world.states() == [State.QUEUED]
        assert transport.gate
        transport.gate.set()
        await world.until(lambda: world.states() == [State.DELIVERED])


async def test_a_transport_that_answers_for_too_few_is_not_believed(tmp_path: Path) -> None:
    """It ended the keeper, whose successor delivered again and ended, for ever."""
    transport = FakeTransport(lambda _: (Delivered("ok"),))
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival("1" * 32, "a@example.org", "b@example.org"))
        await world.until(lambda: [row.last_status for row in world.ledger.records.load_deliveries()] == ["4.3.0"] * 2)
        assert world.states() == [State.QUEUED] * 2
        assert world.dispatcher.in_flight_count == 0


async def test_a_mail_that_cannot_be_packed_does_not_stop_the_others(tmp_path: Path) -> None:
    """One decision too many ended the keeper, whose successor met the same mail."""
    transport = FakeTransport()
    odd, good = build_arrival("1" * 32), build_arrival("2" * 32)
    verdict = build_verdict(odd)
    entry = MailEntry("1" * 32, RECEIVED_AT, 9, odd.envelope, replace(verdict, decisions=verdict.decisions * 2))
    async with running(tmp_path, transport) as world:
        await world.journal.append(build_frame(Kind.MAIL, encode_entry(entry), odd.raw))
        await world.accept(good)
        await world.until(lambda: State.DELIVERED in world.states())
        rows = world.ledger.records.load_deliveries(mail_id="1" * 32)
        assert {row.last_says for row in rows} == {"internal error while preparing the mail"}
        assert {row.next_attempt_at for row in rows} == {world.clock.now() + PUT_OFF_WAIT}
    assert [parcel.mail_id for parcel in transport.parcels] == ["2" * 32]


async def test_a_notice_that_cannot_be_built_leaves_what_was_delivered_delivered(tmp_path: Path) -> None:
    transport = FakeTransport(lambda _: (Delivered("ok"), FailedForGood("5.1.1", "no such user")))
    async with running(tmp_path, transport, remote=ZeroDivisionError()) as world:
        arrival = build_arrival("1" * 32, "a@example.org", "b@example.org")
        await world.accept(arrival, prove(arrival))
        await world.until(lambda: world.states() == [State.DELIVERED, State.QUEUED])
        assert world.ledger.records.load_deliveries()[1].last_says == "internal error while giving up"
    assert len(transport.parcels) == 1


async def test_a_mail_that_the_disk_does_not_give_back_is_kept_in_sight_and_comes_to_an_end(tmp_path: Path) -> None:
    transport = FakeTransport(lambda _: (FailedForNow("4.3.2", "busy"),))
    async with running(tmp_path, transport) as world:
        await world.accept(build_arrival())
        await world.until(lambda: [row.attempts for row in world.ledger.records.load_deliveries()] == [1])
        for path in (tmp_path / "journal").glob("*.journal"):
            path.write_bytes(b"")
        world.clock.advance(3600)
        await world.until(lambda: "cannot be read back" in world.ledger.records.load_deliveries()[0].last_says)
        assert world.states() == [State.QUEUED]
        world.clock.advance(5 * 86400)
        await world.until(lambda: world.states() == [State.QUARANTINED])
    assert len(transport.parcels) == 1


async def test_a_database_that_fails_while_nothing_is_due_does_not_end_the_keeper(tmp_path: Path) -> None:
    async with running(tmp_path, FakeTransport(), ledger_type=ForgetfulLedger) as world:
        await world.until(lambda: world.dispatcher.trouble == "the records cannot be read")
        await world.accept(build_arrival())
        await world.until(lambda: world.states() == [State.DELIVERED])


class ForgetfulLedger(Ledger):
    """Cannot say the first time when the next mail is due."""

    has_failed = False

    def find_next_attempt_at(self) -> datetime | None:
        if not self.has_failed:
            self.has_failed = True
            raise StorageTrouble("the records cannot be read")
        return super().find_next_attempt_at()


class StumblingLedger(Ledger):
    """Cannot write the first time it is asked to."""

    has_stumbled = False

    def settle(self, events: Sequence[Event]) -> None:
        if not self.has_stumbled:
            self.has_stumbled = True
            raise StorageTrouble("the books could not be written", "disk full")
        super().settle(events)


async def test_trouble_with_the_books_is_waited_out(tmp_path: Path) -> None:
    """Nothing is forgotten and nothing delivered again while the records cannot be written."""
    transport = FakeTransport()
    async with running(tmp_path, transport, ledger_type=StumblingLedger) as world:
        await world.accept(build_arrival())
        await world.until(lambda: world.dispatcher.trouble == "the books could not be written")
        await world.until(lambda: world.states() == [State.DELIVERED])
        assert world.dispatcher.trouble == ""
    assert len(transport.parcels) == 1
