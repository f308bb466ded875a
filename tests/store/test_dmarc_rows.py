"""A row tells the owner of a domain what became of mail in its name, and nothing about anybody else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import Address
from gatepost.model.proof import ArcProof, AuthorDomain, AuthResult, DkimProof, DmarcProof, Proof, SpfProof
from gatepost.model.verdict import Action, Decision, Screening, Verdict
from gatepost.origin.dmarc_record import Policy
from gatepost.store.dmarc_rows import (
    AuthOutcomes,
    DkimOutcome,
    Override,
    SpfOutcome,
    build_dmarc_rows,
    find_disposition,
    find_overrides,
    read_dmarc_row,
)
from gatepost.store.entries import MailEntry
from store_builders import RECEIVED_AT, build_arrival, build_proof, build_verdict

PASS, FAIL = AuthResult.PASS, AuthResult.FAIL
PROOFS = st.builds(
    Proof,
    spf_details=st.lists(st.builds(SpfProof), max_size=2).map(tuple),
    dkim_details=st.lists(st.builds(DkimProof), max_size=2).map(tuple),
    dmarc_details=st.none()
    | st.builds(
        DmarcProof,
        record=st.text() | st.sampled_from(["v=DMARC1; p=reject; sp=quarantine; pct=5", "v=DMARC1;p=none;t=y"]),
        policy=st.text() | st.sampled_from(Policy),
    ),
    arc_details=st.none() | st.builds(ArcProof),
)


def build_entry(proof: Proof, *actions: Action) -> MailEntry:
    arrival = build_arrival("1" * 32, *(f"user{number}@b{number % 2}.test" for number in range(len(actions))))
    verdict = build_verdict(arrival, *actions)
    screening = replace(verdict.screening, proof=proof, subject="secret subject")
    return MailEntry("1" * 32, RECEIVED_AT, 9, arrival.envelope, replace(verdict, screening=screening))


def judged(action: Action, rule: str = "severities.danger") -> Verdict:
    return Verdict(Screening(), (Decision(None, action, rule, "because", "因为"),))


def end(proof: Proof, action: Action, rule: str = "severities.danger") -> tuple[Policy, list[str]]:
    disposition = find_disposition(proof, judged(action, rule))
    return disposition, [override.type for override in find_overrides(proof, disposition)]


@given(PROOFS, st.lists(st.sampled_from(Action), max_size=3))
def test_no_proof_keeps_a_mail_from_being_entered(proof: Proof, actions: list[Action]) -> None:
    entry = build_entry(proof, *(actions or [Action.DELIVER]))
    if not actions:
        entry = replace(entry, verdict=replace(entry.verdict, decisions=()))
    for row in build_dmarc_rows(entry):
        assert read_dmarc_row(row, 1).source_ip == "192.0.2.1"


def test_a_row_tells_what_a_report_needs() -> None:
    (row,) = build_dmarc_rows(build_entry(build_proof(), Action.REJECT))
    read = read_dmarc_row(row, 3)
    assert (row["mail_id"], read.count) == ("1" * 32, 3)
    assert (read.policy_domain, read.header_from, read.envelope_from) == (
        "example.com",
        "mail.example.com",
        "example.com",
    )
    assert (read.record, read.envelope_to) == ("v=DMARC1; p=reject", ("b0.test",))
    assert (read.disposition, read.overrides) == (Policy.REJECT, ())
    assert (read.dkim_is_aligned, read.spf_is_aligned) == (False, False)
    assert read.auth == AuthOutcomes(
        (DkimOutcome("a.test", "s", FAIL, "the body was changed"),),
        (SpfOutcome("mx.test", "helo", AuthResult.NONE), SpfOutcome("example.com", "mfrom", AuthResult.SOFTFAIL)),
    )  # fmt: skip


def test_nobody_is_named_in_a_row() -> None:
    entry = build_entry(build_proof(), Action.DELIVER, Action.DELIVER, Action.DELIVER)
    (row,) = build_dmarc_rows(replace(entry, envelope=replace(entry.envelope, mail_from=Address.parse("ann@a.test"))))
    assert row["envelope_to"] == '["b0.test","b1.test"]'
    for secret in ("user0", "ann", "secret"):
        assert secret not in str(row)


def test_the_null_sender_has_no_domain() -> None:
    entry = build_entry(build_proof(), Action.DELIVER)
    (row,) = build_dmarc_rows(replace(entry, envelope=replace(entry.envelope, mail_from=None)))
    assert row["envelope_from"] == ""


def test_a_domain_without_record_is_told_nothing() -> None:
    assert build_dmarc_rows(build_entry(Proof(), Action.DELIVER)) == []
    assert build_dmarc_rows(build_entry(build_proof(record=""), Action.DELIVER)) == []


def test_a_mail_that_is_put_off_is_counted_when_it_comes_again() -> None:
    assert build_dmarc_rows(build_entry(build_proof(), Action.DEFER)) == []


def test_the_mildest_action_counts_for_the_whole_mail() -> None:
    (row,) = build_dmarc_rows(build_entry(build_proof(), Action.REJECT, Action.QUARANTINE))
    assert row["disposition"] == "quarantine"


@pytest.mark.parametrize(
    ("policy", "action", "disposition", "why"),
    [
        ("reject", Action.REJECT, Policy.REJECT, []),
        ("reject", Action.QUARANTINE, Policy.QUARANTINE, ["local_policy"]),
        ("reject", Action.DELIVER, Policy.NONE, ["local_policy"]),
        ("reject", Action.FLAG, Policy.NONE, ["local_policy"]),
        ("quarantine", Action.QUARANTINE, Policy.QUARANTINE, []),
        ("quarantine", Action.REJECT, Policy.QUARANTINE, []),
        ("none", Action.REJECT, Policy.NONE, []),
        ("none", Action.DELIVER, Policy.NONE, []),
        ("", Action.REJECT, Policy.NONE, []),
    ],
)
def test_what_was_done_is_told_as_far_as_the_domain_asked_for_it(
    policy: str, action: Action, disposition: Policy, why: list[str]
) -> None:
    """What other checks found is not told: a sender of harmful mail would learn from it."""
    proof = build_proof(policy=policy, record=f"v=DMARC1; p={policy or 'none'}")
    assert end(proof, action) == (disposition, why)


@pytest.mark.parametrize(
    ("asked", "action", "rule", "disposition", "why"),
    [
        ("none", Action.REJECT, "dmarc.domains.example.com", Policy.REJECT, ["local_policy"]),
        ("quarantine", Action.REJECT, "dmarc.quarantine", Policy.REJECT, ["local_policy"]),
        ("reject", Action.QUARANTINE, "dmarc.reject", Policy.QUARANTINE, ["local_policy"]),
        ("reject", Action.DELIVER, "dmarc.reject", Policy.NONE, ["local_policy"]),  # shadow mode
        ("reject", Action.REJECT, "dmarc.reject", Policy.REJECT, []),
    ],
)
def test_what_our_own_rules_for_unproven_senders_did_is_told_as_it_was(
    asked: str, action: Action, rule: str, disposition: Policy, why: list[str]
) -> None:
    proof = build_proof(policy=asked, record=f"v=DMARC1; p={asked}")
    assert end(proof, action, rule) == (disposition, why)


@pytest.mark.parametrize(("result", "why"), [(PASS, []), (AuthResult.TEMPERROR, ["other"]), (AuthResult.PERMERROR, [])])
@pytest.mark.parametrize("action", [Action.DELIVER, Action.REJECT])
def test_only_a_mail_that_fails_meets_a_policy(action: Action, result: AuthResult, why: list[str]) -> None:
    proof = build_proof(result=result)
    assert end(proof, action) == (Policy.NONE, why)


@pytest.mark.parametrize("action", [Action.DELIVER, Action.QUARANTINE])
def test_a_trusted_forwarder_is_the_reason_whatever_else_was_found(action: Action) -> None:
    proof = replace(build_proof(), arc_details=ArcProof(PASS, ("a.test", "b.test"), vouched_by="a.test"))
    assert find_disposition(proof, judged(action)) is Policy.NONE
    assert list(find_overrides(proof, Policy.NONE)) == [
        Override("trusted_forwarder", "arc=pass as[2].d=b.test as[1].d=a.test")
    ]


@pytest.mark.parametrize(
    ("record", "policy", "standing", "why"),
    [
        ("v=DMARC1; p=reject; pct=10", "quarantine", AuthorDomain.TAKES_MAIL, ["sampled_out"]),
        ("v=DMARC1; p=reject; pct=10", "reject", AuthorDomain.TAKES_MAIL, []),
        ("v=DMARC1; p=reject; t=y", "quarantine", AuthorDomain.TAKES_MAIL, ["policy_test_mode"]),
        ("v=DMARC1; p=reject; sp=quarantine", "quarantine", AuthorDomain.TAKES_MAIL, []),
        ("v=DMARC1; p=none; np=reject; t=y", "quarantine", AuthorDomain.ABSENT, ["policy_test_mode"]),
        ("v=DMARC1; p=none; np=reject; t=y", "none", AuthorDomain.TAKES_MAIL, []),
        ("not a record", "quarantine", AuthorDomain.TAKES_MAIL, []),
    ],
)
def test_a_record_that_asks_for_less_by_itself_is_the_reason(
    record: str, policy: str, standing: AuthorDomain, why: list[str]
) -> None:
    proof = replace(build_proof(record=record, policy=policy), author_domain=standing)
    assert [override.type for override in find_overrides(proof, Policy(policy))] == why


def test_an_organisation_s_own_name_follows_p_not_sp() -> None:
    proof = build_proof(record="v=DMARC1; p=reject; sp=none; pct=0", policy="quarantine", domain="example.com")
    assert end(proof, Action.QUARANTINE) == (Policy.QUARANTINE, ["sampled_out"])


def test_a_signature_that_leaves_the_end_open_is_told_as_such() -> None:
    open_ended = DkimProof(PASS, "example.com", "s", covers_whole_body=False)
    unread = DkimProof(AuthResult.NEUTRAL, "", "", reason="no tag b")
    (row,) = build_dmarc_rows(build_entry(replace(build_proof(), dkim_details=(open_ended, unread)), Action.DELIVER))
    assert read_dmarc_row(row, 1).auth.dkim == (
        DkimOutcome("example.com", "s", PASS, "the end of the body is not signed"),
    )
