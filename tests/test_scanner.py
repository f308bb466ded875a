"""The library's face: reports with the promised fields, from any thread."""

import base64
import io
import json
import math
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gatepost
from built_files.office import build_tnef_text
from cleaning_mails import write_mail
from feed_builders import put_table
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.settings import FeedSettings, FeedsSettings, Threat
from gatepost.model.contents import NO_CONTENTS
from gatepost.model.errors import BadInput, BadSettings
from gatepost.model.proof import AuthResult
from gatepost.model.verdict import Action
from gatepost.scanner import Report, Scanner, ScanRules, build_envelope
from gatepost.screen.settings import ScreenSettings
from signed_mails import sign_as_one_piece, wrap

PHISHING = (
    b"From: PayPal <x@y.example>\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nMessage-ID: <1@y.example>\r\n"
    b"Subject: \xe8\xb4\xa6\xe6\x88\xb7\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<a href="http://y.example/">https://www.paypal.com/</a>\r\n'
)

OFFLINE = Scanner(offline=True)


def test_the_face_of_the_library_is_three_names() -> None:
    assert dir(gatepost) == ["Report", "Scanner", "scan"]
    assert gatepost.Scanner is Scanner
    assert gatepost.Report is Report
    with pytest.raises(AttributeError, match="has no attribute 'scann'"):
        gatepost.scann  # type: ignore[attr-defined] # noqa: B018 - the misspelt name is the test


def test_the_library_loads_nothing_of_a_gate() -> None:
    loaded = "import gatepost.scanner, sys; print(*{'sqlalchemy', 'alembic', 'structlog', 'uvloop'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []  # each of them takes longer to load than a mail to judge


def test_a_report_has_the_promised_fields() -> None:
    report = json.loads(OFFLINE.scan(PHISHING).to_json())
    assert list(report) == [
        "path", "action", "score", "rule", "says", "says_zh", "findings", "auth", "parts", "files",
        "files_left_out", "removes", "elapsed_ms",
    ]  # fmt: skip
    assert report["action"] == "quarantine"
    assert 0 < report["score"] < 1
    assert list(report["auth"]) == ["spf", "dkim", "dmarc", "arc", "details"]
    assert report["auth"]["dmarc"] == "unknown"
    assert report["parts"] == [{"path": "1", "content_type": "text/html", "filename": "", "size_bytes": 57}]
    worst = report["findings"][0]
    assert list(worst) == ["code", "severity", "says", "says_zh", "evidence"]
    assert (worst["code"], worst["severity"]) == ("link_mismatch.host", "danger")
    assert worst["evidence"][0]["start"] < worst["evidence"][0]["end"] <= len(PHISHING)


def test_a_report_in_json_is_one_line_of_ascii() -> None:
    text = OFFLINE.scan(PHISHING).to_json()
    assert text.isascii()
    assert "\n" not in text


async def test_the_async_twin_says_the_same() -> None:
    scanner = OFFLINE
    twin = (await scanner.scan_async(PHISHING)).to_dict()
    report = scanner.scan(PHISHING).to_dict()
    assert twin | {"elapsed_ms": 0} == report | {"elapsed_ms": 0}


def test_one_scanner_serves_many_threads() -> None:
    scanner = OFFLINE
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(scanner.scan, [PHISHING] * 40))
    assert {report.score for report in reports} == {reports[0].score}
    assert all(report.findings == reports[0].findings for report in reports)


def test_settings_change_the_decision() -> None:
    scanner = Scanner(
        offline=True, rules=ScanRules(deciding=DecideSettings(findings={"link_mismatch.host": Action.REJECT}))
    )
    report = scanner.scan(PHISHING)
    assert (report.action, report.rule) == (Action.REJECT, "findings.link_mismatch.host")


def test_a_mail_that_names_no_sender_needs_no_dns_and_is_judged_without_a_word_about_the_scanner() -> None:
    report = gatepost.scan(b"Subject: hello\r\n\r\n")
    assert (report.auth.dkim, report.auth.dmarc) == (AuthResult.NONE, AuthResult.PERMERROR)


async def test_a_scanner_may_be_asked_where_an_event_loop_runs() -> None:
    assert Scanner().scan(b"Subject: hello\r\n\r\n").auth.arc is AuthResult.NONE


def test_our_own_domains_are_protected() -> None:
    raw = PHISHING.replace(b"PayPal <", b'"billing@mill-street.example" <')
    scanner = Scanner(offline=True, rules=ScanRules(own_domains=("mill-street.example",)))
    codes = {one.code for one in scanner.scan(raw).findings}
    assert "display_name_spoof.own_domain" in codes


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ({"mail_from": "nobody"}, "mail_from: 'nobody' is not a mail address: the address has no @."),
        ({"client_ip": "192.0.2"}, "client_ip: '192.0.2' is not an IPv4 or IPv6 address."),
    ],
)
def test_a_wrong_envelope_is_told(word: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput) as caught:
        gatepost.scan(PHISHING, **word)
    assert caught.value.public == told


