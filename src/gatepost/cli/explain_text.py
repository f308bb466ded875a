"""Shows what a score is made of: a table that adds up, line by line, to the probability.

Each number is rounded so that the column adds up exactly to the totals beside it: what is shown of a step is the
difference of two rounded totals.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise

from rich.table import Table
from rich.text import Text

from gatepost.cli.output import make_cell, make_table, pick_language, safe_text
from gatepost.model.finding import Finding
from gatepost.scanner import Report
from gatepost.screen.account import Account, Step
from gatepost.screen.classifier.model import REST

DIGITS = 3
SMALL = 0.05  # log-odds: what moves a probability by about one in a hundred, or less


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum; `moved` and `total` are rounded, and each total is the one above and `moved`."""

    name: str
    says: str
    value: str
    moved: float
    total: float


def list_lines(account: Account) -> list[Line]:
    """Give the lines: what was before anything was seen, each step that matters, and the rest in one line."""
    told = [step for step in account.steps if abs(step.log_odds) >= SMALL and step.name != REST]
    small = sum(int(step.value) if step.name == REST else 1 for step in account.steps) - len(told)
    begin = pick_language("before anything is seen", "尚未查看邮件时")
    cells = [("", begin, ""), *((step.name, _pick(step), f"{step.value:.4g}") for step in told)]
    totals = list(accumulate((step.log_odds for step in told), initial=account.bias))
    if len(told) < len(account.steps):
        cells.append(("", pick_language(f"the rest ({small})", f"其余（{small} 项）"), ""))
        totals.append(account.log_odds)
    totals[-1] = account.log_odds
    shown = [round(total, DIGITS) for total in totals]
    moved = [shown[0], *(round(after - before, DIGITS) for before, after in pairwise(shown))]
    return [Line(*words, step, total) for words, step, total in zip(cells, moved, shown, strict=True)]


def _pick(step: Step) -> str:
    return pick_language(step.says, step.says_zh)


def build_account(report: Report) -> Table | Text:
    """Give the table of one mail's score, or a line where nothing was weighed."""
    account = report.account
    if account is None:
        return Text(f"    {pick_language('no score was made of this mail', '该邮件未被评分')}")
    columns = (("what", "迹象"), ("meaning", "含义"), ("value", "数值"), ("log-odds", "对数几率"), ("total", "累计"))
    table = make_table(pick_language("what the score is made of", "评分构成"), [pick_language(*one) for one in columns])
    for line in list_lines(account):
        cells = (line.name, line.says, line.value, f"{line.moved:+.{DIGITS}f}", f"{line.total:+.{DIGITS}f}")
        table.add_row(*map(make_cell, cells))
    end = pick_language("probability that the mail is unwanted", "该邮件为垃圾或有害邮件的概率")
    table.add_section()
    table.add_row("", end, "", "", f"{account.probability:.{DIGITS}f}")
    return table


def tell_judges(report: Report) -> Text:
    """Say by what the mail was judged."""
    facts = [f"gatepost {report.gatepost}", f"model {report.model or '-'}"]
    facts += [f"list {name} {version[:12]}" for name, version in report.feeds]
    return Text(f"    {safe_text(', '.join(facts))}", "dim")


def sort_by_weight(findings: Iterable[Finding], account: Account | None) -> list[Finding]:
    """Put findings that moved the score most towards unwanted first; among equals the gravest."""
    moved: Mapping[str, float] = {step.name: step.log_odds for step in account.steps} if account else {}
    return sorted(findings, key=lambda one: (-moved.get(one.code, 0.0), -one.severity))
