"""What is left of a mail is judged before it goes on; where it may not, the mail is kept for those it was meant for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
import pytest

from cleaning_mails import OTHER, TWO_FILES, find, screen, write_mail
from doubles import FakeAntivirus, FakeClock
from gatepost.decide.settings import DecideSettings
from gatepost.flow.clean import MAX_ROUNDS, clean
from gatepost.flow.house import House
from gatepost.flow.judging import Judging, build_judging, give_antivirus
from gatepost.flow.recipients import KnownAddresses, Recipients
from gatepost.flow.settings import RecipientSettings
from gatepost.flow.take_out import Subject
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Scanned
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.splice import Splice, apply_splices
from gatepost.model.verdict import Action, Decision, Screening, Verdict
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.settings import ScreenSettings
from gatepost.store.vault import JournalVault
from store_builders import build_arrival

OWN = frozenset({Domain.parse("example.org")})
HOST = Domain.parse("mx.example.org")
NO_TIME = ScreenSettings(deadline_s=0.0)
TO = ("you@example.org", "bo@example.org")


def name_one(case: Case, _kit: Kit) -> Iterator[Finding | Feature]:
    """Name one of the documents that are left, as a check does that looks no further than to the first."""
    for part in case.message.attachments:
        if part.filename.endswith(".docm"):
            yield find(part.path)
            return


def tell_antivirus(case: Case, _kit: Kit) -> Iterator[Finding | Feature]:
    for answer in (one for one in case.facts.antivirus if one.outcome is not Scanned.CLEAN):
        yield find(answer.file, code="antivirus.infected", severity=Severity.MALWARE)


def build_house(screening: ScreenSettings | None = None, **deciding: object) -> House:
    clock = FakeClock()
    recipients = Recipients(RecipientSettings(), HOST, KnownAddresses.parse((), ""), None, clock)
    judging = build_judging(screening or ScreenSettings(), msgspec.convert(deciding, DecideSettings), OWN, clock)
    checks = (LoadedCheck("office_macro", name_one), LoadedCheck("antivirus", tell_antivirus))
    return House(HOST, clock, NO_VAULT, recipients, give_checks(judging, checks), 50)


def give_checks(judging: Judging, checks: tuple[LoadedCheck, ...]) -> Judging:
    return replace(judging, kit=replace(judging.kit, checks=checks))


NO_VAULT = JournalVault.__new__(JournalVault)  # nothing is kept here


def decide(*actions: Action, removes: Sequence[str] = ("1.2",)) -> tuple[Decision, ...]:
    return tuple(
        Decision(Address.parse(to), action, "r", "S.", "是。", removes=tuple(removes) if action is Action.CLEAN else ())
        for to, action in zip(TO, actions, strict=False)
    )


async def run(
    raw: bytes, screening: Screening, decisions: tuple[Decision, ...], house: House, *edits: Splice
) -> tuple[Arrival, Verdict, Cleaning]:
    arrival = build_arrival("a" * 32, *TO[: len(decisions)], raw=raw)
    return arrival, *await clean(Subject(arrival, screening, edits, HOST), Verdict(screening, decisions), house.judging)


def found(*files: str) -> tuple[AntivirusAnswer, ...]:
    return tuple(AntivirusAnswer(Scanned.FOUND, "Test.Virus", file) for file in files)


async def test_a_mail_that_nobody_gets_cleaned_is_left_alone() -> None:
    decisions = decide(Action.DELIVER, Action.QUARANTINE)
    _, verdict, cleaning = await run(TWO_FILES, screen(TWO_FILES, find("1.2")), decisions, build_house())
    assert (verdict.decisions, cleaning) == (decisions, NO_CLEANING)


async def test_the_cleaned_form_is_made_for_those_who_are_to_get_it() -> None:
    decisions = decide(Action.CLEAN, Action.DELIVER)
    arrival, verdict, cleaning = await run(TWO_FILES, screen(TWO_FILES, find("1.2")), decisions, build_house())
    assert verdict.decisions == decisions
    assert [part.path for part in cleaning.removed] == ["1.2"]
    _, note, honest = parse_message(apply_splices(arrival.raw, cleaning.splices)).root.children
    assert (note.filename, honest.content) == ("removed-1.txt", OTHER)


@pytest.mark.parametrize("count", [1, MAX_ROUNDS, MAX_ROUNDS + 1])
async def test_what_the_judgement_finds_in_the_rest_is_taken_out_as_well_but_not_for_ever(count: int) -> None:
    raw = write_mail(*((f"{number}.docm", b"PK%d" % number) for number in range(count)))
    house = build_house(findings={"office_macro.*": "clean"})
    _, verdict, cleaning = await run(raw, screen(raw, find("1.2")), decide(Action.CLEAN), house)
    if count <= MAX_ROUNDS:
        assert verdict.action is Action.CLEAN
        assert [part.path for part in cleaning.removed] == [f"1.{number + 2}" for number in range(count)]
    else:
        assert (verdict.action, cleaning) == (Action.QUARANTINE, NO_CLEANING)
        assert "always more" in verdict.decisions[0].says


async def test_what_an_antivirus_said_of_files_that_are_gone_counts_no_more() -> None:
    screening = replace(screen(TWO_FILES, find("1.2")), facts=replace(NO_FACTS, antivirus=found("1.2:1.3")))
    _, verdict, _ = await run(TWO_FILES, screening, decide(Action.CLEAN), build_house())
    assert verdict.action is Action.CLEAN
    honest = replace(screening, facts=replace(NO_FACTS, antivirus=found("1.3")))
    _, verdict, cleaning = await run(TWO_FILES, honest, decide(Action.CLEAN), build_house())
    assert (verdict.action, cleaning) == (Action.QUARANTINE, NO_CLEANING)


async def test_a_rest_that_may_not_pass_is_kept_for_them_alone() -> None:
    screening = replace(screen(TWO_FILES, find("1.2")), facts=replace(NO_FACTS, antivirus=found("")))
    _, verdict, _ = await run(TWO_FILES, screening, decide(Action.CLEAN, Action.DELIVER), build_house())
    kept, passed = verdict.decisions
    assert (kept.action, kept.removes, passed.action) == (Action.QUARANTINE, (), Action.DELIVER)
    assert "because it cannot be cleaned: Refused: The document runs a program." in kept.says
    assert "无法移除危险内容" in kept.says_zh


async def test_a_mail_that_cannot_be_cleaned_is_kept() -> None:
    raw = b"Subject: x\r\n\r\n"
    _, verdict, cleaning = await run(raw, screen(raw, find("1.2")), decide(Action.CLEAN), build_house())
    (decision,) = verdict.decisions
    assert (decision.action, cleaning) == (Action.QUARANTINE, NO_CLEANING)
    assert "read in another way" in decision.says


async def test_where_cleaning_takes_too_long_or_breaks_the_mail_is_kept() -> None:
    screening = screen(TWO_FILES, find("1.2"))
    _, verdict, _ = await run(TWO_FILES, screening, decide(Action.CLEAN), build_house(NO_TIME))
    assert "that took too long" in verdict.decisions[0].says
    broken = replace(screening, contents=None)  # type: ignore[arg-type] # a bug of ours
    _, verdict, _ = await run(TWO_FILES, broken, decide(Action.CLEAN), build_house())
    assert "the mail broke it (AttributeError at take_out.py:" in verdict.decisions[0].says


async def test_the_rest_is_held_for_a_score_of_its_own() -> None:
    house = build_house(findings={"office_macro.*": "clean"}, flag_at=0.0, quarantine_at=0.0)
    _, verdict, cleaning = await run(TWO_FILES, screen(TWO_FILES, find("1.2")), decide(Action.CLEAN), house)
    assert (verdict.action, cleaning) == (Action.QUARANTINE, NO_CLEANING)
    assert "this mail is unwanted with a probability of" in verdict.decisions[0].says


async def test_a_warning_about_the_rest_is_told_with_what_was_taken_out() -> None:
    house = build_house(findings={"office_macro.*": "clean"}, flag_at=0.0)
    _, verdict, _ = await run(TWO_FILES, screen(TWO_FILES, find("1.2")), decide(Action.CLEAN), house)
    (decision,) = verdict.decisions
    assert decision.action is Action.CLEAN
    assert decision.says.startswith("S. The rest: Delivered with a warning: ")
    assert decision.says_zh.startswith("是。其余部分：已投递并附警告：")


async def clean_scanned(antivirus: FakeAntivirus, said: tuple[AntivirusAnswer, ...]) -> Verdict:
    """Clean a mail of what an antivirus has said before."""
    house = build_house()
    house = replace(house, judging=give_antivirus(house.judging, antivirus))
    screening = replace(screen(TWO_FILES, find("1.2")), facts=replace(NO_FACTS, antivirus=said))
    return (await run(TWO_FILES, screening, decide(Action.CLEAN), house))[1]


async def test_an_antivirus_that_found_something_is_asked_about_what_is_left() -> None:
    antivirus = FakeAntivirus()
    assert (await clean_scanned(antivirus, found("1.2"))).action is Action.CLEAN
    (rest,) = antivirus.asked
    assert [part.filename for part in parse_message(rest).attachments] == ["removed-1.txt", "notes.pdf"]


@pytest.mark.parametrize("antivirus", [FakeAntivirus({b"the minutes": "Test.Text"}), FakeAntivirus(is_down=True)])
async def test_a_rest_in_which_it_finds_more_or_about_which_it_is_silent_is_kept(antivirus: FakeAntivirus) -> None:
    assert (await clean_scanned(antivirus, found("1.2"))).action is Action.QUARANTINE


async def test_a_mail_that_was_too_large_for_it_may_be_small_enough_without_its_files() -> None:
    antivirus = FakeAntivirus({b"the minutes": "Test.Text"})
    said = (AntivirusAnswer(Scanned.TOO_LARGE), *found("1.2"))
    assert (await clean_scanned(antivirus, said)).action is Action.QUARANTINE
    assert len(antivirus.asked) == 1


async def test_an_antivirus_that_found_nothing_in_all_of_it_is_not_asked_again() -> None:
    antivirus = FakeAntivirus(is_down=True)
    said = (AntivirusAnswer(Scanned.CLEAN),)
    assert (await clean_scanned(antivirus, said)).action is Action.CLEAN
    assert (await clean_scanned(antivirus, ())).action is Action.CLEAN
    assert antivirus.asked == []
