"""Never an open relay; recipients as the settings know them."""

import pytest

from doubles import FakeClock
from gatepost.flow.recipients import KnownAddresses, Recipients
from gatepost.flow.settings import Known, RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.errors import BadSettings
from gatepost.model.ports import Admission


class FakeUpstream:
    """Answers from a table and counts the questions."""

    def __init__(self, **answers: Admission) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def ask_recipient(self, recipient: Address) -> Admission:
        self.asked.append(recipient.local_part)
        return self.answers[recipient.local_part]


def build(known: Known = Known.ANY, *lines: str, upstream: FakeUpstream | None = None) -> tuple[Recipients, FakeClock]:
    clock = FakeClock()
    settings = RecipientSettings(domains=("example.org", "bücher.example"), known=known)
    addresses = KnownAddresses.parse(lines, "a list")
    return Recipients(settings, Domain.parse("mx.example.org"), addresses, upstream, clock), clock


async def admit(recipients: Recipients, address: str) -> Admission:
    return await recipients.admit(Address.parse(address))


@pytest.mark.parametrize("address", ["a@example.com", "a@sub.example.org", "a@[127.0.0.1]", "a@org", "a%b@example.net"])
async def test_other_domains_are_not_ours(address: str) -> None:
    assert await admit(build()[0], address) is Admission.NOT_OURS


@pytest.mark.parametrize("address", ["a@example.org", "A@EXAMPLE.ORG", "a@xn--bcher-kva.example", "a@bücher.example"])
async def test_our_domains_are_ours_however_written(address: str) -> None:
    assert await admit(build()[0], address) is Admission.ACCEPTED


async def test_a_list_knows_addresses_and_whole_domains() -> None:
    recipients, _ = build(Known.LIST, "Anna@Example.org  # the boss", "", "@xn--bcher-kva.example")
    assert await admit(recipients, "anna@example.org") is Admission.ACCEPTED
    assert await admit(recipients, "otto@example.org") is Admission.UNKNOWN
    assert await admit(recipients, "otto@bücher.example") is Admission.ACCEPTED
    assert await admit(recipients, "postmaster@example.org") is Admission.ACCEPTED


def test_a_bad_line_is_named() -> None:
    with pytest.raises(BadSettings, match=r"people\.txt, line 2: 'no-at-sign' is not an address"):
        KnownAddresses.parse(("a@example.org", "no-at-sign"), "people.txt")


async def test_answers_of_the_upstream_are_remembered_for_a_while() -> None:
    upstream = FakeUpstream(anna=Admission.ACCEPTED, otto=Admission.UNKNOWN)
    recipients, clock = build(Known.ASK, upstream=upstream)
    for _ in range(2):
        assert await admit(recipients, "anna@example.org") is Admission.ACCEPTED
        assert await admit(recipients, "otto@example.org") is Admission.UNKNOWN
    assert upstream.asked == ["anna", "otto"]
    clock.advance(601)
    await admit(recipients, "anna@example.org")
    assert upstream.asked == ["anna", "otto", "anna"]


async def test_an_upstream_that_does_not_know_is_asked_again() -> None:
    upstream = FakeUpstream(anna=Admission.TRY_LATER)
    recipients, _ = build(Known.ASK, upstream=upstream)
    assert [await admit(recipients, "anna@example.org") for _ in range(2)] == [Admission.TRY_LATER] * 2
    assert len(upstream.asked) == 2


async def test_the_postmaster_of_our_own_host_is_always_taken() -> None:
    recipients, _ = build(Known.LIST)
    assert await admit(recipients, "Postmaster@mx.example.org") is Admission.ACCEPTED
    assert await admit(recipients, "anna@mx.example.org") is Admission.NOT_OURS


async def test_only_what_the_upstream_must_be_asked_is_not_known_at_once() -> None:
    recipients, _ = build(Known.ASK, upstream=FakeUpstream(anna=Admission.ACCEPTED))
    anna = Address.parse("anna@example.org")
    assert recipients.find(anna) is None
    await recipients.admit(anna)
    assert recipients.find(anna) is Admission.ACCEPTED
