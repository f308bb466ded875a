"""Rows say of a mail what its entry says, for each recipient."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.finding import Evidence, Finding, Severity, Span
from gatepost.model.proof import Proof
from gatepost.model.verdict import Action, Decision
from gatepost.store.entries import MailEntry, State
from gatepost.store.rows import (
    MAX_SUBJECT,
    Place,
    build_delivery_rows,
    build_mail_row,
    find_first_state,
    from_ms,
    to_ms,
)
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict


def build_entry(*actions: Action) -> MailEntry:
    arrival = build_arrival("1" * 32, *(f"{number}@example.org" for number in range(len(actions))))
    return MailEntry("1" * 32, RECEIVED_AT, 9, arrival.envelope, build_verdict(arrival, *actions))


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_keeps_its_milliseconds(at: datetime) -> None:
    assert timedelta(0) <= at - from_ms(to_ms(at)) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (Action.DELIVER, State.QUEUED),
        (Action.FLAG, State.QUEUED),
        (Action.QUARANTINE, State.QUARANTINED),
        (Action.DEFER, State.QUARANTINED),  # the one reply was a yes: these wait instead
        (Action.REJECT, State.QUARANTINED),
    ],
)
def test_an_accepted_mail_is_due_or_waits_for_a_person(action: Action, state: State) -> None:
    assert find_first_state(Decision(None, action, "", "", "")) is state
    (row,) = build_delivery_rows(build_entry(action), was_accepted=True)
    assert row["state"] == state.value
    assert (row["next_attempt_ms"] is not None) is (state is State.QUEUED)


def test_a_refused_mail_is_refused_for_everybody() -> None:
    rows = build_delivery_rows(build_entry(Action.REJECT, Action.DELIVER), was_accepted=False)
    assert [row["state"] for row in rows] == ["refused", "refused"]


def test_recipients_are_numbered_as_in_the_envelope() -> None:
    rows = build_delivery_rows(build_entry(Action.DELIVER, Action.REJECT, Action.FLAG), was_accepted=True)
    assert [(row["recipient_number"], row["recipient"]) for row in rows] == [
        (0, "0@example.org"), (1, "1@example.org"), (2, "2@example.org"),
    ]  # fmt: skip


def test_shadow_mode_says_what_would_have_been() -> None:
    entry = build_entry(Action.DELIVER)
    decision = replace(entry.verdict.decisions[0], would_be=Action.REJECT)
    entry = replace(entry, verdict=replace(entry.verdict, decisions=(decision,)))
    assert build_delivery_rows(entry, was_accepted=True)[0]["would_be"] == "reject"


def test_a_mail_row_tells_sender_place_and_findings() -> None:
    entry = build_entry(Action.DELIVER)
    finding = Finding("link.x", Severity.DANGER, "says", "说", (Evidence("here", Span(1, 2)),))
    screening = replace(entry.verdict.screening, findings=(finding,), subject="x" * 10_000)
    row = build_mail_row(replace(entry, verdict=replace(entry.verdict, screening=screening)), Place("journal/a", 5, 7))
    assert (row["mail_from"], row["file"], row["offset"], row["length"]) == ("me@example.com", "journal/a", 5, 7)
    assert len(row["subject"]) == MAX_SUBJECT
    assert msgspec.json.decode(row["findings"])[0]["evidence"] == [
        {"text": "here", "span": {"start": 1, "end": 2}, "file": ""}
    ]


def test_the_null_sender_and_a_mail_without_bytes_have_rows_too() -> None:
    entry = build_entry(Action.REJECT)
    row = build_mail_row(replace(entry, envelope=replace(entry.envelope, mail_from=None)), None)
    assert (row["mail_from"], row["file"], row["findings"]) == ("", None, "[]")


def test_a_mail_row_tells_who_is_proven_to_have_sent_it() -> None:
    entry = build_entry(Action.DELIVER)
    assert build_mail_row(entry, None)["proof"] is None
    screening = replace(entry.verdict.screening, proof=build_proof())
    row = build_mail_row(replace(entry, verdict=replace(entry.verdict, screening=screening)), None)
    assert msgspec.json.decode(row["proof"], type=Proof) == build_proof()
