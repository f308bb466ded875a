"""Beyond the corpus cases: how the reader is told."""

from gatepost.model.proof import ArcProof, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from screen_cases import find, find_codes, write_mail

CHECK = "unproven_sender"
MAIL = write_mail(sender="Bank <service@bank.example>")
DETAILS = DmarcProof(AuthResult.FAIL, "bank.example", "reject")
FAILED = Proof(dmarc=AuthResult.FAIL, dmarc_details=DETAILS)


def test_the_reader_is_told_what_is_shown_what_is_proven_and_what_is_asked() -> None:
    proof = Proof(
        dmarc=AuthResult.FAIL,
        dmarc_details=DETAILS,
        spf_details=(SpfProof(AuthResult.PASS, "mailfrom", "evil.example"),),
        dkim_details=(
            DkimProof(AuthResult.PASS, "evil.example", "s"),
            DkimProof(AuthResult.FAIL, "bank.example", "s"),
            DkimProof(AuthResult.PASS, "sender.example", "s"),
        ),
    )
    (finding,) = find(CHECK, MAIL, proof=proof)
    assert finding.says == (
        "The mail says it is from bank.example, but bank.example did not send it "
        "(what is proven is evil.example, sender.example) and asks to refuse such mail."
    )
    assert "evil.example、sender.example" in finding.says_zh
    (evidence,) = finding.evidence
    assert evidence.span is not None
    assert MAIL[evidence.span.start : evidence.span.end] == b"From: Bank <service@bank.example>\r\n"


def test_where_nothing_is_proven_the_reader_is_told_so() -> None:
    (finding,) = find(CHECK, MAIL, proof=FAILED)
    assert "(nothing is proven)" in finding.says


def test_a_chain_that_nobody_trusted_sealed_saves_nothing() -> None:
    proof = Proof(
        dmarc=AuthResult.FAIL, dmarc_details=DETAILS, arc_details=ArcProof(AuthResult.PASS, ("evil.example",))
    )
    assert find_codes(CHECK, MAIL, proof=proof) == ["reject"]


def test_a_failure_without_a_policy_is_not_held_against_the_mail() -> None:
    proof = Proof(dmarc=AuthResult.FAIL, dmarc_details=DmarcProof(AuthResult.FAIL, "bank.example"))
    assert find_codes(CHECK, MAIL, proof=proof) == []


def test_a_mail_without_from_is_left_to_the_check_of_the_header() -> None:
    proof = Proof(dmarc=AuthResult.PERMERROR, dmarc_details=DmarcProof(AuthResult.PERMERROR, ""))
    assert find_codes(CHECK, b"Subject: s\r\n\r\n", proof=proof) == []
