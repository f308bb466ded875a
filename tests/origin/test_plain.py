"""A program gets every detail of a proof as plain values, and the four words where they have always been."""

import json

from gatepost.model.proof import UNPROVEN, ArcProof, AuthorDomain, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.plain import proof_to_dict


def test_what_was_not_asked_is_unknown_and_has_no_details() -> None:
    assert proof_to_dict(UNPROVEN) == {
        **dict.fromkeys(("spf", "dkim", "dmarc", "arc"), "unknown"),
        "details": {"spf": (), "dkim": (), "dmarc": None, "arc": None, "author_domain": "unknown"},
    }


def test_details_are_json_with_nothing_lost() -> None:
    proof = Proof(
        spf=AuthResult.SOFTFAIL,
        dkim=AuthResult.PASS,
        spf_details=(SpfProof(AuthResult.SOFTFAIL, "mailfrom", "a.test", "why", "go away"),),
        dkim_details=(DkimProof(AuthResult.PASS, "a.test", "s", covers_whole_body=False),),
        dmarc_details=DmarcProof(AuthResult.FAIL, "b.test", policy="reject", record="v=DMARC1"),
        arc_details=ArcProof(AuthResult.PASS, ("c.test",), vouched_by="c.test"),
        author_domain=AuthorDomain.NULL_MX,
    )
    plain = json.loads(json.dumps(proof_to_dict(proof)))
    details = plain["details"]
    assert (plain["spf"], plain["dkim"]) == ("softfail", "pass")
    assert details["spf"][0]["explanation"] == "go away"
    assert details["dkim"][0]["covers_whole_body"] is False
    assert (details["dmarc"]["result"], details["dmarc"]["record"]) == ("fail", "v=DMARC1")
    assert (details["arc"]["sealers"], details["arc"]["vouched_by"]) == (["c.test"], "c.test")
    assert details["author_domain"] == "null_mx"
