from pathlib import Path

import msgspec
import pytest

from gatepost.cli.demo_gate import DemoGate, Reply
from gatepost.cli.demo_mails import Ending, Example, load_examples
from gatepost.cli.demo_results import (
    MAX_FINDINGS_TOLD,
    Result,
    choose_sentences,
    describe_result,
    ending_of,
    follow_example,
)
from gatepost.model.finding import Finding, Severity
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow

EXAMPLE = load_examples()[0]


def finding(severity: Severity, says: str) -> Finding:
    return Finding("x.y", severity, says, says)


def row(state: State, action: str) -> DeliveryRow:
    values = dict.fromkeys(DeliveryRow.__slots__, "")
    return msgspec.convert(
        {**values, "recipient_number": 0, "state": state.value, "action": action, "received_at": "2026-01-02T03:04:05Z",
         "size_bytes": 1, "score": 0.0, "attempts": 0, "next_attempt_at": None, "form": "original"},
        DeliveryRow,
    )  # fmt: skip


class RefusingGate(DemoGate):
    """Refuses every mail with the same words."""

    def send(self, example: Example) -> Reply:
        assert example is EXAMPLE
        return Reply.parse(550, b"5.1.1 No such recipient", is_about_content=False)


def test_what_the_gate_answers_in_the_dialog_is_told_in_chinese_too(tmp_path: Path) -> None:
    result = follow_example(EXAMPLE, RefusingGate(tmp_path, tmp_path, 25))
    assert (result.ending, result.place) == (Ending.REFUSED, "550 5.1.1")
    assert result.found == (("No such recipient", "没有此收件人"),)


def test_the_gravest_findings_are_told_and_notes_are_not() -> None:
    findings = [finding(Severity.NOTE, "n"), finding(Severity.ODD, "o"), finding(Severity.DANGER, "d")]
    assert choose_sentences(findings) == [("d", "d"), ("o", "o")]


def test_a_sentence_is_told_once_and_not_too_many() -> None:
    findings = [finding(Severity.ODD, says) for says in "aabcd"]
    assert len(choose_sentences(findings)) == MAX_FINDINGS_TOLD


@pytest.mark.parametrize(
    ("state", "action", "ending"),
    [
        (State.DELIVERED, "deliver", Ending.DELIVERED),
        (State.DELIVERED, "flag", Ending.FLAGGED),
        (State.QUARANTINED, "quarantine", Ending.QUARANTINED),
        (State.REFUSED, "reject", Ending.REFUSED),
        (State.QUEUED, "deliver", Ending.LOST),
        (State.BOUNCED, "deliver", Ending.LOST),
    ],
)
def test_every_state_has_its_ending(state: State, action: str, ending: Ending) -> None:
    assert ending_of(row(state, action)) is ending


def test_a_mail_that_ended_elsewhere_than_it_must_is_told() -> None:
    result = Result(EXAMPLE, Ending.LOST, (), "")
    assert not result.is_as_expected
    assert describe_result(result)["as_expected"] is False


def test_the_description_names_what_was_expected() -> None:
    told = describe_result(Result(EXAMPLE, Ending.DELIVERED, (("en", "zh"),), "Maildir/new/1"))
    assert told["expected"] == ["delivered"]
    assert told["found"] == ["en"]
