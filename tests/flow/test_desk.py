"""People at the terminal move mail where it may go; who and why is recorded; a mistake is told in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from doubles import FakeClock
from gatepost.flow.desk import Desk
from gatepost.model.errors import BadInput
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Action
from gatepost.store.entries import MailEntry, State, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

HELD, QUEUED, MIXED = "aaaaaa" + "1" * 26, "aaaaaa" + "2" * 26, "bbbbbb" + "3" * 26


@dataclass
class Room:
    """A desk, the books behind it, and how often it has woken the dispatcher."""

    desk: Desk
    ledger: Ledger
    clock: FakeClock
    changes: list[int] = field(default_factory=list)

    def states(self, mail_id: str) -> list[State]:
        return [row.state for row in self.ledger.records.load_deliveries(mail_id=mail_id)]

    def due(self) -> list[tuple[str, int]]:
        return [(turn.mail_id, turn.recipient_number) for turn in self.ledger.load_due(100)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    clock, changes = FakeClock(), list[int]()
    ledger = Ledger(tmp_path, clock, StoreSettings())
    content = b""
    for mail_id, actions in [
        (HELD, [Action.QUARANTINE]),
        (QUEUED, [Action.DELIVER]),
        (MIXED, [Action.QUARANTINE, Action.DELIVER, Action.QUARANTINE]),
    ]:
        arrival = build_arrival(mail_id, *(f"{number}@example.org" for number in range(len(actions))))
        verdict = build_verdict(arrival, *actions)
        proof = build_proof() if mail_id == HELD else UNPROVEN
        verdict = replace(verdict, screening=replace(verdict.screening, proof=proof))
        entry = MailEntry(mail_id, RECEIVED_AT, 9, arrival.envelope, verdict)
        content += b"".join(build_frame(Kind.MAIL, encode_entry(entry), f"raw of {mail_id}".encode()))
    (tmp_path / "journal" / "0.journal").write_bytes(content)
    ledger.take_up()
    yield Room(Desk(ledger, clock, lambda: changes.append(1)), ledger, clock, changes)
    ledger.close()


def test_lists_show_what_waits_where(room: Room) -> None:
    assert [(row.mail_id, row.recipient_number) for row in room.desk.list_queue()] == [(QUEUED, 0), (MIXED, 1)]
    assert {row.mail_id for row in room.desk.list_quarantine()} == {HELD, MIXED}
    assert len(room.desk.list_history(100)) == 5
    assert len(room.desk.list_history(2)) == 2


def test_a_released_mail_is_due_at_once_with_name_and_reason(room: Room) -> None:
    assert room.desk.release(HELD, "anna", "known sender") == 1
    assert (HELD, 0) in room.due()
    (event,) = room.desk.show(HELD).events
    assert (event.state, event.by, event.says) == ("queued", "anna", "known sender")
    assert room.changes == [1]


def test_releasing_frees_only_those_who_wait_in_quarantine(room: Room) -> None:
    assert room.desk.release(MIXED, "anna", "") == 2
    assert room.states(MIXED) == [State.QUEUED] * 3
    events = room.desk.show(MIXED).events
    assert [(event.recipient_number, event.says) for event in events] == [(0, "released"), (2, "released")]


def test_a_destroyed_mail_is_settled_and_leaves_only_its_history(room: Room) -> None:
    assert room.desk.delete(HELD, "anna", "") == 1
    assert room.states(HELD) == [State.DELETED]
    with pytest.raises(BadInput, match="is not quarantined"):
        room.desk.release(HELD, "anna", "")


def test_a_mail_in_the_queue_is_tried_now_or_taken_back(room: Room) -> None:
    room.clock.advance(60)
    assert room.desk.retry(QUEUED, "anna") == 1
    (turn,) = [turn for turn in room.ledger.load_due(10) if turn.mail_id == QUEUED]
    assert turn.queued_at == room.clock.now()  # the time for retries starts anew
    assert room.desk.cancel(QUEUED, "anna", "sent by mistake") == 1
    assert room.states(QUEUED) == [State.CANCELLED]
    assert [event.says for event in room.desk.show(QUEUED).events] == ["tried again on request", "sent by mistake"]


@pytest.mark.parametrize(
    ("command", "mail_id", "wrong"),
    [
        ("release", QUEUED, "is not quarantined"),
        ("delete", QUEUED, "is not quarantined"),
        ("cancel", HELD, "is not queued"),
    ],
)
def test_a_mail_in_another_state_is_left_alone(room: Room, command: str, mail_id: str, wrong: str) -> None:
    before = room.states(mail_id)
    with pytest.raises(BadInput, match=f"{mail_id}: this mail {wrong}"):
        getattr(room.desk, command)(mail_id, "anna", "")
    assert room.states(mail_id) == before
    assert room.changes == []


def test_the_beginning_of_a_name_is_enough_when_it_is_the_only_one(room: Room) -> None:
    assert room.desk.show("BBBBBB").deliveries[0].mail_id == MIXED
    with pytest.raises(BadInput, match="more than one mail"):
        room.desk.show("aaaaaa")
    for unknown in ("", "bbbbb", "c" * 32, "bbbbbb%", "______"):
        with pytest.raises(BadInput, match="no such mail"):
            room.desk.show(unknown)


def test_one_mail_is_shown_whole_and_without_bytes_when_they_are_gone(room: Room, tmp_path: Path) -> None:
    view = room.desk.show(MIXED)
    assert (len(view.deliveries), view.events, view.findings) == (3, (), "[]")
    assert view.raw == f"raw of {MIXED}".encode()
    (tmp_path / "journal" / "0.journal").unlink()
    assert room.desk.show(MIXED).raw is None


def test_the_proof_of_a_mail_is_shown_with_it(room: Room) -> None:
    assert msgspec.json.decode(room.desk.show(HELD).proof, type=Proof) == build_proof()
    assert room.desk.show(MIXED).proof == ""


def test_a_kept_mail_is_recalled_as_it_was_accepted_or_a_sentence_says_why_not(room: Room, tmp_path: Path) -> None:
    kept = room.desk.recall(HELD)
    assert (kept.entry.mail_id, kept.raw) == (HELD, f"raw of {HELD}".encode())
    assert kept.entry.verdict.screening.proof == build_proof()
    (tmp_path / "journal" / "0.journal").unlink()
    with pytest.raises(BadInput, match=f"{HELD}: its bytes are no longer kept"):
        room.desk.recall(HELD)
