"""What a peer is told for each outcome."""

import pytest

from gatepost.gates.smtp_replies import ADMISSION_REPLIES, build_verdict_reply, choose_trouble_reply
from gatepost.model.errors import OurFault, StorageTrouble
from gatepost.model.ports import Admission
from gatepost.model.verdict import Action, Decision, Screening, Verdict


def judged(*actions: Action) -> Verdict:
    return Verdict(
        Screening(), tuple(Decision(None, action, "r", f"Because {action}.", "因为。") for action in actions)
    )


@pytest.mark.parametrize(
    ("actions", "line"),
    [
        ([Action.DELIVER], b"250 2.0.0 Accepted as m1\r\n"),
        ([Action.FLAG], b"250 2.0.0 Accepted as m1\r\n"),
        ([Action.QUARANTINE], b"250 2.0.0 Accepted as m1\r\n"),
        ([Action.REJECT, Action.DELIVER], b"250 2.0.0 Accepted as m1\r\n"),
        ([Action.REJECT, Action.REJECT], b"550 5.7.1 Because reject.\r\n"),
        ([Action.REJECT, Action.DEFER], b"451 4.7.1 Because defer.\r\n"),
    ],
)
def test_the_mildest_decision_answers_for_all(actions: list[Action], line: bytes) -> None:
    assert build_verdict_reply(judged(*actions), "m1").wire == line


def test_the_words_of_a_decision_cannot_break_the_reply() -> None:
    evil = Decision(None, Action.REJECT, "r", "no\r\n250 ok é " + "x" * 1000, "")
    wire = build_verdict_reply(Verdict(Screening(), (evil,)), "m1").wire
    assert wire.startswith(b"550 5.7.1 no 250 ok x")
    assert wire.count(b"\r\n") == 1
    assert len(wire) <= 512


@pytest.mark.parametrize(
    ("error", "start"),
    [
        (StorageTrouble("full", is_full=True), b"452 4.3.1"),
        (StorageTrouble("broken"), b"451 4.3.0"),
        (OurFault("a bug"), b"451 4.3.0"),
        (ZeroDivisionError(), b"451 4.3.0"),
    ],
)
def test_trouble_of_ours_never_refuses_for_good(error: Exception, start: bytes) -> None:
    assert choose_trouble_reply(error).wire.startswith(start)


def test_each_admission_has_its_code() -> None:
    codes = {admission: ADMISSION_REPLIES[admission].code for admission in Admission}
    assert codes == {
        Admission.ACCEPTED: 250,
        Admission.NOT_OURS: 550,
        Admission.UNKNOWN: 550,
        Admission.TRY_LATER: 451,
    }
