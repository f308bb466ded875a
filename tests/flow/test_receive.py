"""The 250 comes after the disk; what is refused is not kept; loops end."""

from dataclasses import dataclass, field, replace

import pytest

from cleaning_mails import BAD, find, write_mail
from doubles import FakeClock
from gatepost.decide.policy import build_policy
from gatepost.decide.settings import DecideSettings
from gatepost.flow.house import House
from gatepost.flow.judging import build_judging
from gatepost.flow.receive import is_looping, receive
from gatepost.flow.recipients import KnownAddresses, Recipients
from gatepost.flow.settings import RecipientSettings
from gatepost.model.address import Domain
from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.errors import StorageTrouble
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, Verdict
from gatepost.screen.case import Case, LoadedCheck
from gatepost.screen.settings import ScreenSettings
from store_builders import build_arrival

ORDINARY = (
    b"From: Anna <anna@example.com>\r\nTo: you@example.org\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
    b"Message-ID: <1@example.com>\r\nSubject: lunch\r\n\r\nAt noon?\r\n"
)
VIRUS = (  # in two halves, so that no scanner takes this file away
    ORDINARY.removesuffix(b"At noon?\r\n")
    + b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$"
    + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*\r\n"
)


@dataclass
class FakeVault:
    """Remembers what it was given, or has no room."""

    trouble: StorageTrouble | None = None
    kept: list[tuple[str, tuple[Splice, ...]]] = field(default_factory=list)
    cleanings: list[Cleaning] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def keep(
        self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...], cleaning: Cleaning = NO_CLEANING
    ) -> None:
        assert verdict.decisions
        if self.trouble:
            raise self.trouble
        self.kept.append((arrival.mail_id, splices))
        self.cleanings.append(cleaning)

    def note_refused(self, arrival: Arrival, verdict: Verdict) -> None:
        assert verdict.decisions
        self.refused.append(arrival.mail_id)


def _contents(case: Case) -> set[bytes]:
    return {part.content for part in case.message.walk()}


def build_house(vault: FakeVault, screening: ScreenSettings | None = None) -> House:
    clock = FakeClock()
    own = frozenset({Domain.parse("example.org")})
    settings, host = RecipientSettings(domains=("example.org",)), Domain.parse("mx.example.org")
    recipients = Recipients(settings, host, KnownAddresses.parse((), ""), None, clock)
    judging = build_judging(screening or ScreenSettings(), DecideSettings(), own, clock)
    return House(host, clock, vault, recipients, judging, 50)


async def test_an_ordinary_mail_is_judged_and_kept_with_our_headers() -> None:
    vault = FakeVault()
    verdict = await receive(build_arrival("1" * 32, raw=ORDINARY), build_house(vault))
    assert verdict.action is Action.DELIVER
    ((mail_id, splices),) = vault.kept
    assert mail_id == "1" * 32
    assert splices[0].inserted.startswith(b"Received: ")


async def test_a_mail_is_kept_with_its_cleaned_form_and_for_all_in_one() -> None:
    vault = FakeVault()
    house = build_house(vault)
    named = LoadedCheck("office_macro", lambda case, _kit: iter([find(part.path) for part in case.message.attachments]))
    kit = replace(house.judging.kit, checks=(named,))
    deciding = DecideSettings(findings={"office_macro.*": Action.CLEAN})
    house = replace(house, judging=replace(house.judging, kit=kit, policy=build_policy(deciding)))
    raw = write_mail(("plan.docm", BAD))
    verdict = await receive(build_arrival(raw=raw), house)
    # The note is an attachment, too, and this check objects to every one: so nothing is left that may pass.
    assert (verdict.action, vault.cleanings) == (Action.QUARANTINE, [NO_CLEANING])
    named = LoadedCheck("office_macro", lambda case, _kit: iter([find("1.2")] if BAD in _contents(case) else []))
    house = replace(house, judging=replace(house.judging, kit=replace(kit, checks=(named,))))
    verdict = await receive(build_arrival(raw=raw), house)
    assert verdict.action is Action.CLEAN
    assert [part.name for part in vault.cleanings[1].removed] == ["plan.docm"]


async def test_without_screening_every_mail_is_kept_and_says_so() -> None:
    vault = FakeVault()
    verdict = await receive(build_arrival(raw=VIRUS), build_house(vault, ScreenSettings(enabled=False)))
    assert verdict.action is Action.DELIVER
    assert not verdict.screening.was_judged
    assert len(vault.kept) == 1


async def test_a_refused_mail_is_noted_but_not_kept() -> None:
    vault = FakeVault()
    verdict = await receive(build_arrival(raw=VIRUS), build_house(vault))
    assert verdict.action is Action.REJECT
    assert (vault.kept, vault.refused) == ([], ["a" * 32])


async def test_trouble_with_the_disk_reaches_the_gate() -> None:
    vault = FakeVault(StorageTrouble("no room", is_full=True))
    with pytest.raises(StorageTrouble):
        await receive(build_arrival(raw=ORDINARY), build_house(vault))


async def test_a_mail_that_runs_in_a_loop_is_refused() -> None:
    vault = FakeVault()
    raw = b"Received: from a by b\r\n" * 51 + ORDINARY
    verdict = await receive(build_arrival(raw=raw), build_house(vault))
    assert (verdict.action, verdict.decisions[0].rule) == (Action.REJECT, "mail_loop")
    assert vault.kept == []


def test_received_lines_in_the_body_are_no_loop() -> None:
    assert not is_looping(ORDINARY + b"Received: x\r\n" * 100, 50)
    assert is_looping(b"RECEIVED: x\r\nReceived: y\r\n" * 26 + ORDINARY, 50)
