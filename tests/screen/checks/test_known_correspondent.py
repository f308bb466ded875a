"""Beyond the corpus cases: it counts for a mail, modestly, and a forger gets the contrary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.facts import Contact, History, Way
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.screen.checks import known_correspondent
from screen_cases import find_codes, write_mail

CHECK = "known_correspondent"
FRIEND = Contact(mails=60, days=90, delivered=12, known_days=40, by_dkim=12)


def test_the_weight_is_modest() -> None:
    weights = {kind.code: kind.weight for kind in known_correspondent.KINDS}
    assert -1.5 < weights["known_correspondent.proven"] < 0 < weights["known_correspondent.unproven"] < 1


@pytest.mark.parametrize(
    ("ways", "said"),
    [((Way.DKIM,), ["proven"]), ((Way.SEAL, Way.DKIM), ["proven"]), ((Way.SPF,), []), ((Way.NETWORK,), [])],
)
def test_the_mail_must_be_proven_as_the_former_ones(ways: tuple[Way, ...], said: list[str]) -> None:
    assert find_codes(CHECK, write_mail(), history=History(ways, (FRIEND,))) == said


@pytest.mark.parametrize("result", list(AuthResult))
def test_a_missing_proof_is_odd_only_where_it_was_asked_for_in_vain(result: AuthResult) -> None:
    said = find_codes(CHECK, write_mail(), history=History((), (FRIEND,)), proof=Proof(dmarc=result))
    assert said == (["unproven"] if result in (AuthResult.FAIL, AuthResult.NONE) else [])


def test_an_unknown_history_says_nothing() -> None:
    assert find_codes(CHECK, write_mail(), proof=UNPROVEN) == []


@given(st.text(max_size=300))
def test_any_sender_can_be_told(sender: str) -> None:
    find_codes(CHECK, write_mail(sender=sender), history=History((Way.DKIM,), (FRIEND,)))
