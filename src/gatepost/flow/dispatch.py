"""The way out: due -> route -> deliver -> settle, or try again later, or give up.

Standards: RFC 5321 §4.5.4 (retries), §6.1 (undeliverable mail); RFC 3464 (bounces).
Fails: never by itself; trouble with the disk is waited out, nothing is forgotten meanwhile. A mail that breaks the
work on it is put off and told about; all others go on.

What is delivered becomes durable beside its mail before the mail can be freed. A crash between the delivery and that
moment delivers again: a Maildir notices, SMTP by its nature cannot.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from gatepost.deliver.parcel import Delivered, FailedForGood, FailedForNow, Outcome, Parcel, Transport
from gatepost.flow.give_up import GivingUp
from gatepost.flow.take_out import CannotCleanError, find_cleaning
from gatepost.flow.trace import build_action_header, build_cleaned_header
from gatepost.model.address import Address, Domain
from gatepost.model.cleaning import Form
from gatepost.model.errors import OurFault, StorageTrouble
from gatepost.model.ports import Clock
from gatepost.model.splice import apply_splices, merge_splices
from gatepost.store.entries import Event, MailEntry, State, StoredMail
from gatepost.store.ledger import Ledger
from gatepost.store.rows import DueDelivery

MAX_IN_FLIGHT = 500
MAX_IN_FLIGHT_BYTES = 128 * 2**20
GATHER_S = 0.1  # what comes within this time shares one transaction and few flushes
SHORTEST_WAIT_S = 0.05
LONGEST_WAIT_S = 1.0
PUT_OFF_WAIT = timedelta(hours=1)
TROUBLE_WAIT_S = 1.0
TIDY_EVERY_S = 2.0
EXPIRE_EVERY_S = 600.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Consignment:
    """A parcel on its way: the mail it comes from and the turns of its recipients, in the parcel's order."""

    parcel: Parcel
    mail: StoredMail
    turns: tuple[DueDelivery, ...]
    transport: Transport


@dataclass(slots=True)
class Wake:
    """Ends the dispatcher's sleep: set by new mail, by a person, by a finished delivery."""

    event: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self) -> None:
        """Wake the dispatcher, or keep it from falling asleep."""
        self.event.set()


