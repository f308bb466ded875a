"""A person reads in words who is proven to have sent a mail, and whether it is the one who is shown."""

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.proof import UNPROVEN, ArcProof, AuthorDomain, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.origin.describe import MAX_FAILURES_TOLD, MAX_NAMES_TOLD, describe_proof

PASS, FAIL, NONE, TEMPERROR, PERMERROR = (
    AuthResult.PASS, AuthResult.FAIL, AuthResult.NONE, AuthResult.TEMPERROR, AuthResult.PERMERROR,
)  # fmt: skip
NAMES = st.sampled_from(["", "example.org", "mail.example.org", "example.com", "a.test", "{0}{name}%s", "com"])
PROOFS = st.builds(
    Proof,
    spf_details=st.lists(st.builds(SpfProof, identity=st.sampled_from(["mailfrom", "helo"]), domain=NAMES)).map(tuple),
    dkim_details=st.lists(st.builds(DkimProof, domain=NAMES)).map(tuple),
    dmarc_details=st.none() | st.builds(DmarcProof, domain=NAMES),
    arc_details=st.none() | st.builds(ArcProof, sealers=st.lists(NAMES).map(tuple)),
)


def signed(*domains: str, result: AuthResult = PASS, reason: str = "", covers_whole_body: bool = True) -> Proof:
    details = tuple(
        DkimProof(result, domain, "s", reason=reason, covers_whole_body=covers_whole_body) for domain in domains
    )
    return Proof(dkim=result, dkim_details=details)


def sent(result: AuthResult, domain: str = "example.com", reason: str = "", identity: str = "mailfrom") -> Proof:
    return Proof(spf=result, spf_details=(SpfProof(result, identity, domain, reason),))


def shown(proof: Proof, result: AuthResult, domain: str = "example.org", **fields: str | bool) -> Proof:
    return replace(proof, dmarc=result, dmarc_details=DmarcProof(result, domain, **fields))  # type: ignore[arg-type]


def english(proof: Proof) -> list[str]:
    return [says for says, _ in describe_proof(proof)]


def test_nothing_is_told_where_nothing_was_asked() -> None:
    assert describe_proof(UNPROVEN) == ()


@given(PROOFS)
def test_every_proof_is_told_in_few_whole_sentences_of_both_languages(proof: Proof) -> None:
    sentences = describe_proof(proof)
    assert len(sentences) <= 3 + MAX_FAILURES_TOLD + 1 + 2 + 1 + 2 + 1
    for says, says_zh in sentences:
        assert says.endswith(".")
        assert says_zh.endswith("。")
        assert says[0] not in string.ascii_lowercase or says.startswith(("mail.", "example.", "a.test", "com "))


def test_a_signer_who_is_not_the_one_shown_is_told() -> None:
    proof = shown(signed("example.com"), FAIL, policy="reject")
    assert describe_proof(proof) == (
        (
            "Signed by example.com; the visible sender is example.org: not the same organisation.",
            "由 example.com 签名；显示的发件人是 example.org：并非同一组织。",
        ),
        (
            "The visible sender's domain example.org is not proven (DMARC); it asks to refuse such mail.",
            "显示的发件人域名 example.org 未得到证实（DMARC）；该域名要求拒收此类邮件。",
        ),
    )


@pytest.mark.parametrize(
    ("signer", "result", "told"),
    [
        ("example.org", NONE, "."),
        ("mail.example.org", NONE, "; the visible sender is example.org: the same organisation."),
        ("mail.example.org", FAIL, "; that is not enough for the visible sender example.org."),
        ("org", NONE, "; the visible sender is example.org: not the same organisation."),
    ],
)
def test_a_signer_is_held_against_the_one_shown(signer: str, result: AuthResult, told: str) -> None:
    assert english(shown(signed(signer), result))[0] == f"Signed by {signer}{told}"


def test_what_dmarc_calls_one_organisation_is_not_called_two() -> None:
    """The tree walk may know better than the list of public suffixes."""
    proof = shown(signed("example.com"), PASS, dkim_is_aligned=True)
    assert english(proof) == ["Signed by example.com.", "The visible sender's domain example.org is proven (DMARC)."]


def test_signatures_of_one_domain_are_one_and_many_domains_are_counted() -> None:
    assert english(signed("a.test", "a.test", "b.test")) == ["Signed by a.test, b.test."]
    many = signed(*(f"d{number}.test" for number in range(MAX_NAMES_TOLD + 2)))
    ((says, says_zh),) = describe_proof(many)
    assert says == "Signed by d0.test, d1.test, d2.test, d3.test and 2 more."
    assert says_zh == "由 d0.test、d1.test、d2.test、d3.test 等 6 方签名。"


def test_a_signature_that_leaves_the_end_open_is_not_told_as_a_signature_of_the_mail() -> None:
    proof = shown(signed("example.org", covers_whole_body=False), FAIL)
    assert english(proof)[0] == "Signed by example.org in part only: what stands at the end may be anybody's."


