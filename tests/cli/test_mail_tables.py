from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from cleaning_mails import find
from gatepost.cli.mail_tables import COLUMNS, print_mail, print_rows, show_moment, tell_done
from gatepost.cli.queue import HISTORY_COLUMNS
from gatepost.flow.desk import MailView
from gatepost.model.cleaning import RemovedPart
from gatepost.model.contents import Contents, OpenedFile, Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.proof import AuthResult, DkimProof, Proof
from gatepost.store.entries import State
from gatepost.store.rows import DeliveryRow, EventRow

ROW = DeliveryRow(
    mail_id="0123456789abcdef" * 2,
    recipient_number=0,
    state=State.QUARANTINED,
    recipient="you@example.org",
    mail_from="",
    header_from="",
    subject="s",
    received_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    size_bytes=9,
    score=0.5,
    action="quarantine",
    would_be="",
    rule="r",
    reason="because",
    reason_zh="因为",
    attempts=2,
    next_attempt_at=None,
    last_status="4.4.1",
    last_says="nobody answers",
)


def test_every_column_says_something_of_a_bare_mail() -> None:
    shown = {column: text(ROW) for column, text in COLUMNS.items()}
    assert shown["mail"] == "0123456789abcdef"
    assert shown["from"] == "<>"
    assert shown["next attempt"] == ""
    assert shown["last answer"] == "4.4.1 nobody answers"
    assert shown["why"] == "because"


def test_a_mail_whose_sender_comes_again_is_not_called_refused() -> None:
    refused = replace(ROW, state=State.REFUSED, action="reject")
    assert COLUMNS["state"](refused) == "refused"
    assert COLUMNS["state"](replace(refused, action="defer")) == "put off"


def test_states_and_what_happened_are_told_in_the_reader_s_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert COLUMNS["state"](ROW) == "已隔离"
    assert COLUMNS["state"](replace(ROW, state=State.REFUSED, action="defer")) == "已推迟"
    says = "the cleaned form was delivered: kept in the Maildir"
    events = (
        EventRow(0, ROW.received_at, State.QUARANTINED, "2.0.0", says, ""),
        EventRow(0, ROW.received_at, State.QUEUED, "", "her boss asked for it", "root"),
        EventRow(0, ROW.received_at, State.EXPIRED, "", "kept in quarantine for 30 days", ""),
    )
    print_mail(MailView((ROW,), events, msgspec.json.encode([find("1.2")]).decode(), None), as_json=False)
    shown = capsys.readouterr().out
    for word in ("危险", "2.0.0 已投递清理后的形式：已存入 Maildir", "等待投递", "her boss asked for it", "到期销毁"):
        assert word in shown
    print_mail(MailView((ROW,), events, "[]", None), as_json=True)
    told = msgspec.json.decode(capsys.readouterr().out)
    assert [event["state"] for event in told["events"]] == ["quarantined", "queued", "expired"]
    assert told["events"][0]["says"] == says


def test_a_moment_is_told_in_the_user_s_own_zone() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert show_moment(at) == at.astimezone().strftime("%Y-%m-%d %H:%M")
    assert show_moment(None) == ""


