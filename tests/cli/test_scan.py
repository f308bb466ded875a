"""`gatepost scan` as scripts and people use it: output, exit codes, and what goes wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from feed_builders import put_table
from gatepost.cli import app

GOOD = (
    b"From: Ann <ann@woodwork.example>\nDate: Tue, 14 Oct 2025 08:00:00 +0200\nMessage-ID: <1@woodwork.example>\n"
    b"To: bo@mill-street.example\nSubject: Oak\n\nBeech, please.\n"
)
BAD = GOOD.replace(b"\n\n", b'\nContent-Type: text/html\n\n<a href="http://evil.example">https://www.paypal.com/</a>')
COMMAND = [sys.executable, "-m", "gatepost.cli", "scan"]


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    (tmp_path / "1-good.eml").write_bytes(GOOD)
    (tmp_path / "2-bad.eml").write_bytes(BAD)
    return tmp_path


def scan(*words: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["scan", "--offline", *map(str, words)], input=stdin)


def test_json_is_one_object_a_line_in_order(mails: Path) -> None:
    result = scan(mails, "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(Path(row["path"]).name, row["action"]) for row in rows] == [
        ("1-good.eml", "deliver"),
        ("2-bad.eml", "quarantine"),
    ]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["1-good.eml"], 0),
        (["2-bad.eml"], 1),
        (["1-good.eml", "2-bad.eml"], 1),
        (["1-good.eml", "missing"], 2),
        (["2-bad.eml", "missing"], 2),
        (["missing"], 2),
    ],
)
def test_the_exit_code_tells_the_worst(mails: Path, names: list[str], code: int) -> None:
    assert scan(*(mails / name for name in names)).exit_code == code


def test_a_file_beside_mails_is_told_to_be_passed_over(mails: Path) -> None:
    (mails / "tool.exe").write_bytes(b"MZ")
    told = f"{mails}/tool.exe: passed over, no mail; name a file itself to have it judged.\n"
    assert scan(mails).stderr == told
    (mails / "z.docx").write_bytes(b"PK")
    assert scan(mails).stderr == told.replace(".exe:", ".exe and 1 more:")
    assert scan(mails / "1-good.eml").stderr == ""


def test_a_file_by_standard_input_is_told_to_be_judged_as_a_mail() -> None:
    assert "a file (pdf) came, and is judged as a mail" in scan("-", stdin=b"%PDF-1.7\n").stderr
    assert scan("-", stdin=GOOD).stderr == ""


def test_what_cannot_be_read_is_told_and_the_others_are_judged(mails: Path) -> None:
    result = scan(mails / "missing", mails / "1-good.eml", "--json")
    assert result.stderr == f"{mails}/missing: cannot be read: No such file or directory.\n"
    assert json.loads(result.stdout)["action"] == "deliver"


def test_people_are_told_in_sentences(mails: Path) -> None:
    lines = scan(mails).stdout.splitlines()
    assert lines[0].startswith("deliver")
    assert lines[2] == "  Kept in quarantine: A link shows www.paypal.com but opens evil.example."
    assert lines[-1] == "2 mails: 1 deliver, 1 quarantine."


def test_a_mail_may_come_by_standard_input() -> None:
    result = scan("-", "--json", stdin=BAD)
    assert (result.exit_code, json.loads(result.stdout)["path"]) == (1, "-")


def test_the_envelope_may_be_told(mails: Path) -> None:
    words = ("--mail-from", "<>", "--client-ip", "2001:db8::1", "--helo", "mx.woodwork.example")
    assert scan(mails / "1-good.eml", *words).exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mail-from", "nobody"), "mail_from: 'nobody' is not a mail address: the address has no @."),
        (("--client-ip", "localhost"), "client_ip: 'localhost' is not an IPv4 or IPv6 address."),
        (
            ("--dns", "a.example"),
            "--dns: 'a.example' is not an IP address; write IP, IP:PORT, [IPv6]:PORT or tls://IP:PORT#NAME.",
        ),
    ],
)
def test_a_wrong_envelope_is_told_before_any_work(mails: Path, words: tuple[str, str], told: str) -> None:
    result = scan(mails, *words)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"{told}\n")


LISTED = GOOD.replace(b"Beech", b"https://evil.example/a")


def write_gate(folder: Path) -> Path:
    put_table(folder, "own", "https://evil.example/a\n")
    config = folder / "gatepost.toml"
    config.write_text('state = "."\n[feeds.lists.own]\nfile = "own.txt"\n[feeds.lists.new]\nfile = "new.txt"\n')
    return config


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_scan_asks_the_lists_of_a_gate_and_names_the_one_that_is_missing(tmp_path: Path, jobs: str) -> None:
    config = write_gate(tmp_path)
    (tmp_path / "mail.eml").write_bytes(LISTED)
    result = scan(tmp_path / "mail.eml", "--json", "--explain", "--jobs", jobs, "--config", config)
    report = json.loads(result.stdout)
    assert "listed_url.phishing" in {one["code"] for one in report["findings"]}
    assert list(report["explain"]["feeds"]) == ["own"]
    assert result.stderr == "the list new has not been fetched yet; judged without it.\n"
    assert "listed_url.phishing" not in scan(tmp_path / "mail.eml", "--json").stdout


def test_the_state_folder_alone_brings_its_lists(tmp_path: Path) -> None:
    write_gate(tmp_path)
    result = scan("-", "--json", "--state", tmp_path, stdin=LISTED)
    assert ("listed_url.phishing" in result.stdout, result.stderr) == (True, "")
    by_environment = CliRunner().invoke(
        app, ["scan", "--offline", "--json", "-"], input=LISTED, env={"GATEPOST_STATE": str(tmp_path)}
    )
    assert "listed_url.phishing" in by_environment.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--state", "missing"), "there is no state folder"),
        (("--config", "missing.toml"), "missing.toml cannot be read: No such file or directory"),
    ],
)
def test_a_gate_that_is_not_there_is_told_before_any_work(mails: Path, words: tuple[str, str], told: str) -> None:
    result = scan(mails, words[0], mails / words[1])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert told in result.stderr


def test_several_processes_say_the_same(mails: Path) -> None:
    def without_time(result: Result) -> list[dict[str, object]]:
        return [json.loads(line) | {"elapsed_ms": 0} for line in result.stdout.splitlines()]

    assert without_time(scan(mails, "--json", "--jobs", "2")) == without_time(scan(mails, "--json"))


def test_a_reader_that_goes_away_ends_the_run_quietly(mails: Path) -> None:
    for number in range(300):
        (mails / f"x{number}.eml").write_bytes(BAD)
    with subprocess.Popen([*COMMAND, "--json", str(mails)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode in (0, 1)


def test_a_terminal_that_knows_no_chinese_is_still_written_to(mails: Path) -> None:
    (mails / "2-bad.eml").write_bytes(BAD.replace(b"Ann <", "支付宝 <".encode()))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "0"}
    done = subprocess.run([*COMMAND, str(mails)], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "\\u652f\\u4ed8\\u5b9d" in done.stdout


def test_a_score_is_explained_step_by_step_when_asked(mails: Path) -> None:
    told = scan(mails / "2-bad.eml", "--explain").stdout
    report = json.loads(scan(mails / "2-bad.eml", "--json", "--explain").stdout)
    assert "before anything is seen" in told
    shown = float(told.split("probability that the mail is unwanted")[1].split()[0])
    assert abs(shown - report["score"]) < 0.001  # each is rounded by itself
    assert f"model {report['explain']['model']}" in told
    assert report["explain"]["account"]["steps"]
    assert "before anything" not in scan(mails / "2-bad.eml").stdout
    assert "explain" not in json.loads(scan(mails / "2-bad.eml", "--json").stdout)


def test_a_file_is_judged_as_one_and_extracted(tmp_path: Path) -> None:
    (tmp_path / "go.hta").write_text("<hta:application>")
    result = scan(tmp_path / "go.hta", "--extract", tmp_path / "out")
    assert result.exit_code == 1
    assert "[executable_attachment." in result.stdout
    assert [path.name for path in (tmp_path / "out").glob("*/*.hta")] == ["1_go.hta"]
