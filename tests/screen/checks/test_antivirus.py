"""Beyond the corpus cases: where it points, and what policy makes of silence."""

import pytest

from gatepost.decide.policy import build_policy, decide
from gatepost.decide.settings import DecideSettings, ExceptionSettings
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.envelope import Envelope
from gatepost.model.facts import AntivirusAnswer, Facts, Scanned
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action, Decision
from gatepost.screen.case import Case
from gatepost.screen.checks.antivirus import MAX_TOLD, examine
from gatepost.screen.run import screen
from screen_cases import build_tables, write_mail

ENVELOPE = Envelope(None, (), "", "", protocol="")
SILENCE = AntivirusAnswer(Scanned.UNANSWERED)


def lay_out(*answers: AntivirusAnswer) -> Case:
    own: frozenset[Domain] = frozenset()
    return Case(parse_message(write_mail("Hello.")), ENVELOPE, UNPROVEN, own, Facts(antivirus=answers))


def find(*answers: AntivirusAnswer) -> list[Finding]:
    return [one for one in examine(lay_out(*answers), build_tables()) if isinstance(one, Finding)]


def decide_on(*answers: AntivirusAnswer, settings: DecideSettings) -> Decision:
    return decide(screen(lay_out(*answers), build_tables()), ENVELOPE, build_policy(settings)).decisions[0]


def test_what_was_found_in_a_file_points_at_that_file() -> None:
    (finding,) = find(AntivirusAnswer(Scanned.CLEAN), AntivirusAnswer(Scanned.FOUND, "Win.Test.A-1", "2:1"))
    assert finding.severity is Severity.MALWARE
    assert [(one.text, one.file) for one in finding.evidence] == [("Win.Test.A-1", "2:1")]
    assert "Win.Test.A-1" in finding.says


@pytest.mark.parametrize(("count", "number"), [(1, "a file"), (7, "7 files"), (MAX_TOLD, "50 or more files")])
def test_files_that_were_not_scanned_are_told_together(count: int, number: str) -> None:
    beyond = [AntivirusAnswer(Scanned.TOO_LARGE, file=f"2:{place}") for place in range(count)]
    (finding,) = find(AntivirusAnswer(Scanned.CLEAN), *beyond)
    assert (finding.code, number in finding.says) == ("antivirus.unfinished", True)
    assert [one.file for one in finding.evidence] == [one.file for one in beyond[:3]]


def test_silence_about_one_file_is_not_told_as_though_the_mail_had_not_been_scanned() -> None:
    (finding,) = find(AntivirusAnswer(Scanned.CLEAN), AntivirusAnswer(Scanned.UNANSWERED, file="2:1"))
    assert finding.says == "The antivirus did not answer about a file in this mail, so that was not scanned."
    assert [one.file for one in finding.evidence] == ["2:1"]


def test_a_name_cannot_drive_the_terminal_of_its_reader() -> None:
    (finding,) = find(AntivirusAnswer(Scanned.FOUND, "A\u202e\x1b[31m"))
    assert finding.says.isprintable()


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.CLEAN])
def test_policy_says_what_happens_while_nobody_answers(action: Action) -> None:
    decision = decide_on(SILENCE, settings=DecideSettings(not_scanned=action))
    assert decision.action is action
    assert action is Action.DELIVER or decision.rule == "not_scanned"


def test_by_default_the_sender_comes_again_while_nobody_answers() -> None:
    decision = decide_on(SILENCE, settings=DecideSettings())
    assert (decision.action, decision.rule) == (Action.DEFER, "not_scanned")
    assert "antivirus" in decision.says


def test_an_exception_lifts_silence_only_where_it_lifts_malware() -> None:
    for allows, expected in ((False, Action.DEFER), (True, Action.DELIVER)):
        line = ExceptionSettings(name="all", action=Action.DELIVER, allow_unproven=True, allow_malware=allows)
        assert decide_on(SILENCE, settings=DecideSettings(exceptions=(line,))).action is expected


def test_an_action_for_the_code_itself_goes_first() -> None:
    settings = DecideSettings(findings={"antivirus.unanswered": Action.QUARANTINE})
    assert decide_on(SILENCE, settings=settings).rule == "findings.antivirus.unanswered"