@pytest.mark.parametrize(
    ("written", "meant"), [("<>", None), ("", None), ("a@B.example", "a@b.example"), ("<a@b.example>", "a@b.example")]
)
def test_the_envelope_sender_may_be_written_as_in_smtp(written: str, meant: str | None) -> None:
    sender = build_envelope(written, "2001:DB8::1", "helo").mail_from
    assert (str(sender) if sender else None) == meant


@given(raw=st.binary(max_size=2_000))
def test_any_bytes_give_a_report(raw: bytes) -> None:
    report = OFFLINE.scan(raw)
    assert report.action is not Action.DEFER
    assert all(not finding.code.startswith(("judge.", "screen.")) for finding in report.findings)


def test_a_scanner_asks_the_lists_that_a_gate_has_fetched(tmp_path: Path) -> None:
    put_table(tmp_path, "own", "https://evil.example/a\n")
    feeds = FeedsSettings(lists={"own": FeedSettings(file="/own.txt")})
    raw = b"From: a@b.example\r\nSubject: x\r\n\r\nhttps://evil.example/a?b\r\n"
    rules = ScanRules(feeds=feeds, state=str(tmp_path))
    assert "listed_url.phishing" in {one.code for one in Scanner(offline=True, rules=rules).scan(raw).findings}
    assert "listed_url.phishing" not in {one.code for one in OFFLINE.scan(raw).findings}


LISTED = b"From: a@b.example\r\nSubject: x\r\n\r\nhttps://y.example/a\r\n"


def write_gate(folder: Path, text: str = "") -> Path:
    """Give a settings file of a gate that keeps one list in `folder`."""
    put_table(folder, "own", "https://y.example/a\n", threat=Threat.MALWARE)
    config = folder / "gatepost.toml"
    config.write_text(f'state = "."\n{text}\n[feeds.lists.own]\nfile = "own.txt"\n', "utf-8")
    return config


def test_a_scanner_judges_by_the_settings_of_a_gate_and_asks_its_lists(tmp_path: Path) -> None:
    config = write_gate(tmp_path, '[decide]\nfindings = { "listed_url.phishing" = "reject" }\nshadow = true')
    scanner = Scanner(offline=True, config=config)
    report = scanner.scan(LISTED)
    assert (report.action, report.rule) == (Action.REJECT, "findings.listed_url.phishing")
    assert [name for name, _ in report.feeds] == ["own"]
    assert scanner.refresh() == []


def test_the_state_folder_alone_names_the_lists_and_what_stands_behind_them(tmp_path: Path) -> None:
    write_gate(tmp_path)
    codes = {one.code for one in Scanner(offline=True, state=str(tmp_path)).scan(LISTED).findings}
    assert "listed_url.malware" in codes
    (tmp_path / "feeds" / "own.table").write_bytes(b"broken")
    assert Scanner(offline=True, state=tmp_path).scan(LISTED).feeds == ()


def test_the_gates_own_domains_and_networks_count_in_a_scan(tmp_path: Path) -> None:
    text = '[recipients]\ndomains = ["mill-street.example"]\ntrusted_networks = ["192.0.2.0/24"]'
    rules = ScanRules.load(write_gate(tmp_path, text))
    assert (rules.own_domains, rules.trusted_networks) == (("mill-street.example",), ("192.0.2.0/24",))
    untold = Scanner(rules=rules).scan(PHISHING, client_ip="192.0.2.1").auth
    assert untold.dkim is AuthResult.UNKNOWN


def test_a_gate_that_proves_nothing_lets_a_scan_prove_nothing(tmp_path: Path) -> None:
    config = write_gate(tmp_path, "[origin]\nenabled = false")
    assert Scanner(config=config).scan(PHISHING).auth.dkim is AuthResult.UNKNOWN


def test_lists_that_cannot_be_asked_are_told(tmp_path: Path) -> None:
    config = write_gate(tmp_path)
    scanner = Scanner(offline=True, config=config, state=tmp_path)
    put_table(tmp_path, "own", "https://other.example/a\n")
    assert (scanner.refresh(), {one.code for one in scanner.scan(LISTED).findings} & {"listed_url.phishing"}) == (
        [],
        set(),
    )
    (tmp_path / "feeds" / "own.table").unlink()
    assert Scanner(offline=True, config=config).refresh() == ["the list own has not been fetched yet"]