def test_an_empty_list_says_so_for_people_and_nothing_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([], ("mail",), as_json=False)
    assert capsys.readouterr().out == "nothing\n"
    print_rows([], ("mail",), as_json=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("width", ["100", "80", "40"])
def test_no_terminal_breaks_the_name_of_a_mail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    print_rows([ROW], HISTORY_COLUMNS, as_json=False)
    assert "0123456789abcdef" in capsys.readouterr().out


def test_a_narrow_terminal_shows_a_line_for_each_thing_there_is_to_say(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_rows([replace(ROW, reason="A\x1b sentence", last_status="", last_says="")], HISTORY_COLUMNS, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        f"0123456789abcdef  {show_moment(ROW.received_at)}",
        "  from: <>",
        "  to: you@example.org",
        "  state: quarantined",
        "  why: A\\x1b sentence",
    ]


def test_every_title_is_told_in_the_reader_s_language(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    print_rows([ROW], tuple(COLUMNS), as_json=False)
    titles = capsys.readouterr().out.split("─")[0].split()
    assert titles == [
        "邮件",
        "接收时间",
        "发件人",
        "收件人",
        "主题",
        "原因",
        "状态",
        "尝试次数",
        "下次尝试",
        "最近答复",
    ]
    event = EventRow(0, ROW.received_at, State.QUARANTINED, "2.0.0", "kept", "root")
    print_mail(MailView((ROW,), (event,), msgspec.json.encode([find("1.2")]).decode(), None), as_json=False)
    shown = capsys.readouterr().out
    for word in ("邮件", "大小", "9 字节", "（信封：<>）", "；结论：因为", "级别", "操作人"):
        assert word in shown


def test_json_rows_carry_everything(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([ROW], (), as_json=True)
    assert msgspec.json.decode(capsys.readouterr().out, type=DeliveryRow) == ROW


def test_a_mail_without_findings_and_history_is_shown_without_empty_tables(capsys: pytest.CaptureFixture[str]) -> None:
    print_mail(MailView((ROW,), (), "[]", None), as_json=False)
    shown = capsys.readouterr().out
    assert "quarantined; the verdict was: because" in shown
    assert "what happened" not in shown
    assert "proven" not in shown


def test_who_is_proven_to_have_sent_a_mail_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    proof = Proof(dkim=AuthResult.PASS, dkim_details=(DkimProof(AuthResult.PASS, "a.test\x1b[2J", "s"),))
    view = MailView((ROW,), (), "[]", None, msgspec.json.encode(proof).decode())
    print_mail(view, as_json=False)
    assert "Signed by a.test\\x1b[2J." in capsys.readouterr().out
    print_mail(view, as_json=True)
    auth = msgspec.json.decode(capsys.readouterr().out)["auth"]
    assert (auth["dkim"], auth["details"]["dkim"][0]["selector"]) == ("pass", "s")


def test_what_a_mail_carries_and_what_was_taken_out_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    contents = Contents((OpenedFile("1.2", "plan.docm", FileKind.ZIP, 2048, Opening.OPENED),), left_out_count=7)
    removed = RemovedPart("1.2", "plan\x1b.docm", "zip", 2048, "ab", ("office.macro",), "It runs.", "它会运行。")
    findings = msgspec.json.encode([find("1.2:3")]).decode()
    view = MailView((ROW,), (), findings, None, "", contents, (removed,))
    print_mail(view, as_json=False)
    shown = capsys.readouterr().out
    assert "1.2  plan.docm  zip, 2.0 KiB, opened" in shown
    assert "what its cleaned form goes without" in shown
    assert "plan\\x1b.docm" in shown
    assert "1.2:3 AutoOpen" in shown
    print_mail(view, as_json=True)
    told = msgspec.json.decode(capsys.readouterr().out)
    assert ([one["name"] for one in told["files"]], told["files_left_out"]) == (["plan.docm"], 7)
    assert told["removed"][0]["findings"] == ["office.macro"]


def test_what_was_done_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell_done("released", "\x1bx", 2, as_json=False)
    assert capsys.readouterr().out == "\\x1bx: released for 2 recipient(s)\n"


def test_what_was_done_is_told_in_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    for done, told in (
        ("released", "已放行"),
        ("reported", "已举报"),
        ("deleted", "已销毁"),
        ("cancelled", "已取消"),
        ("to be tried now", "将立即重试"),
    ):
        tell_done(done, "abc", 2, as_json=False)
        assert capsys.readouterr().out == f"abc：{told}（2 位收件人）\n"
    tell_done("released", "abc", 2, as_json=True)
    assert msgspec.json.decode(capsys.readouterr().out)["done"] == "released"
