"""Beyond the corpus cases: an answer counts by its proven sender, whatever its headers hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.facts import Contact, History, Way
from screen_cases import find, find_codes, write_mail

CHECK = "reply_to_ours"
ANSWER = History((Way.DKIM,), (Contact(),), answers_ours=True)


@pytest.mark.parametrize("way", list(Way))
def test_every_way_of_proof_will_do(way: Way) -> None:
    assert find_codes(CHECK, write_mail(), history=History((way,), (Contact(),), answers_ours=True)) == ["proven"]


def test_the_evidence_is_where_our_mail_is_named() -> None:
    raw = write_mail(head="References: <1@mill>\r\nIn-Reply-To: <2@mill>\r\n")
    (finding,) = find(CHECK, raw, history=ANSWER)
    (evidence,) = finding.evidence
    assert evidence.text == "<2@mill>"
    assert evidence.span is not None
    assert raw[evidence.span.start : evidence.span.end] == b"In-Reply-To: <2@mill>\r\n"


@given(st.text(max_size=300))
def test_any_reference_can_be_told(text: str) -> None:
    find_codes(CHECK, write_mail(head=f"In-Reply-To: {text}\r\n"), history=ANSWER)
