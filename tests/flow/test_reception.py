"""What a gate asks, the house answers."""

from doubles import FakeClock
from gatepost.decide.settings import DecideSettings
from gatepost.flow.house import House
from gatepost.flow.judging import build_judging
from gatepost.flow.reception import HouseReception
from gatepost.flow.recipients import KnownAddresses, Recipients
from gatepost.flow.settings import RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.cleaning import NO_CLEANING, Cleaning
from gatepost.model.envelope import Arrival
from gatepost.model.ports import Admission
from gatepost.model.splice import Splice
from gatepost.model.verdict import Action, Verdict
from gatepost.screen.settings import ScreenSettings
from store_builders import build_arrival, build_verdict

HOST = Domain.parse("mx.example.org")


class FakeVault:
    """Counts."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.refused: list[str] = []
        self.refused_bytes = 0

    async def keep(
        self, arrival: Arrival, verdict: Verdict, splices: tuple[Splice, ...], cleaning: Cleaning = NO_CLEANING
    ) -> None:
        assert verdict.decisions
        assert splices
        assert not cleaning.removed
        self.kept.append(arrival.mail_id)

    def note_refused(self, arrival: Arrival, verdict: Verdict) -> None:
        assert verdict.decisions
        self.refused.append(arrival.mail_id)
        self.refused_bytes += len(arrival.raw)


def build_reception(vault: FakeVault, clock: FakeClock) -> HouseReception:
    settings = RecipientSettings(domains=("example.org",))
    recipients = Recipients(settings, HOST, KnownAddresses.parse((), ""), None, clock)
    judging = build_judging(ScreenSettings(enabled=False), DecideSettings(), frozenset(), clock)
    return HouseReception(House(HOST, clock, vault, recipients, judging, 50))


async def test_recipients_are_answered_at_once_and_in_the_end_alike() -> None:
    reception = build_reception(FakeVault(), FakeClock())
    for address, answer in [("a@example.org", Admission.ACCEPTED), ("a@example.com", Admission.NOT_OURS)]:
        recipient = Address.parse(address)
        assert reception.find_admission(recipient) is answer
        assert await reception.admit_recipient(recipient) is answer


async def test_a_mail_that_is_taken_is_kept_under_its_name() -> None:
    vault = FakeVault()
    verdict = await build_reception(vault, FakeClock()).receive(build_arrival("7" * 32))
    assert verdict.action is Action.DELIVER
    assert (vault.kept, vault.refused) == (["7" * 32], [])


def test_what_was_refused_in_the_dialog_is_noted_and_not_kept() -> None:
    vault, arrival = FakeVault(), build_arrival("7" * 32)
    build_reception(vault, FakeClock()).note_refused(arrival.envelope, build_verdict(arrival, Action.REJECT))
    assert (vault.kept, len(vault.refused), vault.refused_bytes) == ([], 1, 0)


def test_names_rise_with_the_clock_and_do_not_repeat() -> None:
    clock = FakeClock()
    reception = build_reception(FakeVault(), clock)
    names = [reception.make_mail_id() for _ in range(100)]
    clock.advance(-3600)  # somebody sets the clock back
    names.append(reception.make_mail_id())
    assert names == sorted(set(names))
