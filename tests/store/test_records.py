"""The records answer for what was entered, and their trouble is told apart from wrong values."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from gatepost.model.errors import StorageTrouble
from gatepost.model.verdict import IN_THE_DIALOG, Action, Decision, Screening, Verdict
from gatepost.origin.dmarc_record import Policy
from gatepost.store.database import DATABASE_NAME, open_database
from gatepost.store.dmarc_rows import build_dmarc_rows
from gatepost.store.entries import Event, MailEntry, State
from gatepost.store.records import MAX_NAMES_AT_ONCE, Records
from gatepost.store.rows import HeldMail, Place, build_delivery_rows, build_mail_row, from_ms
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

ONE, TWO = "1" * 32, "2" * 32


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records(open_database(tmp_path))
    yield opened
    opened.close()


def enter(records: Records, mail_id: str, *actions: Action, file: str = "journal/a", age_s: float = 0) -> None:
    arrival = build_arrival(mail_id, *(f"{number}@example.org" for number in range(len(actions))))
    received_at = RECEIVED_AT - timedelta(seconds=age_s)
    entry = MailEntry(mail_id, received_at, 9, arrival.envelope, build_verdict(arrival, *actions))
    with records.writing() as writing:
        writing.add_mails([build_mail_row(entry, Place(file, 0, 50))], build_delivery_rows(entry, was_accepted=True))


def enter_refused(records: Records, mail_id: str, rule: str, age_s: float = 0) -> None:
    arrival = build_arrival(mail_id)
    decisions = tuple(Decision(to, Action.REJECT, rule, "No.", "否。") for to in arrival.envelope.recipients)
    received_at = RECEIVED_AT - timedelta(seconds=age_s)
    entry = MailEntry(mail_id, received_at, 0, arrival.envelope, Verdict(Screening(), decisions))
    with records.writing() as writing:
        writing.add_mails([build_mail_row(entry, None)], build_delivery_rows(entry, was_accepted=False))


def enter_dmarc(records: Records, *mail_ids: str, action: Action = Action.REJECT, age_s: float = 0) -> None:
    with records.writing() as writing:
        for mail_id in mail_ids:
            arrival = build_arrival(mail_id)
            verdict = build_verdict(arrival, action)
            verdict = replace(verdict, screening=replace(verdict.screening, proof=build_proof()))
            received_at = RECEIVED_AT - timedelta(seconds=age_s)
            writing.add_dmarc_rows(build_dmarc_rows(MailEntry(mail_id, received_at, 9, arrival.envelope, verdict)))


def tell(records: Records, *events: Event) -> None:
    with records.writing() as writing:
        writing.add_events(events)


def build_event(state: State, number: int = 0, mail_id: str = ONE) -> Event:
    return Event(mail_id, number, RECEIVED_AT, state, "says", status="2.0.0", attempts=1)


def states(records: Records) -> list[State]:
    return [row.state for row in records.load_deliveries()]


def test_what_is_due_comes_longest_waiting_first(records: Records) -> None:
    enter(records, ONE, Action.DELIVER)
    enter(records, TWO, Action.DELIVER, age_s=60)
    assert [turn.mail_id for turn in records.load_due(RECEIVED_AT, 10)] == [TWO, ONE]
    assert [turn.mail_id for turn in records.load_due(RECEIVED_AT, 1)] == [TWO]
    assert records.load_due(RECEIVED_AT - timedelta(hours=1), 10) == []
    assert records.find_next_attempt_at() == RECEIVED_AT - timedelta(seconds=60)


@pytest.mark.parametrize("state", [State.DELIVERED, State.BOUNCED, State.CANCELLED, State.DELETED, State.EXPIRED])
def test_what_is_settled_stays_settled_whatever_is_read_later(records: Records, state: State) -> None:
    enter(records, ONE, Action.DELIVER)
    tell(records, build_event(state))
    tell(records, build_event(State.QUEUED), build_event(State.QUARANTINED))
    assert states(records) == [state]
    assert records.load_due(RECEIVED_AT, 10) == []
    assert [event.state for event in records.load_events(ONE)] == [state.value, "queued", "quarantined"]


def test_only_a_release_makes_the_time_for_retries_start_anew(records: Records) -> None:
    enter(records, ONE, Action.DELIVER, age_s=1000)
    later = replace(build_event(State.QUEUED), next_attempt_at=RECEIVED_AT)
    tell(records, later)
    (turn,) = records.load_due(RECEIVED_AT, 10)
    assert turn.queued_at == RECEIVED_AT - timedelta(seconds=1000)
    tell(records, replace(later, by="anna"))
    (turn,) = records.load_due(RECEIVED_AT, 10)
    assert turn.queued_at == RECEIVED_AT


def test_a_transaction_that_fails_leaves_nothing(records: Records) -> None:
    enter(records, ONE, Action.DELIVER)

    def write_both() -> None:
        with records.writing() as writing:
            writing.set_position("journal/a", mails_read_bytes=7, events_read_bytes=0)
            writing.add_events([build_event(State.DELIVERED), build_event(State.DELIVERED, mail_id=TWO)])

    with pytest.raises(IntegrityError):
        write_both()
    assert records.load_positions() == {}
    assert states(records) == [State.QUEUED]


def test_positions_are_kept_moved_and_forgotten(records: Records) -> None:
    enter(records, ONE, Action.QUARANTINE)
    with records.writing() as writing:
        writing.set_position("journal/a", mails_read_bytes=7, events_read_bytes=0)
        writing.set_position("journal/a", mails_read_bytes=9, events_read_bytes=3)
    assert records.load_positions() == {"journal/a": (9, 3)}
    with records.writing() as writing:
        writing.move_mails([HeldMail(ONE, Place("held/11/x", 0, 50), 3)])
        writing.forget_files(["journal/a"])
    assert records.load_positions() == {"held/11/x": (50, 3)}
    assert records.load_places([ONE, TWO]) == {ONE: Place("held/11/x", 0, 50)}
    with records.writing() as writing:
        writing.forget_files(["held/11/x"])
    assert records.load_known([ONE, TWO]) == {ONE: None}
    assert records.load_places([ONE]) == {}


def test_known_mails_are_found_anywhere_or_in_one_file(records: Records) -> None:
    enter(records, ONE, Action.DELIVER, file="journal/a")
    enter(records, TWO, Action.DELIVER, file="journal/b")
    with records.writing() as writing:
        assert writing.find_known([ONE, TWO, "3" * 32]) == {ONE, TWO}
        assert writing.find_known([ONE, TWO], file="journal/b") == {TWO}


def test_more_names_than_sqlite_takes_in_one_question_are_asked_about(records: Records) -> None:
    """The records of a hundred thousand quarantined mails could not be rebuilt: too many SQL variables."""
    enter(records, ONE, Action.QUARANTINE, file="held/11/x")
    names = [f"held/00/{number}" for number in range(300 * MAX_NAMES_AT_ONCE)]
    with records.writing() as writing:
        assert writing.find_settled_files([*names[:200_000], "held/11/x", *names[200_000:]]) == names
        assert writing.find_known([*names, ONE]) == {ONE}


def test_open_mails_of_a_file_are_those_with_anything_left_to_wait_for(records: Records) -> None:
    enter(records, ONE, Action.DELIVER, Action.QUARANTINE)
    enter(records, TWO, Action.DELIVER)
    tell(records, build_event(State.DELIVERED), build_event(State.DELIVERED, mail_id=TWO))
    assert records.find_open_mails("journal/a") == [(ONE, Place("journal/a", 0, 50))]
    assert records.load_open_numbers([ONE, TWO]) == {ONE: {1}, TWO: set()}


def test_history_is_forgotten_whole_and_only_when_settled(records: Records) -> None:
    for mail_id in (ONE, TWO):
        enter(records, mail_id, Action.DELIVER, age_s=1000)
    tell(records, build_event(State.DELIVERED))
    with records.writing() as writing:
        assert writing.forget_history(RECEIVED_AT - timedelta(seconds=500)) == 1
    assert [row.mail_id for row in records.load_deliveries()] == [TWO]
    assert records.load_events(ONE) == []


def test_of_what_was_refused_in_the_dialog_only_the_newest_is_kept(records: Records) -> None:
    for number in range(5):
        enter_refused(records, str(number) * 32, IN_THE_DIALOG, age_s=number)
    enter_refused(records, "9" * 32, "a finding", age_s=100)
    with records.writing() as writing:
        assert writing.forget_refusals(2) == 3
    assert [row.mail_id[0] for row in records.load_deliveries()] == ["0", "1", "9"]


@pytest.mark.parametrize(
    ("about", "is_found"),
    [
        ("YOU@Example.org", True),
        ("@example.com", True),
        ("192.0.2.1", True),
        ("you_example", False),
        ("%", False),
        ("else@", False),
    ],
)
def test_mail_is_found_by_a_part_of_an_address(records: Records, about: str, is_found: bool) -> None:
    enter_refused(records, ONE, IN_THE_DIALOG)
    assert [row.client_ip for row in records.load_deliveries(about=about)] == ["192.0.2.1"] * is_found


def test_quarantine_is_counted_from_the_moment_a_mail_came_into_it(records: Records) -> None:
    enter(records, ONE, Action.QUARANTINE, age_s=1000)
    enter(records, TWO, Action.DELIVER, age_s=1000)
    tell(records, build_event(State.QUARANTINED, mail_id=TWO))
    assert records.find_quarantined_before(RECEIVED_AT) == [(ONE, 0)]


def test_rows_show_what_a_person_needs(records: Records) -> None:
    enter(records, ONE, Action.FLAG)
    (row,) = records.load_deliveries(State.QUEUED, mail_id=ONE)
    assert (row.recipient, row.mail_from, row.subject, row.reason, row.reason_zh) == (
        "0@example.org", "me@example.com", "hi", "because", "因为",
    )  # fmt: skip
    assert (row.received_at, row.action, row.would_be) == (RECEIVED_AT, "flag", "")
    assert records.load_deliveries(State.QUARANTINED) == []
    assert records.count_states() == {"queued": 1, "quarantined": 0}


@pytest.mark.parametrize(("prefix", "found"), [("1", [ONE]), ("", [ONE, TWO]), ("%", []), ("_", []), ("1' OR 1=1", [])])
def test_a_prefix_is_text_and_nothing_else(records: Records, prefix: str, found: list[str]) -> None:
    for mail_id in (ONE, TWO):
        enter(records, mail_id, Action.DELIVER)
    assert records.find_mail_ids(prefix) == found


def test_findings_of_an_unknown_mail_are_none(records: Records) -> None:
    assert records.load_findings(TWO) == "[]"


def test_a_database_that_breaks_meanwhile_is_trouble_that_may_pass(tmp_path: Path, records: Records) -> None:
    records.close()
    for path in tmp_path.glob(f"{DATABASE_NAME}*"):
        path.unlink()
    (tmp_path / DATABASE_NAME).write_bytes(b"not a database" * 1000)
    for ask in (records.count_states, records.load_positions, records.find_next_attempt_at):
        with pytest.raises(StorageTrouble, match="cannot be read or written"):
            ask()
    with pytest.raises(StorageTrouble), records.writing():
        pass


def test_moments_before_1970_are_read_back(records: Records) -> None:
    enter(records, ONE, Action.DELIVER, age_s=100 * 365 * 86400)
    (row,) = records.load_deliveries()
    assert row.received_at == RECEIVED_AT - timedelta(seconds=100 * 365 * 86400)
    assert from_ms(-1) < from_ms(0)


SINCE, UNTIL = RECEIVED_AT, RECEIVED_AT + timedelta(seconds=1)


def test_mails_that_are_alike_are_one_row_of_a_report(records: Records) -> None:
    enter_dmarc(records, ONE, TWO)
    enter_dmarc(records, "3" * 32, action=Action.QUARANTINE)
    rows = records.load_dmarc_rows("example.com", SINCE, UNTIL)
    assert [(row.count, row.disposition) for row in rows] == [(2, Policy.REJECT), (1, Policy.QUARANTINE)]
    assert [override.type for override in rows[1].overrides] == ["local_policy"]
    assert len(records.load_dmarc_rows("example.com", SINCE, UNTIL, limit=1)) == 1
    assert records.load_dmarc_rows("mail.example.com", SINCE, UNTIL) == []


def test_a_report_covers_its_time_and_no_other(records: Records) -> None:
    """The end of one report is the beginning of the next: no mail in both, none in neither."""
    enter_dmarc(records, ONE)
    enter_dmarc(records, TWO, age_s=1)
    before = SINCE - timedelta(seconds=1)
    for since, until, count in ((SINCE, UNTIL, 1), (before, SINCE, 1), (before, UNTIL, 2), (UNTIL, UNTIL, 0)):
        assert sum(row.count for row in records.load_dmarc_rows("example.com", since, until)) == count
        assert records.list_policy_domains(since, until) == (["example.com"] if count else [])


def test_a_mail_that_is_read_again_is_not_counted_twice(records: Records) -> None:
    for _ in range(2):
        enter_dmarc(records, ONE)
    (row,) = records.load_dmarc_rows("example.com", SINCE, UNTIL)
    assert row.count == 1


def test_what_is_to_be_reported_outlives_the_history_and_is_forgotten_in_its_own_time(records: Records) -> None:
    enter(records, ONE, Action.DELIVER)
    enter_dmarc(records, ONE)
    tell(records, build_event(State.DELIVERED))
    with records.writing() as writing:
        assert writing.forget_history(UNTIL) == 1
        assert writing.forget_dmarc_rows(SINCE) == 0
    assert records.list_policy_domains(SINCE, UNTIL) == ["example.com"]
    with records.writing() as writing:
        assert writing.forget_dmarc_rows(UNTIL) == 1
    assert records.list_policy_domains(SINCE, UNTIL) == []


def test_a_mail_about_which_nobody_asked_has_no_proof(records: Records) -> None:
    enter(records, ONE, Action.DELIVER)
    assert (records.load_proof(ONE), records.load_proof(TWO)) == ("", "")