@pytest.mark.parametrize(
    ("result", "domain", "reason", "told"),
    [
        (FAIL, "a.test", "the body was changed", "The signature of a.test does not hold (the body was changed)."),
        (PERMERROR, "a.test", "there is no key in the DNS",
         "The key for the signature of a.test cannot be used (there is no key in the DNS)."),
        (AuthResult.NEUTRAL, "", "no tag b", "A signature cannot be read (no tag b)."),
        (TEMPERROR, "a.test", "whatever", "The signature of a.test could not be checked: the DNS did not answer."),
    ],
)  # fmt: skip
def test_a_signature_that_does_not_hold_is_told_with_its_reason(
    result: AuthResult, domain: str, reason: str, told: str
) -> None:
    proof = signed(domain, result=result, reason=reason)
    assert english(proof) == [told]
    ((_, chinese),) = describe_proof(proof)
    assert (f"（{reason}）" in chinese) is (result is not TEMPERROR)


def test_a_broken_signature_beside_a_good_one_of_the_same_domain_is_no_news() -> None:
    proof = signed("a.test")
    broken = signed("a.test", result=FAIL, reason="the key is too short").dkim_details
    assert english(replace(proof, dkim_details=proof.dkim_details + broken)) == ["Signed by a.test."]


def test_many_broken_signatures_are_counted() -> None:
    told = english(signed(*(f"d{number}.test" for number in range(8)), result=FAIL, reason="r"))
    assert told[3:] == ["Not valid either: 5 more of its signatures."]


def test_a_mail_without_signature_is_told() -> None:
    assert describe_proof(Proof(dkim=NONE)) == (("It is not signed.", "该邮件没有签名。"),)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (PASS, "example.com lets this host send in its name."),
        (FAIL, "example.com does not allow this host to send in its name."),
        (AuthResult.SOFTFAIL, "example.com probably does not allow this host to send in its name."),
        (AuthResult.NEUTRAL, "example.com does not say whether this host may send in its name."),
        (NONE, "example.com does not say which hosts send in its name."),
        (TEMPERROR, "example.com could not be asked about this host: the DNS did not answer."),
        (PERMERROR, "The SPF record of example.com is wrong (more than 10 look-ups)."),
    ],
)
def test_what_the_envelope_sender_s_domain_says_of_the_host(result: AuthResult, told: str) -> None:
    assert english(sent(result, reason="more than 10 look-ups.")) == [told]


def test_an_envelope_sender_who_is_not_the_one_shown_is_told() -> None:
    assert english(shown(sent(PASS, "bulk.test"), FAIL))[0] == (
        "bulk.test lets this host send in its name; the visible sender is example.org: not the same organisation."
    )


def test_the_name_that_the_host_gives_is_told_only_where_it_adds_something() -> None:
    helo = sent(PASS, "mx.test", identity="helo").spf_details
    sender = sent(FAIL)
    assert english(replace(sender, spf_details=helo + sender.spf_details))[1:] == [
        "The host calls itself mx.test, and mx.test allows it."
    ]
    assert len(english(replace(sender, spf_details=helo + sent(PASS, "mx.test").spf_details))) == 1
    assert english(sent(NONE, "mx.test", identity="helo")) == []
    assert english(sent(NONE, "")) == ["The envelope names no domain that could vouch for this host."]


@pytest.mark.parametrize(
    ("result", "domain", "told"),
    [
        (PASS, "a.test", "The visible sender's domain a.test is proven (DMARC)."),
        (NONE, "a.test", "a.test does not say how its name may be used (DMARC)."),
        (TEMPERROR, "a.test", "Whether a.test sent this cannot be told: the DNS did not answer."),
        (PERMERROR, "a.test", "The DMARC record of a.test is wrong (why)."),
        (PERMERROR, "", "There is no one visible sender (why)."),
        (AuthResult.UNKNOWN, "a.test", None),
    ],
)
def test_what_dmarc_concludes(result: AuthResult, domain: str, told: str | None) -> None:
    assert english(shown(UNPROVEN, result, domain, reason="why.")) == ([told] if told else [])


@pytest.mark.parametrize(("policy", "told"), [("none", "nothing"), ("quarantine", "apart"), ("reject", "refuse")])
def test_what_the_domain_asks_for_is_told(policy: str, told: str) -> None:
    assert told in english(shown(UNPROVEN, FAIL, policy=policy))[0]


def test_forwarders_and_the_one_who_is_believed_are_told() -> None:
    arc = ArcProof(PASS, ("list.test", "relay.test"), "", vouched_by="list.test")
    assert english(Proof(arc=PASS, arc_details=arc)) == [
        "Forwarded by list.test, relay.test; the ARC chain holds.",
        "list.test, which the settings trust, saw the visible sender proven before the mail was changed.",
    ]


@pytest.mark.parametrize(
    ("arc", "told"),
    [
        (ArcProof(NONE), []),
        (ArcProof(FAIL, reason="It broke."), ["The ARC chain of the forwarders does not hold (It broke)."]),
        (ArcProof(TEMPERROR), ["The ARC chain of the forwarders could not be checked: the DNS did not answer."]),
    ],
)
def test_a_chain_that_does_not_hold_is_told(arc: ArcProof, told: list[str]) -> None:
    assert english(Proof(arc=arc.result, arc_details=arc)) == told


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (AuthorDomain.ABSENT, "does not exist"),
        (AuthorDomain.NULL_MX, "takes no mail"),
        (AuthorDomain.NO_HOST, "has no mail server"),
        (AuthorDomain.TAKES_MAIL, None),
        (AuthorDomain.UNKNOWN, None),
    ],
)
def test_a_sender_who_cannot_be_answered_is_told(standing: AuthorDomain, told: str | None) -> None:
    sentences = english(shown(Proof(author_domain=standing), PASS))[1:]
    assert len(sentences) == (told is not None)
    assert told is None or told in sentences[0]
