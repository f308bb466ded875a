"""Everything that was seen has a number; nothing that is no number comes through."""

import math

from gatepost.message.parse import parse_message
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.screen.classifier.evidence import AUTHOR_PROVEN, MAX_VALUE, SENDER_PROVEN, gather_evidence
from gatepost.screen.tables import load_tables

TABLES = load_tables()
MAIL = parse_message(b"Subject: oak\r\n\r\nbeech\r\n")


def gather(*seen: Finding | Feature, proof: Proof = UNPROVEN) -> dict[str, float]:
    return dict(gather_evidence(MAIL, proof, seen, TABLES).numbers)


def test_findings_are_counted_and_features_are_taken() -> None:
    finding = Finding("a.b", Severity.ODD, "Seen.", "看到。")
    numbers = gather(finding, finding, Feature("c.d", 0.5))
    assert (numbers["a.b"], numbers["c.d"]) == (2, 0.5)


def test_numbers_are_bounded() -> None:
    numbers = gather(Feature("a.a", math.nan), Feature("b.b", math.inf), Feature("c.c", -1e99))
    assert (numbers["a.a"], numbers["b.b"], numbers["c.c"]) == (0, MAX_VALUE, -MAX_VALUE)


def test_an_unknown_proof_is_no_evidence() -> None:
    assert not {AUTHOR_PROVEN, SENDER_PROVEN} & set(gather())
    assert not {AUTHOR_PROVEN, SENDER_PROVEN} & set(gather(proof=Proof(dmarc=AuthResult.FAIL, spf=AuthResult.NONE)))


def test_a_proven_author_counts_more_than_a_proven_sender() -> None:
    assert gather(proof=Proof(dmarc=AuthResult.PASS, spf=AuthResult.PASS))[AUTHOR_PROVEN] == 1
    assert gather(proof=Proof(spf=AuthResult.PASS))[SENDER_PROVEN] == 1


def test_words_are_there() -> None:
    assert gather_evidence(MAIL, UNPROVEN, (), TABLES).words == "oak beech"
