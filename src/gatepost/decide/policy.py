"""Turn one screening into one decision for each recipient, and say why in a sentence.

A check observes, policy decides. The proof of the sender, each finding and the score make a ruling; the strictest
ruling holds, unless an exception for this sender and recipient lifts or sharpens it. `rule` is the key inside
`[decide]` that decided.
"""

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from gatepost.decide.dmarc import DmarcRules, explain_failure, find_failure
from gatepost.decide.exceptions import Exemption, build_exemptions
from gatepost.decide.settings import DecideSettings
from gatepost.model.address import Address
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding, Severity
from gatepost.model.verdict import Action, Decision, Screening, Verdict

SWITCHED_OFF = "judge.switched_off"
BUSY = "judge.busy"
NOT_SCANNED = "antivirus.unanswered"
_FAILURE_ACTIONS = {SWITCHED_OFF: Action.DELIVER, BUSY: Action.DEFER}
_NO_CAUSE = Finding("judge.unknown", Severity.NOTE, "the mail was not judged", "该邮件未经检查")

_STRICTNESS = {action: rank for rank, action in enumerate(Action)}
_DONE = {
    Action.DELIVER: ("Delivered", "已投递"),
    Action.FLAG: ("Delivered with a warning", "已投递并附警告"),
    Action.CLEAN: ("Delivered without what was dangerous in it", "已移除危险内容后投递"),
    Action.QUARANTINE: ("Kept in quarantine", "已隔离"),
    Action.DEFER: ("Put off for now", "暂缓接收"),
    Action.REJECT: ("Refused", "已拒收"),
}


class Kind(enum.Enum):
    """What an exception that lifts may do with a ruling."""

    ORDINARY = enum.auto()
    MALWARE = enum.auto()  # known, or not looked for: lifted only with `allow_malware`
    BINDING = enum.auto()  # never lifted: nobody has looked, so nobody knows what would be let through


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one finding, the score or an exception asks for."""

    action: Action
    rule: str
    why: str
    why_zh: str
    kind: Kind = Kind.ORDINARY
    removes: tuple[str, ...] = ()  # paths of parts, where the action is CLEAN
    is_by_score: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings, compiled: exact codes, `check.*` patterns and exceptions."""

    settings: DecideSettings
    by_code: Mapping[str, Action]
    by_check: Mapping[str, Action]  # key: the check's name
    exemptions: tuple[Exemption, ...]
    dmarc: DmarcRules


def build_policy(settings: DecideSettings) -> Policy:
    """Compile the settings; raise BadSettings with the place of a mistake."""
    patterns = settings.findings
    return Policy(
        settings=settings,
        by_code=MappingProxyType({code: action for code, action in patterns.items() if not code.endswith(".*")}),
        by_check=MappingProxyType({code[:-2]: action for code, action in patterns.items() if code.endswith(".*")}),
        exemptions=build_exemptions(settings.exceptions),
        dmarc=DmarcRules(settings.dmarc),
    )


def decide(screening: Screening, envelope: Envelope, policy: Policy) -> Verdict:
    """Make one decision for each recipient, or one for nobody when the envelope has no recipients."""
    settings = policy.settings
    rulings = (
        *_rule_on_failure(screening, settings),
        *_rule_on_origin(screening, policy),
        *_rule_on_findings(screening, policy),
        _rule_on_score(screening, settings),
    )
    exemptions = [one for one in policy.exemptions if one.applies_to_mail(envelope, screening.proof)]
    recipients: tuple[Address | None, ...] = envelope.recipients or (None,)
    strictest = _pick_strictest(rulings)
    decisions = []
    for recipient in recipients:
        exemption = next((one for one in exemptions if one.is_recipient(recipient)), None)
        ruling = _pick_strictest(_apply_exemption(exemption, rulings)) if exemption else strictest
        decisions.append(_explain(ruling, recipient, policy.settings))
    return Verdict(screening, tuple(decisions))


def _rule_on_origin(screening: Screening, policy: Policy) -> Iterator[Ruling]:
    if (failure := find_failure(screening.proof)) is not None:
        action, rule = policy.dmarc.find_action(failure)
        if action is not Action.DELIVER:
            yield Ruling(action, rule, *explain_failure(failure))


def _rule_on_findings(screening: Screening, policy: Policy) -> Iterator[Ruling]:
    for finding in screening.findings:
        action, rule = _look_up_action(finding, policy)
        if action is Action.DELIVER:
            continue
        is_about_malware = finding.severity >= Severity.MALWARE or finding.code == NOT_SCANNED
        kind = Kind.MALWARE if is_about_malware else Kind.ORDINARY
        ruling = Ruling(action, rule, finding.says, finding.says_zh, kind)
        yield _rule_on_files(ruling, finding, screening) if action is Action.CLEAN else ruling