class Dispatcher:
    """Runs in the keeper, alone with its ledger."""

    def __init__(
        self,
        ledger: Ledger,
        find_transport: Callable[[Domain], Transport | None],
        giving_up: GivingUp,
        clock: Clock,
        wake: Wake,
    ) -> None:
        self._hostname = giving_up.hostname
        self._ledger = ledger
        self._find_transport = find_transport
        self._giving_up = giving_up
        self._clock = clock
        self._wake = wake
        self._in_flight: set[tuple[str, int]] = set()
        self._in_flight_bytes = 0
        self._unsettled: list[Event] = []
        self._tidied_s = self._expired_s = clock.monotonic_s()
        self._is_stopping = False
        self.ticked_s = clock.monotonic_s()  # the health check looks at these
        self.trouble = ""
        self.delivered_count = 0
        self.delivered_cleaned_count = 0

    @property
    def in_flight_count(self) -> int:
        """Give the number of deliveries that are under way."""
        return len(self._in_flight)

    def stop(self) -> None:
        """Start nothing new; `run` returns when what is under way has ended."""
        self._is_stopping = True
        self._wake()

    async def run(self) -> None:
        """Take up, deliver and settle until stopped."""
        async with asyncio.TaskGroup() as tasks:
            while not (self._is_stopping and not self._in_flight):
                self.ticked_s = self._clock.monotonic_s()
                try:
                    is_busy = self._work(tasks)
                    next_at = None if is_busy else self._ledger.find_next_attempt_at()
                    self.trouble = ""
                except StorageTrouble as trouble:
                    self.trouble = trouble.public
                    log.warning("books_trouble", says=trouble.public, detail=trouble.detail)
                    await asyncio.sleep(TROUBLE_WAIT_S)
                    continue
                await (asyncio.sleep(GATHER_S) if is_busy else self._rest(next_at))

    def _work(self, tasks: asyncio.TaskGroup) -> bool:
        """Do one round without waiting; say whether there was anything to do."""
        self._settle_finished()
        if self._is_stopping:
            return False
        taken = self._ledger.take_up()
        started = sum(1 for consignment in self._pack_due() if self._start(consignment, tasks))
        self._keep_order()
        return bool(taken or started)

    async def _rest(self, next_at: datetime | None) -> None:
        until_due_s = LONGEST_WAIT_S if next_at is None else (next_at - self._clock.now()).total_seconds()
        with contextlib.suppress(TimeoutError):
            # At least a moment: deliveries that are due but under way must not make the loop spin.
            await asyncio.wait_for(self._wake.event.wait(), min(max(until_due_s, SHORTEST_WAIT_S), LONGEST_WAIT_S))
        self._wake.event.clear()
        await asyncio.sleep(GATHER_S)

    def _settle_finished(self) -> None:
        if not self._unsettled:
            return
        events = self._unsettled[:]
        self._ledger.settle(events)
        del self._unsettled[: len(events)]
        delivered = [event for event in events if event.was_delivered]
        self.delivered_count += len(delivered)
        self.delivered_cleaned_count += sum(event.form is Form.CLEANED for event in delivered)
        self._in_flight.difference_update((event.mail_id, event.recipient_number) for event in events)

    def _keep_order(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._tidied_s > TIDY_EVERY_S:
            self._tidied_s = now_s
            self._ledger.tidy()
        if now_s - self._expired_s > EXPIRE_EVERY_S:
            self._expired_s = now_s
            self._ledger.expire()

    def _pack_due(self) -> Iterator[Consignment]:
        """Give parcels for what is due and not under way, one for each mail and next hop."""
        room = MAX_IN_FLIGHT - len(self._in_flight)
        if room < MAX_IN_FLIGHT // 2 or self._in_flight_bytes >= MAX_IN_FLIGHT_BYTES:
            return  # what is under way stands among what is due: asking for every place that frees would cost too much
        due = self._ledger.load_due(room + len(self._in_flight))
        by_mail: dict[str, list[DueDelivery]] = defaultdict(list)
        for turn in due:
            if (turn.mail_id, turn.recipient_number) not in self._in_flight:
                by_mail[turn.mail_id].append(turn)
        for mail_id, turns in by_mail.items():
            if self._in_flight_bytes >= MAX_IN_FLIGHT_BYTES:
                return
            mail = self._ledger.load_mail(mail_id, turns[0].place)
            if mail is None:
                place = turns[0].place
                log.error("mail_unreadable", mail=mail_id, file=place.file, offset=place.offset)
                self._unsettled += self._put_off(turns, f"its bytes in {place.file} cannot be read back from the disk")
            else:
                yield from self._pack_safely(mail, turns)

    def _pack_safely(self, mail: StoredMail, turns: Sequence[DueDelivery]) -> Sequence[Consignment]:
        try:
            return list(self._pack(mail, turns))
        except Exception:  # one mail that cannot be packed must not stop all others, again and again
            log.exception("packing_broke", mail=mail.entry.mail_id)
            self._unsettled += self._put_off(turns, "internal error while preparing the mail")
            return ()

    def _pack(self, mail: StoredMail, turns: Iterable[DueDelivery]) -> Iterator[Consignment]:
        groups: dict[tuple[int, bytes, Form], list[DueDelivery]] = defaultdict(list)
        transports: dict[int, Transport] = {}
        for turn in turns:
            transport = self._find_transport(get_recipient(mail.entry, turn.recipient_number).domain) or NO_WAY_OUT
            transports[id(transport)] = transport
            header = build_action_header(mail.entry.verdict.decisions[turn.recipient_number])
            groups[id(transport), header, turn.form].append(turn)
        for (key, header, form), members in groups.items():
            try:
                parcel = build_parcel(mail, members, header, form, self._hostname)
            except CannotCleanError as error:
                self._unsettled += [
                    self._build_event(turn, State.QUARANTINED, error.says, "", None) for turn in members
                ]
            else:
                yield Consignment(parcel, mail, tuple(members), transports[key])

    def _start(self, consignment: Consignment, tasks: asyncio.TaskGroup) -> bool:
        self._in_flight.update((turn.mail_id, turn.recipient_number) for turn in consignment.turns)
        self._in_flight_bytes += len(consignment.parcel.content)
        tasks.create_task(self._carry(consignment))
        return True

    async def _carry(self, consignment: Consignment) -> None:
        try:
            outcomes: Sequence[Outcome] = await consignment.transport.deliver(consignment.parcel)
            if len(outcomes) != len(consignment.turns):
                raise OurFault(f"{len(outcomes)} outcomes came for {len(consignment.turns)} recipients")  # noqa: TRY301
        except Exception:  # a bug in a transport must not stop all other mail
            log.exception("delivery_broke", mail=consignment.parcel.mail_id)
            outcomes = [FailedForNow("4.3.0", "internal error while delivering")] * len(consignment.turns)
        self._unsettled += await self._conclude(consignment, outcomes)
        self._in_flight_bytes -= len(consignment.parcel.content)
        self._wake()

    async def _conclude(self, consignment: Consignment, outcomes: Sequence[Outcome]) -> list[Event]:
        events: list[Event] = []
        failed: list[tuple[DueDelivery, FailedForNow | FailedForGood]] = []
        for turn, outcome in zip(consignment.turns, outcomes, strict=True):
            if isinstance(outcome, Delivered):
                events.append(self._settle_delivered(turn, outcome))
            elif isinstance(outcome, FailedForNow) and (next_at := self._giving_up.find_next_attempt_at(turn)):
                events.append(self._build_event(turn, State.QUEUED, outcome.says, outcome.status, next_at))
            else:
                failed.append((turn, outcome))
        return events + await self._give_up(consignment.mail, failed) if failed else events

    def _settle_delivered(self, turn: DueDelivery, outcome: Delivered) -> Event:
        """After the cleaned form has gone out, the mail as it came is held."""
        if turn.form is Form.ORIGINAL:
            return self._build_event(turn, State.DELIVERED, outcome.says, "2.0.0", None)
        says = f"the cleaned form was delivered: {outcome.says}"
        return replace(self._build_event(turn, State.QUARANTINED, says, "2.0.0", None), form=Form.CLEANED)

    async def _give_up(
        self, mail: StoredMail, failed: Sequence[tuple[DueDelivery, FailedForNow | FailedForGood]]
    ) -> list[Event]:
        try:
            return await self._giving_up.give_up(mail, failed)
        except Exception:  # a bounce that cannot be built must not stop all other mail
            log.exception("giving_up_broke", mail=mail.entry.mail_id)
            return self._put_off((turn for turn, _ in failed), "internal error while giving up")

    def _build_event(self, turn: DueDelivery, state: State, says: str, status: str, next_at: datetime | None) -> Event:
        return Event(
            turn.mail_id, turn.recipient_number, self._clock.now(), state, says, status=status,
            attempts=turn.attempts + 1, next_attempt_at=next_at,
        )  # fmt: skip

    def _put_off(self, turns: Iterable[DueDelivery], says: str) -> list[Event]:
        """Keep what cannot be worked on in sight: a backup or a new release may help. Quarantine is its end."""
        events = []
        for turn in turns:
            may_wait = self._giving_up.find_next_attempt_at(turn) is not None
            state, next_at = (State.QUEUED, self._clock.now() + PUT_OFF_WAIT) if may_wait else (State.QUARANTINED, None)
            events.append(self._build_event(turn, state, says, "4.3.0", next_at))
        return events


class NoWayOut:
    """The transport to a domain for which nothing is configured."""

    async def deliver(self, parcel: Parcel) -> tuple[Outcome, ...]:
        """Refuse every recipient."""
        return (FailedForGood("5.4.4", "no way out is configured for this domain"),) * len(parcel.recipients)

    async def close(self) -> None:
        """Close nothing."""


NO_WAY_OUT = NoWayOut()


def get_recipient(entry: MailEntry, number: int) -> Address:
    """Give the recipient that a delivery is about."""
    return entry.envelope.recipients[number]


def build_parcel(mail: StoredMail, turns: Iterable[DueDelivery], header: bytes, form: Form, hostname: Domain) -> Parcel:
    """Apply the recorded edits: our headers in front, forged ones out, the rest of the raw bytes untouched.

    In the cleaned form notes stand in the place of files; raises CannotCleanError where there can be no such form.
    """
    entry, splices = mail.entry, mail.entry.splices
    if form is Form.CLEANED:
        cleaning = find_cleaning(mail, hostname)
        header += build_cleaned_header(cleaning)
        splices = merge_splices(splices, cleaning.splices)
    return Parcel(
        entry.mail_id,
        entry.envelope.mail_from,
        tuple(get_recipient(entry, turn.recipient_number) for turn in turns),
        header + apply_splices(mail.raw, splices),
        entry.envelope.needs_smtputf8,
        form,
    )
