import pytest

from gatepost.model.proof import UNPROVEN, AuthResult, Proof


@pytest.mark.parametrize("proof", [Proof(spf=AuthResult.PASS), Proof(dmarc=AuthResult.PASS, spf=AuthResult.FAIL)])
def test_a_pass_of_spf_or_dmarc_proves_the_sender(proof: Proof) -> None:
    assert proof.sender_is_proven


@pytest.mark.parametrize("proof", [UNPROVEN, Proof(dkim=AuthResult.PASS, arc=AuthResult.PASS, spf=AuthResult.NEUTRAL)])
def test_nothing_else_proves_the_envelope_sender(proof: Proof) -> None:
    assert not proof.sender_is_proven
