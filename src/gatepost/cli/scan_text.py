"""Explains reports to a person at a terminal: the verdict in a sentence, then what was seen and where."""

from collections import Counter
from collections.abc import Iterator

from rich.cells import set_cell_size
from rich.text import Text

from gatepost.cli.file_tree import show_files
from gatepost.cli.output import pick_language, safe_text
from gatepost.cli.translation import is_chinese, translate
from gatepost.model.finding import Evidence, Finding, Severity
from gatepost.model.proof import Proof
from gatepost.model.verdict import Action
from gatepost.origin.describe import describe_proof
from gatepost.scanner import Report

_ACTION_STYLES = {
    Action.DELIVER: "green",
    Action.FLAG: "yellow",
    Action.CLEAN: "bold yellow",
    Action.QUARANTINE: "bold dark_orange",
    Action.DEFER: "yellow",
    Action.REJECT: "bold red",
}
_SEVERITY_STYLES = {
    Severity.NOTE: "dim",
    Severity.ODD: "cyan",
    Severity.SUSPECT: "yellow",
    Severity.DANGER: "bold dark_orange",
    Severity.MALWARE: "bold red",
}
_SEVERITY_WIDTH = max(len(severity.name) for severity in Severity)  # no Chinese word is wider
_ACTION_WIDTH = max(len(action) for action in Action)
_WIDE_ACTION_WIDTH = 12  # columns of a terminal: of the longest in Chinese


def explain(report: Report) -> Iterator[Text]:
    """Give the lines for one mail."""
    head = Text()
    action_width = _WIDE_ACTION_WIDTH if is_chinese() else _ACTION_WIDTH
    head.append(set_cell_size(translate(report.action.value), action_width), _ACTION_STYLES[report.action])
    head.append(f"  {report.score:5.3f}  ")
    head.append(safe_text(report.path), "bold")
    yield head
    if report.is_bad or report.findings:
        yield Text(f"  {safe_text(pick_language(report.says, report.says_zh))}")
    if report.removes:
        yield Text(f"  {safe_text(_tell_removed(report))}")
    for finding in report.findings:
        yield from _explain_finding(finding)
    yield from (Text("    ") + line for line in show_files(report.contents, report.findings))
    yield from _explain_proof(report.auth)


def _tell_removed(report: Report) -> str:
    names = {part.path: part.filename for part in report.parts}
    told = ", ".join(f"{path} {names.get(path, '')}".strip() for path in report.removes)
    return pick_language(f"Taken out: {told}.", f"移除：{told}。")


def _explain_finding(finding: Finding) -> Iterator[Text]:
    line = Text("    ")
    severity = translate(finding.severity.name.lower())
    line.append(set_cell_size(severity, _SEVERITY_WIDTH), _SEVERITY_STYLES[finding.severity])
    line.append(f"  {safe_text(pick_language(finding.says, finding.says_zh))}")
    line.append(f"  [{finding.code}]", "dim")
    yield line
    for evidence in finding.evidence:
        if says := show_evidence(evidence):
            yield Text(f"      {' ' * _SEVERITY_WIDTH}{says}", "dim")


def show_evidence(evidence: Evidence) -> str:
    """Say what was seen, and where: in a file that the tree of files shows, or among the bytes of the mail."""
    span = evidence.span
    place = f"({pick_language('bytes', '字节')} {span.start}-{span.end})" if span else ""
    file = f"({pick_language('file', '文件')} {evidence.file})" if evidence.file else ""
    return safe_text(" ".join(filter(None, (evidence.text, file or place))))


def _explain_proof(proof: Proof) -> Iterator[Text]:
    """Tell who is proven to have sent it, under one heading; nothing where nobody asked."""
    heading = pick_language("proof", "来源")
    for says, says_zh in describe_proof(proof):
        line = Text("    ")
        line.append(set_cell_size(heading, _SEVERITY_WIDTH), "dim")
        line.append(f"  {safe_text(pick_language(says, says_zh))}")
        yield line
        heading = ""


def summarise(actions: Counter[Action], unread: int) -> str:
    """Give one line for a whole run."""
    between = pick_language(", ", "，")
    counts = between.join(f"{actions[action]} {translate(action.value)}" for action in Action if actions[action])
    total = actions.total()
    told = f"{total} mails: {counts}" if total else "no mails"
    return translate(f"{told}; {unread} could not be read." if unread else f"{told}.")
