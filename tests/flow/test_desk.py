"""People at the terminal move mail where it may go; who and why is recorded; a mistake is told in one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
import structlog

from cleaning_mails import TWO_FILES, find, screen
from doubles import FakeClock
from gatepost.flow.desk import Desk
from gatepost.model.cleaning import NO_CLEANING, Cleaning, Form, RemovedPart
from gatepost.model.errors import BadInput
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.model.verdict import Action
from gatepost.store.entries import Event, Label, MailEntry, State, StoredMail, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.ledger import Ledger
from gatepost.store.settings import StoreSettings
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

HELD, QUEUED, MIXED = "aaaaaa" + "1" * 26, "aaaaaa" + "2" * 26, "bbbbbb" + "3" * 26


@dataclass
class Room:
    """A desk, the books behind it, and how often it has woken the dispatcher."""

    state: Path
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
    room = Room(tmp_path, Desk(ledger, clock, lambda: changes.append(1)), ledger, clock, changes)
    yield room
    room.ledger.close()


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


@dataclass
class Lessons:
    """What the desk hands on to be learned from."""

    taught: list[tuple[str, Label, bytes]] = field(default_factory=list)
    trouble: Exception | None = None

    def teach(self, mail: StoredMail, label: Label, at: datetime) -> None:
        assert at.tzinfo
        if self.trouble:
            raise self.trouble
        self.taught.append((mail.entry.mail_id, label, mail.raw))


def teach_by(room: Room) -> Lessons:
    lessons = Lessons()
    room.desk = Desk(room.ledger, room.clock, lambda: None, lessons.teach)
    return lessons


def test_a_released_mail_is_remembered_as_honest_and_a_reported_one_as_unwanted(room: Room) -> None:
    lessons = teach_by(room)
    assert room.desk.release(HELD, "anna", "") == 1
    assert room.desk.report(MIXED, "anna", "a lottery") == 2
    assert lessons.taught == [
        (HELD, Label.HONEST, f"raw of {HELD}".encode()),
        (MIXED, Label.UNWANTED, f"raw of {MIXED}".encode()),
    ]


def test_a_reported_mail_stays_in_quarantine_and_its_history_says_so(room: Room) -> None:
    room.desk.report(HELD, "anna", "a lottery")
    assert room.states(HELD) == [State.QUARANTINED]
    (event,) = room.desk.show(HELD).events
    assert (event.state, event.by, event.says) == ("quarantined", "anna", "reported as unwanted: a lottery")
    room.desk.report(HELD, "anna", "")
    assert room.desk.show(HELD).events[1].says == "reported as unwanted"
    assert room.desk.release(HELD, "bo", "") == 1


def test_a_reported_mail_is_not_kept_any_longer_for_that(room: Room) -> None:
    room.clock.advance(StoreSettings().quarantine_days * 86_400 - 60)
    room.desk.report(HELD, "anna", "")
    room.clock.advance(3600)
    room.ledger.expire()
    assert room.states(HELD) == [State.EXPIRED]


def test_only_quarantined_mail_can_be_reported(room: Room) -> None:
    lessons = teach_by(room)
    with pytest.raises(BadInput, match="is not quarantined"):
        room.desk.report(QUEUED, "anna", "")
    assert lessons.taught == []


def test_mail_that_is_held_for_another_reason_teaches_nothing(room: Room) -> None:
    """As where the next hop refused a mail that was to be delivered: who releases it says nothing about its content."""
    lessons = teach_by(room)
    room.ledger.settle([Event(QUEUED, 0, room.clock.now(), State.QUARANTINED, "given up")])
    assert room.desk.release(QUEUED, "anna", "") == 1
    assert lessons.taught == []


def test_deleting_says_nothing_about_a_mail(room: Room) -> None:
    lessons = teach_by(room)
    room.desk.delete(HELD, "anna", "")
    assert lessons.taught == []


@pytest.mark.parametrize("trouble", [OSError("full"), ZeroDivisionError()])
def test_a_decision_that_cannot_be_kept_is_done_all_the_same(room: Room, trouble: Exception) -> None:
    teach_by(room).trouble = trouble
    with structlog.testing.capture_logs() as logs:
        assert room.desk.release(HELD, "anna", "") == 1
    assert [(entry["event"], entry["error"]) for entry in logs] == [("decision_not_kept", type(trouble).__name__)]
    assert room.states(HELD) == [State.QUEUED]


CLEANED = "cccccc" + "4" * 26


def add_cleaned(room: Room, *actions: Action, cleaning: Cleaning | None = None) -> None:
    """Put a mail with a bad file into the books, whose cleaned form has been delivered where that was to be."""
    arrival = build_arrival(CLEANED, *(f"{number}@example.org" for number in range(len(actions))))
    verdict = replace(build_verdict(arrival, *actions), screening=screen(TWO_FILES, find("1.2")))
    entry = MailEntry(CLEANED, RECEIVED_AT, 9, arrival.envelope, verdict)
    entry = replace(entry, cleaning=Cleaning((), (REMOVED,)) if cleaning is None else cleaning)
    frame = b"".join(build_frame(Kind.MAIL, encode_entry(entry), TWO_FILES))
    (room.state / "journal" / "1.journal").write_bytes(frame)
    room.ledger.take_up()
    says, now = "the cleaned form was delivered: ok", room.clock.now()
    numbers = [number for number, action in enumerate(actions) if action is Action.CLEAN]
    steps = [Event(CLEANED, number, now, State.QUARANTINED, says, form=Form.CLEANED) for number in numbers]
    room.ledger.settle(steps)


REMOVED = RemovedPart("1.2", "plan.docm", "zip", 9, "", (), "It runs.", "它会运行。")


def forms(room: Room, mail_id: str) -> list[Form]:
    return [row.form for row in room.ledger.records.load_deliveries(mail_id=mail_id)]


def test_a_mail_whose_cleaned_form_was_delivered_waits_as_it_came_and_is_let_go_only_by_that_name(room: Room) -> None:
    lessons = teach_by(room)
    add_cleaned(room, Action.CLEAN, Action.DELIVER)
    assert room.states(CLEANED) == [State.QUARANTINED, State.QUEUED]
    with pytest.raises(BadInput, match="say --original"):
        room.desk.release(CLEANED, "anna", "")
    assert room.desk.release(CLEANED, "anna", "", "original") == 1
    assert (room.states(CLEANED), forms(room, CLEANED)) == ([State.QUEUED] * 2, [Form.ORIGINAL] * 2)
    assert [mail_id for mail_id, _, _ in lessons.taught] == [CLEANED]
    assert room.desk.show(CLEANED).events[-1].says == "released"


def test_a_held_mail_can_go_cleaned_which_says_nothing_for_its_sender(room: Room) -> None:
    lessons = teach_by(room)
    add_cleaned(room, Action.QUARANTINE)
    assert room.desk.release(CLEANED, "anna", "", "cleaned") == 1
    assert (room.states(CLEANED), forms(room, CLEANED)) == ([State.QUEUED], [Form.CLEANED])
    assert (CLEANED, 0) in room.due()
    assert lessons.taught == []
    assert room.desk.show(CLEANED).events[-1].says == "released without its suspect files"


def test_what_cannot_be_cleaned_is_told_in_a_sentence_and_stays(room: Room) -> None:
    with pytest.raises(BadInput, match="no cleaned form of it: nothing suspect was found in a file"):
        room.desk.release(HELD, "anna", "", "cleaned")
    with pytest.raises(BadInput, match="'half' is no form of a mail: say original or cleaned"):
        room.desk.release(HELD, "anna", "", "half")
    with pytest.raises(BadInput, match="is not quarantined"):
        room.desk.release(QUEUED, "anna", "", "cleaned")
    assert (room.states(HELD), forms(room, HELD)) == ([State.QUARANTINED], [Form.ORIGINAL])


def test_what_was_found_and_what_was_taken_out_is_shown_with_a_mail(room: Room) -> None:
    add_cleaned(room, Action.CLEAN)
    view = room.desk.show(CLEANED)
    assert view.removed == (REMOVED,)
    assert [file.name for file in view.contents.files] == ["plan.docm", "notes.pdf"]
    room.desk.release(CLEANED, "anna", "", "original")
    assert room.desk.show(CLEANED).removed == (REMOVED,)
    assert (room.desk.show(HELD).removed, room.desk.show(HELD).contents.files) == ((), ())


def test_what_a_person_has_taken_out_is_shown_as_well(room: Room) -> None:
    add_cleaned(room, Action.QUARANTINE, cleaning=NO_CLEANING)
    assert room.desk.show(CLEANED).removed == ()
    room.desk.release(CLEANED, "anna", "", "cleaned")
    assert [part.name for part in room.desk.show(CLEANED).removed] == ["plan.docm"]


def test_the_forms_are_known_again_when_the_records_are_lost(room: Room, tmp_path: Path) -> None:
    add_cleaned(room, Action.CLEAN, Action.CLEAN, Action.QUARANTINE)
    room.desk.release(CLEANED, "anna", "", "original")
    before = (room.states(CLEANED), forms(room, CLEANED))
    room.ledger.close()
    for path in tmp_path.glob("records.sqlite*"):
        path.unlink()
    room.ledger = Ledger(tmp_path, room.clock, StoreSettings())
    room.ledger.recover()
    assert (room.states(CLEANED), forms(room, CLEANED)) == before == ([State.QUEUED] * 3, [Form.ORIGINAL] * 3)


def test_a_cleaned_mail_whose_original_is_not_asked_for_ends_like_any_in_quarantine(room: Room) -> None:
    add_cleaned(room, Action.CLEAN)
    room.clock.advance((StoreSettings().quarantine_days + 1) * 86_400)
    room.ledger.expire()
    assert room.states(CLEANED) == [State.EXPIRED]


def test_who_has_got_the_cleaned_form_gets_it_again_only_on_request(room: Room) -> None:
    add_cleaned(room, Action.CLEAN)
    with pytest.raises(BadInput, match=r"its cleaned form was delivered at .*the policy asked for it.*say --again"):
        room.desk.release(CLEANED, "anna", "", "cleaned")
    assert (room.states(CLEANED), room.changes) == ([State.QUARANTINED], [])
    assert room.desk.release_again(CLEANED, "anna", "", "cleaned") == 1
    assert (room.states(CLEANED), forms(room, CLEANED)) == ([State.QUEUED], [Form.CLEANED])
    with pytest.raises(BadInput, match=r"released without its suspect files by anna at .*waits to be delivered"):
        room.desk.release_again(CLEANED, "bo", "", "cleaned")


def test_a_released_cleaned_form_is_told_with_its_releaser_and_the_original_can_follow(room: Room) -> None:
    add_cleaned(room, Action.QUARANTINE)
    room.desk.release(CLEANED, "anna", "", "cleaned")
    done = Event(CLEANED, 0, room.clock.now(), State.QUARANTINED, "ok", form=Form.CLEANED)
    room.ledger.settle([done])
    with pytest.raises(BadInput, match="released by anna at"):
        room.desk.release(CLEANED, "bo", "", "cleaned")
    assert room.desk.release(CLEANED, "bo", "", "original") == 1
    room.ledger.settle([replace(done, state=State.DELIVERED, form=None)])
    for form in ("cleaned", "original", ""):
        with pytest.raises(BadInput, match=r"not quarantined; it was released by bo at .*and was delivered at"):
            room.desk.release_again(CLEANED, "anna", "", form)


def test_a_cleaned_form_goes_to_those_alone_who_have_not_got_it(room: Room) -> None:
    add_cleaned(room, Action.CLEAN, Action.QUARANTINE)
    assert room.desk.release(CLEANED, "anna", "", "cleaned") == 1
    assert room.states(CLEANED) == [State.QUARANTINED, State.QUEUED]


def test_a_cleaned_form_that_nobody_took_can_be_released_again(room: Room) -> None:
    add_cleaned(room, Action.QUARANTINE)
    room.desk.release(CLEANED, "anna", "", "cleaned")
    room.ledger.settle([Event(CLEANED, 0, room.clock.now(), State.QUARANTINED, "no such user; not bounced")])
    assert room.desk.release(CLEANED, "anna", "", "cleaned") == 1


def test_what_was_delivered_is_known_again_when_the_records_are_lost(room: Room, tmp_path: Path) -> None:
    add_cleaned(room, Action.CLEAN)
    room.ledger.close()
    for path in tmp_path.glob("records.sqlite*"):
        path.unlink()
    room.ledger = Ledger(tmp_path, room.clock, StoreSettings())
    room.ledger.recover()
    desk = Desk(room.ledger, room.clock, lambda: None)
    with pytest.raises(BadInput, match=r"its cleaned form was delivered"):
        desk.release(CLEANED, "anna", "", "cleaned")


def test_a_mail_that_waits_or_is_gone_is_told_with_its_release(room: Room) -> None:
    room.desk.release(HELD, "anna", "asked for")
    for command in (room.desk.release, room.desk.release_again):
        with pytest.raises(
            BadInput, match=r"not quarantined; it was released by anna at .*, and waits to be delivered"
        ):
            command(HELD, "bo", "")
    with pytest.raises(BadInput, match="not quarantined; ask `gatepost quarantine show`"):
        room.desk.release(QUEUED, "bo", "")
