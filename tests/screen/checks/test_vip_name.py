"""Beyond the corpus cases: ways to write the name, ways to prove an address, and no people at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.facts import Contact, History, Way
from gatepost.model.proof import ArcProof, AuthResult, DmarcProof, Proof
from gatepost.screen.settings import PersonSettings
from screen_cases import find_codes, write_mail

CHECK = "vip_name"
PEOPLE = (PersonSettings(name="Nora Lindqvist", addresses=("nora@mill.example",)),)


@pytest.mark.parametrize(
    "sender",
    [
        "Nora Lindqvist <a@evil.example>",
        "Lindqvist, Nora <a@evil.example>",
        "Nora <>, Lindqvist <a@evil.example>",
        '"Nora Lindqvist (CEO)" <a@evil.example>',
        "=?utf-8?q?N=CF=8Fra?= Lindqvist <a@evil.example>, Nora Lindqvist <a@evil.example>",
        "Ann <ann@evil.example>, Nora Lindqvist <b@evil.example>",
    ],
)
def test_the_name_is_known_again(sender: str) -> None:
    assert "stranger" in find_codes(CHECK, write_mail(sender=sender), people=PEOPLE, own=("mill.example",))


def test_without_people_nothing_is_said() -> None:
    assert find_codes(CHECK, write_mail(sender="Nora Lindqvist <a@evil.example>")) == []


@pytest.mark.parametrize("result", list(AuthResult))
def test_another_address_of_our_domain_is_held_where_its_proof_failed(result: AuthResult) -> None:
    raw = write_mail(sender="Nora Lindqvist <board@mill.example>")
    said = find_codes(CHECK, raw, people=PEOPLE, own=("mill.example",), proof=Proof(dmarc=result))
    trusted = {AuthResult.PASS, AuthResult.UNKNOWN, AuthResult.TEMPERROR}
    assert said == ([] if result in trusted else ["stranger"])


@pytest.mark.parametrize("result", list(AuthResult))
def test_a_proof_of_a_strange_address_helps_nobody(result: AuthResult) -> None:
    raw = write_mail(sender="Nora Lindqvist <a@evil.example>")
    history = History((Way.DKIM,), (Contact(mails=60, days=90),))
    assert find_codes(CHECK, raw, people=PEOPLE, proof=Proof(dmarc=result), history=history) == ["stranger"]


@pytest.mark.parametrize(
    ("proof", "history"),
    [
        (Proof(dmarc=AuthResult.NONE), History((Way.DKIM,), (Contact(),))),  # signed, though without a DMARC record
        (Proof(dmarc=AuthResult.FAIL, arc_details=ArcProof(AuthResult.PASS, vouched_by="lists.example")), None),
        (Proof(dmarc=AuthResult.TEMPERROR), None),
    ],
)
def test_the_persons_own_address_is_not_unproven_when_anything_proves_it(proof: Proof, history: History | None) -> None:
    raw = write_mail(sender="Nora Lindqvist <nora@mill.example>")
    assert find_codes(CHECK, raw, people=PEOPLE, proof=proof, history=history) == []


@pytest.mark.parametrize(("contact", "said"), [
    (Contact(mails=60, days=90, delivered=9, by_dkim=9, known_days=30), ["stranger"]),  # was patient, and changed it
    (Contact(mails=60, days=90, written=2), ["stranger"]),  # got an answer first
    (Contact(mails=60, days=90, delivered=9, by_dkim=9, known_days=30, bore_this_name=True), []),
])  # fmt: skip
def test_who_made_himself_known_under_another_name_is_a_stranger(contact: Contact, said: list[str]) -> None:
    raw = write_mail(sender="Nora Lindqvist <a@evil.example>")
    history = History((Way.DKIM,), (contact,))
    assert find_codes(CHECK, raw, people=PEOPLE, proof=Proof(dmarc=AuthResult.PASS), history=history) == said


def test_a_second_sender_does_not_hide_that_nothing_proves_the_first() -> None:
    raw = write_mail(sender="Nora Lindqvist <nora@mill.example>\r\nFrom: Ann <ann@evil.example>")
    nobody = Proof(dmarc=AuthResult.PERMERROR, dmarc_details=DmarcProof(AuthResult.PERMERROR, ""))
    assert find_codes(CHECK, raw, people=PEOPLE, proof=nobody) == ["unproven"]
    broken_record = Proof(dmarc=AuthResult.PERMERROR, dmarc_details=DmarcProof(AuthResult.PERMERROR, "mill.example"))
    assert find_codes(CHECK, raw, people=PEOPLE, proof=broken_record) == []


@given(st.text(max_size=300))
def test_any_sender_can_be_compared(sender: str) -> None:
    find_codes(CHECK, write_mail(sender=sender), people=PEOPLE)
