"""A mail that its visible sender's domain did not send: what the domain asks, what the operator says, and the words."""

import pytest

from gatepost.decide.dmarc import DmarcRules, explain_failure, find_failure
from gatepost.decide.settings import DmarcActions
from gatepost.model.errors import BadSettings
from gatepost.model.proof import ArcProof, AuthResult, DmarcProof, Proof
from gatepost.model.verdict import Action


def failing(policy: str = "reject", domain: str = "bank.example") -> DmarcProof:
    return DmarcProof(AuthResult.FAIL, domain, policy)


def prove(details: DmarcProof | None, arc: ArcProof | None = None) -> Proof:
    return Proof(
        dmarc=details.result if details else AuthResult.UNKNOWN,
        arc=arc.result if arc else AuthResult.UNKNOWN,
        dmarc_details=details,
        arc_details=arc,
    )


@pytest.mark.parametrize(
    ("policy", "action"),
    [("reject", Action.REJECT), ("quarantine", Action.QUARANTINE), ("none", Action.DELIVER)],
)
def test_what_the_domain_asks_is_honoured_by_default(policy: str, action: Action) -> None:
    assert DmarcRules(DmarcActions()).find_action(failing(policy)) == (action, f"dmarc.{policy}")


@pytest.mark.parametrize(
    ("domain", "action", "rule"),
    [
        ("a.example", Action.FLAG, "dmarc.domains.a.example"),
        ("shop.a.example", Action.QUARANTINE, "dmarc.domains..a.example"),
        ("x.mail.a.example", Action.DELIVER, "dmarc.domains..mail.a.example"),
        ("ba.example", Action.REJECT, "dmarc.reject"),
        ("xn--bcher-kva.example", Action.DELIVER, "dmarc.domains.xn--bcher-kva.example"),
    ],
)
def test_the_closest_rule_of_the_operator_wins(domain: str, action: Action, rule: str) -> None:
    rules = DmarcRules(
        DmarcActions(
            domains={
                "A.example": Action.FLAG,
                ".a.example": Action.QUARANTINE,
                ".mail.a.example": Action.DELIVER,
                "bücher.example": Action.DELIVER,
            }
        )
    )
    assert rules.find_action(failing(domain=domain)) == (action, rule)


def test_a_rule_with_a_dot_covers_the_domain_itself() -> None:
    assert DmarcRules(DmarcActions(domains={".a.example": Action.FLAG})).find_action(failing(domain="a.example")) == (
        Action.FLAG,
        "dmarc.domains..a.example",
    )


def test_a_rule_for_no_domain_is_a_mistake_with_its_place() -> None:
    with pytest.raises(BadSettings, match=r"decide\.dmarc\.domains: 'a b' is no domain"):
        DmarcRules(DmarcActions(domains={"a b": Action.FLAG}))


def test_a_failure_counts() -> None:
    assert find_failure(prove(failing())) == failing()


@pytest.mark.parametrize(
    "proof",
    [
        prove(None),
        prove(DmarcProof(AuthResult.PASS, "bank.example", "reject")),
        prove(DmarcProof(AuthResult.PERMERROR, "")),
        prove(failing(), ArcProof(AuthResult.PASS, ("list.example",), vouched_by="list.example")),
    ],
)
def test_what_is_no_failure_or_is_vouched_for_does_not(proof: Proof) -> None:
    assert find_failure(proof) is None


def test_a_chain_that_nobody_trusts_vouches_for_nothing() -> None:
    assert find_failure(prove(failing(), ArcProof(AuthResult.PASS, ("evil.example",)))) is not None


def test_the_reason_names_the_domain_and_what_it_asks() -> None:
    says, says_zh = explain_failure(failing())
    assert says == "bank.example did not send this mail and asks to refuse such mail"
    assert says_zh == "该邮件并非由 bank.example 发出，且该域名要求拒收此类邮件"


@pytest.mark.parametrize(
    ("settings", "policy", "action"),
    [
        (DmarcActions(), "reject", Action.DEFER),
        (DmarcActions(), "quarantine", Action.DEFER),
        (DmarcActions(), "none", Action.DELIVER),
        (DmarcActions(reject=Action.FLAG), "reject", Action.DELIVER),
        (DmarcActions(domains={"bank.example": Action.DELIVER}), "reject", Action.DELIVER),
        (DmarcActions(domains={"bank.example": Action.REJECT}), "", Action.DEFER),
        (DmarcActions(unsure=Action.QUARANTINE), "reject", Action.QUARANTINE),
    ],
)
def test_a_mail_that_may_be_forged_comes_in_for_no_silent_dns_where_a_forged_one_would_not(
    settings: DmarcActions, policy: str, action: Action
) -> None:
    unsure = DmarcProof(AuthResult.TEMPERROR, "bank.example", policy)
    rule = "dmarc.temperror" if action is Action.DELIVER else "dmarc.unsure"
    assert DmarcRules(settings).find_action(unsure) == (action, rule)


def test_what_cannot_be_told_now_is_let_in_unless_the_operator_wants_it_to_come_again() -> None:
    unknown = DmarcProof(AuthResult.TEMPERROR, "bank.example")
    assert find_failure(prove(unknown)) == unknown
    assert DmarcRules(DmarcActions()).find_action(unknown) == (Action.DELIVER, "dmarc.temperror")
    assert DmarcRules(DmarcActions(temperror=Action.DEFER)).find_action(unknown)[0] is Action.DEFER
    assert explain_failure(unknown) == (
        "whether bank.example sent this mail cannot be told now",
        "目前无法确认该邮件是否由 bank.example 发出",
    )