def test_a_gate_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no state folder"):
        Scanner(state=tmp_path / "missing")
    with pytest.raises(BadInput, match="belongs to another user"), unreadable(tmp_path):
        Scanner(state=tmp_path)
    with pytest.raises(BadInput, match="either rules, or the config"):
        Scanner(rules=ScanRules(), state=tmp_path)
    with pytest.raises(BadSettings, match="cannot be read"):
        Scanner(config=tmp_path / "missing.toml")


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """Let nobody read a folder; root always can, so it becomes nobody meanwhile."""
    folder.chmod(0)
    if was_root := os.geteuid() == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_report_explains_its_score_when_asked() -> None:
    report = OFFLINE.scan(PHISHING)
    told = json.loads(report.to_json(explain=True))["explain"]
    account = told["account"]
    assert account["probability"] == report.score
    assert math.isclose(account["bias"] + math.fsum(one["log_odds"] for one in account["steps"]), account["log_odds"])
    assert list(account["steps"][0]) == ["name", "says", "says_zh", "value", "log_odds"]
    assert (told["model"], told["feeds"], told["gatepost"]) == (report.model, {}, metadata.version("gatepost"))


def test_a_report_names_the_lists_that_could_be_asked(tmp_path: Path) -> None:
    put_table(tmp_path, "bad", "http://y.example/\n")
    lists = FeedsSettings(lists={"bad": FeedSettings(url="https://lists.example/bad.txt")})
    scanner = Scanner(offline=True, rules=ScanRules(feeds=lists, state=str(tmp_path)))
    ((name, version),) = scanner.scan(PHISHING).feeds
    assert (name, len(version)) == ("bad", 64)


def test_a_mail_that_nobody_weighed_has_no_account() -> None:
    scanner = Scanner(offline=True, rules=ScanRules(screening=ScreenSettings(enabled=False)))
    assert scanner.scan(PHISHING).to_dict(explain=True)["explain"]["account"] is None


def test_the_files_of_a_mail_are_given_with_their_bytes() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", "Agreed.")
    contents = OFFLINE.open_files(write_mail(("notes.zip", packed.getvalue())))
    assert [(file.path, file.content) for file in contents.walk()] == [
        ("1.2", packed.getvalue()),
        ("1.2:1", b"Agreed."),
    ]
    assert OFFLINE.open_files(PHISHING) == NO_CONTENTS


def test_a_file_is_judged_by_itself() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("go.hta", "<hta:application>")
    for scanner in (OFFLINE, Scanner()):
        report = scanner.scan_file(packed.getvalue(), "offer.zip")
        assert (report.action, report.model) == (Action.QUARANTINE, "")
        assert [file.name for file in report.contents.walk()] == ["offer.zip", "go.hta"]


def test_a_mail_that_can_go_without_its_bad_file_says_so() -> None:
    rules = ScanRules(deciding=DecideSettings(findings={"executable_attachment.*": Action.CLEAN}))
    scanner = Scanner(offline=True, rules=rules)
    program = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(400)
    report = scanner.scan(write_mail(("tool.exe", program)))
    assert (report.action, report.removes) == (Action.CLEAN, ("1.2",))


LURE = (
    b"From: Ann <ann@woodwork.example>\r\nTo: bo@mill-street.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\n"
    b"Message-ID: <1@woodwork.example>\r\nSubject: Your account\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: text/html\r\n\r\n<p>Dear customer,<p>sign in at <a href="http://192.0.2.7/">https://www.paypal.com/</a>'
    b" today, or your account will be closed.\r\n"
)


WINMAIL = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"


@pytest.mark.parametrize("times", [1, 2])
def test_a_lure_that_is_signed_as_one_piece_is_judged_as_one_that_is_not(times: int) -> None:
    scanner = Scanner(offline=True)
    plain, signed = scanner.scan(LURE), scanner.scan(sign_as_one_piece(LURE, times))
    assert plain.action is signed.action is Action.QUARANTINE
    assert {finding.code for finding in plain.findings} <= {finding.code for finding in signed.findings}
    assert signed.score == pytest.approx(plain.score, abs=0.05)
    assert all(b"paypal" not in repr(file).encode() for file in signed.contents.walk())  # no text is recorded


def test_more_texts_than_there_is_room_for_hold_the_mail() -> None:
    mixed, _, _ = LURE.partition(b"Content-Type: text/html\r\n\r\n")
    parts = b"".join(
        b"--b\r\n" + wrap(b"Content-Type: text/plain\r\n\r\nOak, %d boards.\r\n" % count) for count in range(70)
    )
    report = Scanner(offline=True).scan(
        mixed + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    )
    assert report.action is Action.QUARANTINE
    assert "unopened_file.unseen" in {finding.code for finding in report.findings}


def test_a_text_that_a_file_shows_as_the_mail_can_be_taken_out_with_its_file() -> None:
    deciding = DecideSettings(findings={"link_mismatch.host": Action.CLEAN})
    letter, _, page = LURE.partition(b"Content-Type: text/html\r\n\r\n")
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nHello Bo, the boards are ready.\r\n--b\r\n" + WINMAIL
    parts += base64.encodebytes(build_tnef_text((0x102, 0x1013, page))) + b"--b--\r\n"
    raw = letter + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts
    report = Scanner(rules=ScanRules(deciding=deciding), offline=True).scan(raw.replace(b"192.0.2.7", b"other.example"))
    assert (report.action, report.removes) == (Action.CLEAN, ("1.2",))