def _rule_on_files(ruling: Ruling, finding: Finding, screening: Screening) -> Ruling:
    """Name the parts that have to go; where the finding is about no part of the mail, the mail is kept."""
    parts = {part.path for part in screening.parts if part.path[:1].isdigit()}  # not those of other readings
    named = {evidence.file.partition(":")[0] for evidence in finding.evidence if evidence.file}
    if named and named <= parts:
        return replace(ruling, removes=tuple(sorted(named)))
    why = f"{_end_sentence(ruling.why, '.')} There is no file that could be taken out for it."
    why_zh = f"{_end_sentence(ruling.why_zh, '。')}没有可为此移除的文件。"
    return replace(ruling, action=Action.QUARANTINE, why=why, why_zh=why_zh)


def _look_up_action(finding: Finding, policy: Policy) -> tuple[Action, str]:
    if (action := policy.by_code.get(finding.code)) is not None:
        return action, f"findings.{finding.code}"
    check = finding.code.partition(".")[0]
    if (action := policy.by_check.get(check)) is not None:
        return action, f"findings.{check}.*"
    if finding.code == NOT_SCANNED:
        return policy.settings.not_scanned, "not_scanned"
    severity = finding.severity.name.lower()
    return getattr(policy.settings.severities, severity), f"severities.{severity}"


def _rule_on_score(screening: Screening, settings: DecideSettings) -> Ruling:
    score = screening.score
    steps = (
        (settings.reject_at, Action.REJECT, "reject_at"),
        (settings.quarantine_at, Action.QUARANTINE, "quarantine_at"),
        (settings.flag_at, Action.FLAG, "flag_at"),
    )
    action, rule = next(
        ((action, rule) for threshold, action, rule in steps if score >= threshold), (Action.DELIVER, "flag_at")
    )
    if action is Action.DELIVER:
        return Ruling(action, rule, *_explain_delivery(screening))
    percent = int(score * 100)
    says, says_zh = (
        f"this mail is unwanted with a probability of {percent} %",
        f"该邮件有 {percent}% 的可能为垃圾或有害邮件",
    )
    if screening.says:
        says, says_zh = f"{says}; the strongest sign: {screening.says}", f"{says_zh}；最明显的迹象：{screening.says_zh}"
    return Ruling(action, rule, says, says_zh, is_by_score=True)


def _explain_delivery(screening: Screening) -> tuple[str, str]:
    if not screening.findings:
        return "nothing speaks against this mail", "未发现任何可疑之处"
    return "what was seen in this mail is no reason to keep it", "所见情况不足以扣留该邮件"


def _rule_on_failure(screening: Screening, settings: DecideSettings) -> Iterator[Ruling]:
    if screening.was_judged:
        return
    cause = next((one for one in screening.findings if one.code.startswith(("judge.", "screen."))), _NO_CAUSE)
    action = _FAILURE_ACTIONS.get(cause.code, settings.not_judged)
    yield Ruling(action, "not_judged", cause.says, cause.says_zh, Kind.BINDING)


def _apply_exemption(exemption: Exemption, rulings: Iterable[Ruling]) -> Iterable[Ruling]:
    """Give the rulings that are left for a recipient to whom an exception applies."""
    own = Ruling(
        exemption.settings.action,
        f"exceptions.{exemption.settings.name}",
        f"the exception {exemption.settings.name} is for such mail",
        f"适用例外规则 {exemption.settings.name}",
    )
    if not exemption.lifts:
        return (own, *rulings)
    kept = {Kind.BINDING} if exemption.settings.allow_malware else {Kind.BINDING, Kind.MALWARE}
    return (own, *(ruling for ruling in rulings if ruling.kind in kept))


def _pick_strictest(rulings: Iterable[Ruling]) -> Ruling:
    """Give the ruling that holds; where files are taken out, then for all rulings that ask for it.

    The score that would hold the mail is that of the mail with these files; what is left has another, and is judged
    again (flow/clean.py).
    """
    asked = tuple(rulings)
    if any(ruling.action is Action.CLEAN for ruling in asked):
        asked = tuple(one for one in asked if not (one.is_by_score and one.action is Action.QUARANTINE))
    strictest = max(asked, key=lambda ruling: _STRICTNESS[ruling.action])
    if strictest.action is not Action.CLEAN:
        return strictest
    return replace(strictest, removes=tuple(sorted({path for ruling in asked for path in ruling.removes})))


def _explain(ruling: Ruling, recipient: Address | None, settings: DecideSettings) -> Decision:
    done, done_zh = _DONE[ruling.action]
    says, says_zh = f"{done}: {_end_sentence(ruling.why, '.')}", f"{done_zh}：{_end_sentence(ruling.why_zh, '。')}"
    if not settings.shadow:
        return Decision(recipient, ruling.action, ruling.rule, says, says_zh, removes=ruling.removes)
    return Decision(
        recipient,
        Action.DELIVER,
        ruling.rule,
        f"Delivered, because gatepost only watches (shadow mode); otherwise: {says}",
        f"已投递，因为网关处于观察模式（shadow）；否则为：{says_zh}",
        would_be=ruling.action,
    )


def _end_sentence(text: str, stop: str) -> str:
    return text if text.endswith((".", "。", "!", "?", "！", "？")) else text + stop
