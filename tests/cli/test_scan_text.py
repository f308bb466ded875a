"""A person reads the verdict in sentences, in their language, and no mail can drive their terminal."""

import io
import re
from collections import Counter
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from gatepost.cli.scan_text import explain, show_evidence, summarise
from gatepost.model.contents import Contents, OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Finding, Severity, Span
from gatepost.model.proof import UNPROVEN, AuthResult, DkimProof, DmarcProof, Proof
from gatepost.model.verdict import Action, PartSummary
from gatepost.scanner import Report


def make_report(*findings: Finding, path: str = "a.eml", action: Action = Action.QUARANTINE) -> Report:
    return Report(action, 0.987, "quarantine_at", "Kept.", "已隔离。", findings, UNPROVEN, (), 1.0, path)


def signed_by(signer: str, shown: str) -> Proof:
    return Proof(
        dkim=AuthResult.PASS,
        dkim_details=(DkimProof(AuthResult.PASS, signer, "s"),),
        dmarc=AuthResult.FAIL,
        dmarc_details=DmarcProof(AuthResult.FAIL, shown, policy="reject"),
    )


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


def test_the_files_that_were_opened_are_shown_with_what_was_seen_in_them() -> None:
    evidence = (Evidence("AutoOpen", None, "1.2:1"), Evidence("", None, "1.2"), Evidence("", None, ""))
    finding = Finding("a.b", Severity.DANGER, "It lies.", "它在撒谎。", evidence)
    inner = OpenedFile("1.2:1", "x\x1b", FileKind.UNKNOWN, 2)
    contents = Contents((OpenedFile("1.2", "a.zip", FileKind.ZIP, 9, Opening.OPENED, files=(inner,)),))
    assert show(replace(make_report(finding), contents=contents)).splitlines()[2:] == [
        "    danger   It lies.  [a.b]",
        "             AutoOpen (file 1.2:1)",
        "             (file 1.2)",
        "    1.2  a.zip  zip, 9 B, opened  [a.b]",
        "      1.2:1  x\\x1b  unknown, 2 B  [a.b]",
    ]


def test_what_is_taken_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = (PartSummary("1.2", "application/zip", "a\x1b.zip", 9),)
    report = replace(make_report(action=Action.CLEAN), parts=parts, removes=("1.2", "1.3"))
    assert show(report).splitlines()[1:] == ["  Kept.", "  Taken out: 1.2 a\\x1b.zip, 1.3."]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert show(report).splitlines()[2] == "  移除：1.2 a\\x1b.zip, 1.3。"


def test_a_harmless_mail_is_one_line() -> None:
    assert show(make_report(action=Action.DELIVER)).splitlines() == ["deliver     0.987  a.eml"]


def test_the_proof_is_told_below_the_findings() -> None:
    finding = Finding("a.b", Severity.DANGER, "It lies.", "它在撒谎。")
    report = replace(make_report(finding), auth=signed_by("example.com", "example.org"))
    assert show(report).splitlines()[2:] == [
        "    danger   It lies.  [a.b]",
        "    proof    Signed by example.com; the visible sender is example.org: not the same organisation.",
        "             The visible sender's domain example.org is not proven (DMARC); it asks to refuse such mail.",
    ]


def test_the_proof_of_a_harmless_mail_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    report = replace(make_report(action=Action.DELIVER), auth=Proof(dkim=AuthResult.NONE))
    assert show(report).splitlines()[1:] == ["    来源     该邮件没有签名。"]


def test_chinese_readers_are_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    finding = Finding("a.b", Severity.ODD, "It lies.", "它在撒谎。")
    assert "已隔离。" in show(make_report(finding))
    assert "它在撒谎。" in show(make_report(finding))
    assert show_evidence(Evidence("a", Span(1, 2))) == "a (字节 1-2)"
    assert summarise(Counter({Action.FLAG: 2}), 1) == "共 2 封邮件：2 附警告投递；1 个无法读取。"
    assert summarise(Counter({Action.FLAG: 2, Action.DELIVER: 1}), 0) == "共 3 封邮件：1 投递，2 附警告投递。"


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "C"])
def test_scores_and_sentences_stand_below_each_other_in_either_language(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    heads = [show(make_report(action=action)).splitlines()[0] for action in Action]
    assert len({cell_len(head.partition("0.987")[0]) for head in heads}) == 1
    findings = [Finding("a.b", severity, "Lies.", "撒谎。") for severity in Severity]
    lines = show(make_report(*findings)).splitlines()[2:]
    assert len({cell_len(re.split("Lies|撒谎", line)[0]) for line in lines}) == 1


@pytest.mark.parametrize("text", ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202e", "\r\n", "\ud800", "[red]x[/red]"])
def test_no_mail_drives_the_terminal(text: str) -> None:
    finding = Finding("a.b", Severity.ODD, text, text, (Evidence(text),))
    shown = show(make_report(finding, path=text))
    assert not set(shown) & set("\x1b\x07\x9b\u202e\r\ud800")
    assert shown.count("\n") == 4
    if text.startswith("["):
        assert shown.count(text) == 3
    proven = show(replace(make_report(), auth=signed_by(text, text)))
    assert not set(proven) & set("\x1b\x07\x9b\u202e\r\ud800")
    assert proven.count("\n") == 4


def test_a_run_is_summed_up() -> None:
    assert summarise(Counter({Action.REJECT: 1, Action.DELIVER: 2}), 0) == "3 mails: 2 deliver, 1 reject."
    assert summarise(Counter(), 2) == "no mails; 2 could not be read."
