"""From findings and score to one decision for each recipient, and why."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.decide.policy import BUSY, SWITCHED_OFF, build_policy, decide
from gatepost.decide.settings import DecideSettings
from gatepost.model.address import Address
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.proof import AuthResult, DmarcProof, Proof
from gatepost.model.verdict import Action, Decision, PartSummary, Screening, Verdict

ANN, BO = Address.parse("ann@b.example"), Address.parse("bo@b.example")


def finding(code: str = "link_mismatch.host", severity: Severity = Severity.SUSPECT) -> Finding:
    return Finding(code, severity, f"Saw {code}.", f"看到 {code}。")


def judge(screening: Screening, *recipients: Address, **settings: Any) -> Verdict:
    policy = build_policy(msgspec.convert(settings, DecideSettings))
    return decide(screening, Envelope(Address.parse("x@a.example"), recipients, "", "", protocol="SMTP"), policy)


def decide_one(screening: Screening, **settings: Any) -> Decision:
    (decision,) = judge(screening, **settings).decisions
    return decision


def test_a_mail_in_which_nothing_was_seen_is_delivered() -> None:
    decision = decide_one(Screening(score=0.1))
    assert (decision.action, decision.rule) == (Action.DELIVER, "flag_at")
    assert decision.says == "Delivered: nothing speaks against this mail."
    assert decision.says_zh == "已投递：未发现任何可疑之处。"


@pytest.mark.parametrize(
    ("score", "action", "rule"),
    [
        (0.79, Action.DELIVER, "flag_at"),
        (0.8, Action.FLAG, "flag_at"),
        (0.95, Action.QUARANTINE, "quarantine_at"),
        (0.999, Action.QUARANTINE, "quarantine_at"),
    ],
)
def test_the_score_decides_by_steps(score: float, action: Action, rule: str) -> None:
    decision = decide_one(Screening(score=score))
    assert (decision.action, decision.rule) == (action, rule)


def test_the_score_refuses_where_the_operator_says_so() -> None:
    assert decide_one(Screening(score=0.999), reject_at=0.99).action is Action.REJECT


def test_a_decision_by_score_names_the_strongest_sign() -> None:
    screening = Screening((finding("a.odd", Severity.ODD),), score=0.9, says="Saw most of it.", says_zh="主要迹象。")
    decision = decide_one(screening)
    assert decision.says.endswith("probability of 90 %; the strongest sign: Saw most of it.")
    assert decision.says_zh.endswith("最明显的迹象：主要迹象。")


def test_a_decision_by_score_names_no_sign_where_none_spoke_for_it() -> None:
    decision = decide_one(Screening((finding("a.odd", Severity.ODD),), score=0.9))
    assert decision.says.endswith("unwanted with a probability of 90 %.")
    assert decision.says_zh.endswith("90% 的可能为垃圾或有害邮件。")


@pytest.mark.parametrize(
    ("severity", "action"),
    [
        (Severity.NOTE, Action.DELIVER),
        (Severity.ODD, Action.DELIVER),
        (Severity.SUSPECT, Action.DELIVER),
        (Severity.DANGER, Action.QUARANTINE),
        (Severity.MALWARE, Action.REJECT),
    ],
)
def test_a_severity_decides_where_nobody_named_the_finding(severity: Severity, action: Action) -> None:
    assert decide_one(Screening((finding(severity=severity),))).action is action


def test_a_finding_is_named_by_its_code_before_its_check_before_its_severity() -> None:
    screening = Screening((finding("a.b", Severity.MALWARE),))
    by_check = decide_one(screening, findings={"a.*": "quarantine"})
    by_code = decide_one(screening, findings={"a.*": "quarantine", "a.b": "flag"})
    assert (by_check.action, by_check.rule) == (Action.QUARANTINE, "findings.a.*")
    assert (by_code.action, by_code.rule) == (Action.FLAG, "findings.a.b")


def test_the_strictest_finding_decides_and_gives_the_reason() -> None:
    screening = Screening((finding("a.a", Severity.DANGER), finding("b.b", Severity.MALWARE)))
    decision = decide_one(screening)
    assert decision.says == "Refused: Saw b.b."
    assert decision.rule == "severities.malware"


def test_each_recipient_gets_a_decision() -> None:
    exceptions = [{"name": "ann wants all", "action": "deliver", "recipient": "ann@b.example"}]
    verdict = judge(Screening((finding(severity=Severity.DANGER),)), ANN, BO, exceptions=exceptions)
    assert [(one.recipient, one.action) for one in verdict.decisions] == [
        (ANN, Action.DELIVER),
        (BO, Action.QUARANTINE),
    ]
    assert verdict.decisions[0].rule == "exceptions.ann wants all"
    assert verdict.action is Action.DELIVER


def test_the_first_exception_that_matches_decides() -> None:
    exceptions = [
        {"name": "one", "action": "flag", "recipient": "ann@b.example"},
        {"name": "two", "action": "reject", "recipient": "b.example"},
    ]
    verdict = judge(Screening(), ANN, BO, exceptions=exceptions)
    assert [one.action for one in verdict.decisions] == [Action.FLAG, Action.REJECT]


def test_an_exception_does_not_lift_malware_unless_it_says_so() -> None:
    screening = Screening((finding(severity=Severity.MALWARE),))
    one = {"name": "lab", "action": "deliver"}
    assert decide_one(screening, exceptions=[one]).action is Action.REJECT
    assert decide_one(screening, exceptions=[one | {"allow_malware": True}]).action is Action.DELIVER


def test_an_exception_never_lifts_that_nobody_has_looked() -> None:
    screening = Screening((finding("judge.broke"),), was_judged=False)
    exceptions = [{"name": "all", "action": "deliver", "allow_malware": True}]
    decision = decide_one(screening, exceptions=exceptions)
    assert (decision.action, decision.rule) == (Action.QUARANTINE, "not_judged")


def test_a_stricter_exception_never_makes_milder() -> None:
    screening = Screening((finding(severity=Severity.MALWARE),))
    assert decide_one(screening, exceptions=[{"name": "q", "action": "quarantine"}]).action is Action.REJECT


def test_a_sender_is_believed_when_it_is_proven() -> None:
    exceptions = [{"name": "partner", "action": "deliver", "sender": "a.example"}]
    dangerous = (finding(severity=Severity.DANGER),)
    unproven = decide_one(Screening(dangerous), exceptions=exceptions)
    proven = decide_one(Screening(dangerous, proof=Proof(dmarc=AuthResult.PASS)), exceptions=exceptions)
    assert (unproven.action, proven.action) == (Action.QUARANTINE, Action.DELIVER)


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (SWITCHED_OFF, Action.DELIVER),
        (BUSY, Action.DEFER),
        ("judge.broke", Action.QUARANTINE),
        ("judge.overran", Action.QUARANTINE),
        ("screen.check_failed", Action.QUARANTINE),
    ],
)
def test_what_was_not_judged_is_held_back_unless_nobody_wanted_it_judged(code: str, action: Action) -> None:
    decision = decide_one(Screening((finding(code, Severity.ODD),), was_judged=False))
    assert (decision.action, decision.rule) == (action, "not_judged")
    assert f"Saw {code}." in decision.says


def test_what_was_not_judged_for_no_known_cause_is_held_back() -> None:
    assert decide_one(Screening(was_judged=False)).action is Action.QUARANTINE


def test_malware_in_a_mail_judged_in_part_is_still_refused() -> None:
    screening = Screening((finding("screen.check_failed"), finding(severity=Severity.MALWARE)), was_judged=False)
    assert decide_one(screening).action is Action.REJECT


def test_shadow_mode_delivers_and_tells_what_would_have_been() -> None:
    decision = decide_one(Screening((finding(severity=Severity.DANGER),)), shadow=True)
    assert (decision.action, decision.would_be) == (Action.DELIVER, Action.QUARANTINE)
    assert decision.says.endswith("otherwise: Kept in quarantine: Saw link_mismatch.host.")
    assert "观察模式" in decision.says_zh


@given(
    score=st.floats(0, 0.999),
    codes=st.lists(st.tuples(st.sampled_from(["a.b", "judge.busy", "c"]), st.sampled_from(Severity)), max_size=5),
    was_judged=st.booleans(),
    shadow=st.booleans(),
)
def test_every_decision_is_explained_in_both_languages(
    score: float, codes: list[tuple[str, Severity]], *, was_judged: bool, shadow: bool
) -> None:
    screening = Screening(tuple(finding(*one) for one in codes), score=score, was_judged=was_judged)
    verdict = judge(screening, ANN, BO, shadow=shadow)
    assert [decision.recipient for decision in verdict.decisions] == [ANN, BO]
    for decision in verdict.decisions:
        assert decision.rule
        assert decision.says.endswith(".")
        assert decision.says_zh.endswith("。")
        assert (decision.would_be is not None) is shadow


SPOOFED = Proof(
    dmarc=AuthResult.FAIL, dmarc_details=DmarcProof(AuthResult.FAIL, "bank.example", "reject", "bank.example")
)


def test_a_mail_that_the_senders_domain_disowns_is_refused_as_it_asks() -> None:
    decision = decide_one(Screening(proof=SPOOFED))
    assert (decision.action, decision.rule) == (Action.REJECT, "dmarc.reject")
    assert decision.says == "Refused: bank.example did not send this mail and asks to refuse such mail."


def test_the_operator_may_let_such_mail_of_one_domain_pass() -> None:
    decision = decide_one(Screening(proof=SPOOFED), dmarc={"domains": {"bank.example": "deliver"}})
    assert decision.action is Action.DELIVER


def test_an_exception_for_a_network_lifts_what_the_domain_asks() -> None:
    exception = {"name": "scanner", "action": "deliver", "networks": ["192.0.2.0/24"]}
    policy = build_policy(msgspec.convert({"exceptions": [exception]}, DecideSettings))
    envelope = Envelope(None, (), "192.0.2.1", "", protocol="SMTP")
    assert decide(Screening(proof=SPOOFED), envelope, policy).action is Action.DELIVER


def find_in(*files: str, severity: Severity = Severity.DANGER) -> Finding:
    evidence = tuple(Evidence("here", None, file) for file in files)
    return Finding("office_macro.runs", severity, "It runs.", "它会运行。", evidence)


def screen_files(*findings: Finding, score: float = 0.0) -> Screening:
    parts = tuple(PartSummary(path, "application/zip", "x", 1) for path in ("1", "1.1", "1.2", "1.3", "~1.1"))
    return Screening(findings, score=score, parts=parts)


CLEANS = {"findings": {"office_macro.*": "clean"}}


def test_a_mail_is_cleaned_of_the_parts_that_the_findings_name() -> None:
    seen = screen_files(find_in("1.2:1.3", "1.2"), find_in("1.3"))
    decision = decide_one(seen, **CLEANS)
    assert (decision.action, decision.rule, decision.removes) == (
        Action.CLEAN,
        "findings.office_macro.*",
        ("1.2", "1.3"),
    )
    assert decision.says == "Delivered without what was dangerous in it: It runs."
    assert decision.says_zh == "已移除危险内容后投递：它会运行。"
    assert decide_one(seen, severities={"danger": "clean"}).removes == ("1.2", "1.3")


@pytest.mark.parametrize("files", [(), ("",), ("1.4",), ("1.2", "7:1"), ("~1.1",)])
def test_where_no_part_of_the_mail_is_named_the_mail_is_kept(files: tuple[str, ...]) -> None:
    decision = decide_one(screen_files(find_in(*files)), **CLEANS)
    assert (decision.action, decision.removes) == (Action.QUARANTINE, ())
    assert decision.says == "Kept in quarantine: It runs. There is no file that could be taken out for it."
    assert decision.says_zh == "已隔离：它会运行。没有可为此移除的文件。"


def test_what_is_stricter_than_cleaning_holds() -> None:
    danger = Finding("x.y", Severity.DANGER, "D.", "险。")
    assert decide_one(screen_files(find_in("1.2"), danger, score=0.97), **CLEANS).action is Action.QUARANTINE
    assert decide_one(screen_files(find_in("1.2"), score=0.99), reject_at=0.98, **CLEANS).action is Action.REJECT
    virus = Finding("x.y", Severity.MALWARE, "V.", "毒。")
    decision = decide_one(screen_files(find_in("1.2"), virus), **CLEANS)
    assert (decision.action, decision.removes) == (Action.REJECT, ())


def test_the_score_of_a_mail_with_its_bad_files_does_not_hold_what_is_left_without_them() -> None:
    for score in (0.0, 0.9, 0.97):
        assert decide_one(screen_files(find_in("1.2"), score=score), **CLEANS).action is Action.CLEAN
    assert decide_one(screen_files(find_in("7"), score=0.97), **CLEANS).action is Action.QUARANTINE


def test_an_exception_lets_one_recipient_have_the_mail_as_it_came() -> None:
    exempt = {"name": "ann", "recipient": "ann@b.example", "action": "deliver"}
    verdict = judge(screen_files(find_in("1.2")), ANN, BO, exceptions=[exempt], **CLEANS)
    assert [one.action for one in verdict.decisions] == [Action.DELIVER, Action.CLEAN]
    malware = screen_files(find_in("1.2", severity=Severity.MALWARE))
    assert judge(malware, ANN, exceptions=[exempt], **CLEANS).action is Action.CLEAN


def test_in_shadow_mode_nothing_is_taken_out() -> None:
    decision = decide_one(screen_files(find_in("1.2")), shadow=True, **CLEANS)
    assert (decision.action, decision.would_be, decision.removes) == (Action.DELIVER, Action.CLEAN, ())
