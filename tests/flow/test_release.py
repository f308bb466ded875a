"""What is left of a held mail is judged again before a person lets it go; what would hold it is named."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from cleaning_mails import TWO_FILES, find, screen
from doubles import FakeClock
from gatepost.decide.settings import DecideSettings
from gatepost.flow.judging import Judging, build_judging
from gatepost.flow.release import Obstacle, find_obstacle
from gatepost.flow.take_out import CannotCleanError
from gatepost.model.address import Domain
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Facts, Scanned
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.verdict import Screening
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.settings import ScreenSettings
from gatepost.store.entries import MailEntry, StoredMail
from store_builders import RECEIVED_AT, build_arrival, build_verdict

OWN = frozenset({Domain.parse("example.org")})
TO = ("bo@example.org", "lab@example.org")
CALM = {"flag_at": 1.0, "quarantine_at": 1.0}


def name_documents(case: Case, _kit: Kit) -> Iterator[Finding | Feature]:
    for part in case.message.attachments:
        if part.filename.endswith((".docm", ".pdf")):
            yield find(part.path, code=f"office_macro.{part.filename[-3:]}")


def tell_antivirus(case: Case, _kit: Kit) -> Iterator[Finding | Feature]:
    for answer in (one for one in case.facts.antivirus if one.outcome is Scanned.FOUND):
        yield find(answer.file, code="antivirus.infected", severity=Severity.MALWARE)


def build(**deciding: object) -> Judging:
    settings = msgspec.convert({**CALM, **deciding}, DecideSettings)
    judging = build_judging(ScreenSettings(), settings, OWN, FakeClock())
    checks = (LoadedCheck("office_macro", name_documents), LoadedCheck("antivirus", tell_antivirus))
    return replace(judging, kit=replace(judging.kit, checks=checks))


def keep(screening: Screening, facts: Facts = NO_FACTS) -> StoredMail:
    arrival = build_arrival("a" * 32, *TO, raw=TWO_FILES)
    verdict = replace(build_verdict(arrival), screening=replace(screening, facts=facts))
    return StoredMail(MailEntry(arrival.mail_id, RECEIVED_AT, 9, arrival.envelope, verdict), TWO_FILES)


BOTH = screen(TWO_FILES, find("1.2"), find("1.3"))
ONE = screen(TWO_FILES, find("1.2"))


def test_a_rest_in_which_nothing_is_left_may_go() -> None:
    assert find_obstacle(keep(BOTH), {0, 1}, build()) is None


def test_a_rest_that_would_be_held_is_told_with_what_holds_it() -> None:
    assert find_obstacle(keep(ONE), {0, 1}, build()) == Obstacle(
        "Kept in quarantine: The document runs a program. (office_macro.pdf, severities.danger)",
        "已隔离：该文档会运行程序。（office_macro.pdf, severities.danger）",
    )
    by_score = find_obstacle(keep(BOTH), {0}, build(quarantine_at=0.0, flag_at=0.0))
    assert by_score is not None
    assert by_score.says.startswith("Kept in quarantine: this mail is unwanted with a probability of")
    assert by_score.says.endswith("(quarantine_at)")
    assert by_score.says_zh.endswith("（quarantine_at）")


@pytest.mark.parametrize("action", ["clean", "reject", "defer"])
def test_a_rest_of_which_more_would_be_taken_out_or_that_would_be_refused_is_held(action: str) -> None:
    obstacle = find_obstacle(keep(ONE), {0}, build(findings={"office_macro.pdf": action}))
    assert obstacle is not None
    assert "office_macro.pdf" in obstacle.says


def test_a_warning_does_not_hold_a_rest() -> None:
    assert find_obstacle(keep(ONE), {0}, build(findings={"office_macro.pdf": "flag"})) is None


def test_who_need_not_fear_the_rest_may_have_it() -> None:
    exempt = [{"name": "laboratory", "recipient": TO[1], "action": "deliver"}]
    judging = build(exceptions=exempt)
    assert find_obstacle(keep(ONE), {1}, judging) is None
    assert find_obstacle(keep(ONE), {0, 1}, judging)


def test_a_gate_that_only_watches_does_not_hide_what_it_would_do() -> None:
    assert find_obstacle(keep(ONE), {0}, build(shadow=True))


def test_what_an_antivirus_says_now_of_the_rest_takes_the_place_of_what_it_said_of_the_mail() -> None:
    facts = replace(NO_FACTS, antivirus=(AntivirusAnswer(Scanned.FOUND, "Test.Virus"),))
    asked: list[bytes] = []

    def scan(content: bytes) -> AntivirusAnswer:
        asked.append(content)
        return AntivirusAnswer(Scanned.CLEAN)

    assert "antivirus.infected" in str(find_obstacle(keep(BOTH, facts), {0}, build()))
    assert find_obstacle(keep(BOTH, facts), {0}, build(), scan) is None
    assert b"removed-1.txt" in asked[0]
    found = find_obstacle(keep(BOTH), {0}, build(), lambda _: AntivirusAnswer(Scanned.FOUND, "Test.New"))
    assert found is not None
    assert "antivirus.infected" in found.says


def test_where_nothing_can_be_taken_out_there_is_no_rest() -> None:
    with pytest.raises(CannotCleanError, match="nothing suspect"):
        find_obstacle(keep(screen(TWO_FILES)), {0}, build())
