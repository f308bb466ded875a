"""A mail is bound to the ways in which its visible sender's organisation stands for it."""

from gatepost.message.parse import parse_message
from gatepost.model.facts import Way
from gatepost.model.proof import UNPROVEN, ArcProof, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.author import Author
from gatepost.screen.lookups.ways import find_ways

ANN = Author("ann@mail.woodwork.example", "mail.woodwork.example")
RAW = b"From: ann@mail.woodwork.example\r\nSubject: x\r\n\r\ny\r\n"
PASS = AuthResult.PASS


def ways(proof: Proof, raw: bytes = RAW) -> set[Way]:
    return set(find_ways(ANN, parse_message(raw), proof))


def without_record(*, dkim: DkimProof | None = None, spf: SpfProof | None = None) -> Proof:
    return Proof(
        dmarc=AuthResult.NONE,
        dmarc_details=DmarcProof(AuthResult.NONE, ANN.domain),
        dkim_details=(dkim,) if dkim else (),
        spf_details=(spf,) if spf else (),
    )


def test_dmarc_names_the_ways_that_are_aligned() -> None:
    details = DmarcProof(PASS, ANN.domain, dkim_is_aligned=True)
    assert ways(Proof(dmarc=PASS, dmarc_details=details)) == {Way.DKIM}
    details = DmarcProof(PASS, ANN.domain, dkim_is_aligned=True, spf_is_aligned=True)
    assert ways(Proof(dmarc=PASS, dmarc_details=details)) == {Way.DKIM, Way.SPF}


def test_nothing_counts_where_dmarc_failed_or_nobody_asked() -> None:
    details = DmarcProof(AuthResult.FAIL, ANN.domain, spf_is_aligned=True)
    assert ways(Proof(dmarc=AuthResult.FAIL, dmarc_details=details)) == set()
    assert ways(UNPROVEN) == set()


def test_a_trusted_seal_is_a_way_of_its_own() -> None:
    details = DmarcProof(AuthResult.FAIL, ANN.domain)
    chain = ArcProof(PASS, ("lists.example",), vouched_by="lists.example")
    assert ways(Proof(dmarc=AuthResult.FAIL, dmarc_details=details, arc=PASS, arc_details=chain)) == {Way.SEAL}


def test_without_a_record_names_above_and_below_count() -> None:
    assert ways(without_record(dkim=DkimProof(PASS, "woodwork.example", "s"))) == {Way.DKIM}
    assert ways(without_record(spf=SpfProof(PASS, "mailfrom", "bounce.mail.woodwork.example"))) == {Way.SPF}


def test_without_a_record_a_name_beside_it_may_be_another_customers() -> None:
    assert ways(without_record(dkim=DkimProof(PASS, "evil.woodwork.example", "s"))) == set()
    assert ways(without_record(spf=SpfProof(PASS, "mailfrom", "evil.woodwork.example"))) == set()
    assert ways(without_record(dkim=DkimProof(PASS, "example", "s"))) == set()


def test_without_a_record_strangers_open_ends_and_helo_do_not_count() -> None:
    assert ways(without_record(dkim=DkimProof(PASS, "mailer.example", "s"))) == set()
    assert ways(without_record(dkim=DkimProof(AuthResult.FAIL, "woodwork.example", "s"))) == set()
    assert ways(without_record(dkim=DkimProof(PASS, "woodwork.example", "s", covers_whole_body=False))) == set()
    assert ways(without_record(spf=SpfProof(PASS, "helo", "woodwork.example"))) == set()


def test_a_header_that_programs_read_differently_proves_nothing() -> None:
    proof = without_record(dkim=DkimProof(PASS, "woodwork.example", "s"))
    assert ways(proof, b"From: ann@mail.woodwork.example\r\nno field\r\n\r\ny\r\n") == set()
