"""Beyond the corpus cases: what is known takes the word from this check, and hostile names break nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.facts import Contact, History, Way
from screen_cases import find, find_codes, write_mail

CHECK = "first_contact"
READER = Contact(mails=60, days=90)
NEW = History((Way.DKIM,), (READER,), READER)
NAMED = replace(NEW, readers=(replace(READER, name_is_known=True),))


def test_the_name_is_told_before_the_newness() -> None:
    assert find_codes(CHECK, write_mail(), history=NAMED) == ["known_name", "domain"]


@pytest.mark.parametrize("history", [replace(NAMED, answers_ours=True), History((), ()), None])
def test_nothing_is_said_of_whom_we_wrote_to_and_of_whom_nobody_knows(history: History | None) -> None:
    assert find_codes(CHECK, write_mail(), history=history) == []


@pytest.mark.parametrize(("way", "said"), [((Way.NETWORK,), []), ((Way.SPF,), []), ((), ["known_name", "domain"])])
def test_a_colleague_is_no_stranger_unless_nothing_proves_it(way: tuple[Way, ...], said: list[str]) -> None:
    own = ("woodwork.example",)
    assert find_codes(CHECK, write_mail(), own=own, history=replace(NAMED, ways=way)) == said


@pytest.mark.parametrize(
    ("reader", "ways", "said"),
    [
        (replace(READER, delivered=1, name_is_known=True), (Way.DKIM,), ["known_name"]),  # one harmless mail, then this
        (replace(READER, delivered=1, name_is_known=True, bore_this_name=True), (Way.DKIM,), []),
        (replace(READER, delivered=1, name_is_known=True), (), []),  # what is not proven never gets a name
        (replace(READER, written=1, name_is_known=True), (Way.DKIM,), []),  # we wrote there first, and she answers
    ],
)
def test_a_known_name_is_told_when_the_address_bore_another(
    reader: Contact, ways: tuple[Way, ...], said: list[str]
) -> None:
    assert find_codes(CHECK, write_mail(), history=replace(NEW, readers=(reader,), ways=ways)) == said


def test_a_reader_beside_whom_the_sender_knows_hides_no_name() -> None:
    """Whoever has written to the office once puts it beside the reader whose friend he plays."""
    office = replace(READER, delivered=1, by_dkim=1)
    beside = replace(NEW, readers=(office, replace(READER, name_is_known=True)), domain=office)
    assert find_codes(CHECK, write_mail(), history=beside) == ["known_name"]


def test_without_one_domain_only_the_readers_are_spoken_of() -> None:
    assert find_codes(CHECK, write_mail(), history=replace(NEW, domain=None)) == ["reader"]


def test_the_sentence_quotes_the_stranger_safely() -> None:
    (name, _) = find(CHECK, write_mail(sender='"Ann\u202e Oak" <ann@evil.example>'), history=NAMED)
    assert "“Ann Oak”" in name.says
    assert "ann@evil.example" in name.says_zh


@given(st.text(max_size=300))
def test_any_sender_can_be_told(sender: str) -> None:
    find_codes(CHECK, write_mail(sender=sender), history=NAMED)
