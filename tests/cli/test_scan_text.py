"""A person reads the verdict in sentences, in their language, and no mail can drive their terminal."""

import io
from collections import Counter

import pytest
from rich.console import Console

from gatepost.cli.scan_text import explain, summarise
from gatepost.model.finding import Evidence, Finding, Severity, Span
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Action
from gatepost.scanner import Report


def make_report(*findings: Finding, path: str = "a.eml", action: Action = Action.QUARANTINE) -> Report:
    return Report(action, 0.987, "quarantine_at", "Kept.", "已隔离。", findings, UNPROVEN, (), 1.0, path)


def show(report: Report) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system=None, width=200)
    for line in explain(report):
        console.print(line, soft_wrap=True)
    return stream.getvalue()


def test_verdict_reason_and_evidence_are_told() -> None:
    finding = Finding("a.b", Severity.DANGER, "It lies.", "它在撒谎。", (Evidence("x -> y", Span(3, 9)),))
    assert show(make_report(finding)).splitlines() == [
        "quarantine  0.987  a.eml",
        "  Kept.",
        "    danger   It lies.  [a.b]",
        "             x -> y (bytes 3-9)",
    ]


def test_a_harmless_mail_is_one_line() -> None:
    assert show(make_report(action=Action.DELIVER)).splitlines() == ["deliver     0.987  a.eml"]


def test_chinese_readers_are_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    finding = Finding("a.b", Severity.ODD, "It lies.", "它在撒谎。")
    assert "已隔离。" in show(make_report(finding))
    assert "它在撒谎。" in show(make_report(finding))
    assert summarise(Counter({Action.FLAG: 2}), 1) == "共 2 封邮件：2 flag；1 个无法读取。"


@pytest.mark.parametrize("text", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202e", "\r\n", "\ud800", "[red]x[/red]"])
def test_no_mail_drives_the_terminal(text: str) -> None:
    finding = Finding("a.b", Severity.ODD, text, text, (Evidence(text),))
    shown = show(make_report(finding, path=text))
    assert not set(shown) & set("\x1b\x07\x9b\u202e\r\ud800")
    assert shown.count("\n") == 4
    if text.startswith("["):
        assert shown.count(text) == 3


def test_a_run_is_summed_up() -> None:
    assert summarise(Counter({Action.REJECT: 1, Action.DELIVER: 2}), 0) == "3 mails: 2 deliver, 1 reject."
    assert summarise(Counter(), 2) == "no mails; 2 could not be read."
