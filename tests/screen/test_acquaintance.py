"""New, known, or neither: for all recipients, with mail proven in the same way, over some time."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.envelope import Envelope
from gatepost.model.facts import Contact, History, Way
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.screen.acquaintance import (
    always_proved_itself,
    is_address_of_ours,
    is_known,
    is_new,
    is_new_to_all_of_long_standing,
    is_new_to_the_domain,
    is_proven_service,
)
from gatepost.screen.case import Case
from screen_cases import build_tables

READER = Contact(mails=30, days=14)
FRIEND = replace(READER, delivered=3, known_days=7, by_dkim=3)
ENVELOPE = Envelope(None, (), "", "", protocol="")
JUDGES = (is_new, is_new_to_all_of_long_standing, is_new_to_the_domain, is_known, always_proved_itself)

contacts = st.builds(
    Contact,
    **dict.fromkeys(
        ("mails", "days", "delivered", "known_days", "by_dkim", "by_spf", "by_seal", "by_network", "held", "written"),
        st.integers(0, 60),
    ),
)


def meet(*readers: Contact, ways: tuple[Way, ...] = (Way.DKIM,), domain: Contact | None = None) -> History:
    return History(ways, readers, domain)


def test_a_friend_is_known_and_not_new() -> None:
    assert is_known(meet(FRIEND, FRIEND))
    assert not is_new(meet(FRIEND))


@pytest.mark.parametrize(
    "less",
    [
        replace(FRIEND, by_dkim=2),
        replace(FRIEND, known_days=6),
        replace(FRIEND, held=1),  # one of four
        replace(FRIEND, by_dkim=0, by_spf=3),
        READER,
    ],
)
def test_whoever_is_less_is_not_known(less: Contact) -> None:
    assert not is_known(meet(less))
    assert not is_known(meet(FRIEND, less))


def test_an_unproven_mail_is_nobodys_friend() -> None:
    assert not is_known(meet(FRIEND, ways=()))
    assert not is_known(meet(replace(READER, written=5), ways=()))


def test_a_few_held_mails_among_many_do_not_matter() -> None:
    assert is_known(meet(replace(FRIEND, delivered=8, held=2)))


def test_whom_a_reader_wrote_to_is_known_at_once() -> None:
    assert is_known(meet(replace(READER, written=1)))
    assert not is_new(meet(replace(READER, written=1)))


def test_new_needs_readers_who_have_been_there_for_some_time() -> None:
    assert is_new_to_all_of_long_standing(meet(READER, READER))
    for young in (replace(READER, mails=29), replace(READER, days=13)):
        assert not is_new_to_all_of_long_standing(meet(READER, young))
        assert is_new(meet(READER, young))
        assert not is_new_to_the_domain(meet(READER, domain=young))
    assert is_new_to_the_domain(meet(READER, domain=READER))
    assert not is_new_to_the_domain(meet(READER))


def test_who_was_always_proven_is_told_from_who_was_sometimes() -> None:
    assert always_proved_itself(meet(replace(FRIEND, delivered=10, by_dkim=9), ways=()))
    assert not always_proved_itself(meet(replace(FRIEND, delivered=10, by_dkim=8), ways=()))


@given(st.lists(contacts, max_size=3), st.sets(st.sampled_from(list(Way))))
def test_more_mail_makes_nobody_less_known(readers: list[Contact], ways: set[Way]) -> None:
    history = meet(*readers, ways=tuple(ways))
    more = [replace(one, delivered=one.delivered + 1, by_dkim=one.by_dkim + 1) for one in readers]
    assert is_known(meet(*more, ways=tuple(ways))) or not is_known(history)
    assert is_new(history) or not is_new(meet(*more))


@pytest.mark.parametrize(
    ("signed", "ways", "expected"),
    [
        (9, (Way.DKIM,), True),
        (9, (Way.DKIM, Way.SPF), True),
        (9, (Way.SPF,), False),  # a neighbour at the same host sends in the name of a domain that always signs
        (9, (Way.SEAL,), True),  # the settings trust the forwarder who says so
        (5, (Way.SPF,), True),
    ],
)
def test_who_always_signs_is_not_known_without_a_signature(
    signed: int, ways: tuple[Way, ...], *, expected: bool
) -> None:
    friend = replace(FRIEND, delivered=9, by_dkim=signed, by_spf=9, by_seal=9)
    assert is_known(meet(friend, ways=ways)) is expected
    assert is_known(meet(replace(friend, written=2), ways=ways)) is expected


@pytest.mark.parametrize("judge", JUDGES)
def test_nothing_is_said_where_nobody_is_asked(judge: object) -> None:
    assert not judge(History())  # type: ignore[operator]


def test_a_service_is_well_known_and_proven() -> None:
    proven = Proof(dmarc=AuthResult.PASS)
    for domain, proof, expected in (
        ("github.com", proven, True),
        ("github.com", UNPROVEN, False),
        ("gmail.com", proven, False),
        ("woodwork.example", proven, False),
        ("comcast.net", proven, False),  # mailboxes of whoever pays for a line
        ("yahoo.es", proven, False),
        ("evil.onmicrosoft.com", proven, False),  # anybody opens one of these
        ("mail.yahoo.com", proven, False),
        ("mail.github.com", proven, True),
    ):
        case = Case(parse_message(b""), ENVELOPE, proof, frozenset())
        assert is_proven_service(domain, case, build_tables()) is expected


def test_an_address_of_ours_is_known_however_its_domain_is_written() -> None:
    case = Case(parse_message(b""), ENVELOPE, UNPROVEN, frozenset({Domain("xn--bcher-kva.example")}))
    assert is_address_of_ours("Nora@Bücher.example", case)
    assert not is_address_of_ours("nora@mail.xn--bcher-kva.example", case)
    assert not is_address_of_ours("no address", case)
