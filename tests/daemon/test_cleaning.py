"""A mail with a bad file goes on without it, is held as it came, and goes on whole when a person says so."""

import base64
import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaning_mails import write_mail
from gate_process import GateProcess
from gatepost.message.message import Message
from gatepost.message.parse import parse_message

PROGRAM = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(400)
RAW = write_mail(("tool.exe", PROGRAM), ("notes.txt", b"Agreed.\r\n"))
SETTINGS = """
[decide.findings]
"executable_attachment.*" = "clean"

[[decide.exceptions]]
name = "laboratory"
recipient = "lab@example.org"
action = "deliver"
"""


@pytest.fixture
def gate(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GateProcess]:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(getattr(request, "param", SETTINGS))
    process = GateProcess(
        tmp_path, ("--config", str(settings), "--maildir", str(tmp_path / "Maildir"), "--workers", "1")
    )
    process.start()
    yield process
    process.stop()


def send(gate: GateProcess, *recipients: str) -> None:
    with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
        assert client.sendmail("anna@example.com", recipients, RAW) == {}


def ask(gate: GateProcess, *words: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "gatepost.cli", *words, "--state", str(gate.state), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait_for_states(gate: GateProcess, mail: str, wanted: dict[str, str]) -> dict[str, Any]:
    until = time.monotonic() + 20
    while True:
        (told,) = ask(gate, "quarantine", "show", mail)
        if {one["recipient"]: one["state"] for one in told["deliveries"]} == wanted:
            return told
        assert time.monotonic() < until, told["deliveries"]


def find_mail(gate: GateProcess) -> str:
    until = time.monotonic() + 20
    while not (found := ask(gate, "quarantine", "list")):
        assert time.monotonic() < until, gate.log[-3000:]
    name: str = found[0]["mail_id"]
    return name


def names(raw: bytes) -> list[str]:
    return [part.filename for part in parse_message(raw).attachments]


def note_of(message: Message) -> str:
    return next(part.text for part in message.walk() if part.filename == "removed-1.txt")


@pytest.mark.timeout(180)
def test_one_gets_the_mail_without_the_file_another_gets_it_whole_and_the_whole_can_follow(gate: GateProcess) -> None:
    send(gate, "bo@example.org", "lab@example.org")
    cleaned, whole = sorted(gate.wait_for_mails(2), key=lambda raw: b"tool.exe" in raw.partition(b"\r\n\r\n")[2])
    assert names(whole) == ["tool.exe", "notes.txt"]
    assert names(cleaned) == ["removed-1.txt", "notes.txt"]
    assert base64.b64encode(PROGRAM)[:60] not in cleaned
    message = parse_message(cleaned)
    assert message.header_text("x-gatepost-action").startswith("clean; ")
    mail = find_mail(gate)
    assert f"release {mail} --original" in note_of(message)
    told = wait_for_states(gate, mail, {"bo@example.org": "quarantined", "lab@example.org": "delivered"})
    numbers = gate.read_page("/metrics")
    assert "gatepost_mails_cleaned_total 1.0" in numbers
    assert "gatepost_delivered_cleaned_total 1.0" in numbers
    assert [one["name"] for one in told["removed"]] == ["tool.exe"]
    assert "executable_attachment.program" in told["files"][0]["findings"]
    (done,) = ask(gate, "quarantine", "release", mail, "--original")
    assert done["recipients"] == 1
    assert sorted(names(raw)[0] for raw in gate.wait_for_mails(3)) == ["removed-1.txt", "tool.exe", "tool.exe"]
    wait_for_states(gate, mail, {"bo@example.org": "delivered", "lab@example.org": "delivered"})


@pytest.mark.timeout(180)
def test_whatever_is_killed_the_cleaned_form_comes_once_and_the_original_stays(gate: GateProcess) -> None:
    send(gate, "bo@example.org")
    gate.kill_all()  # the mail is in the journal, perhaps delivered already, and nobody knows
    gate.start()
    (cleaned,) = gate.wait_for_mails(1)
    assert names(cleaned) == ["removed-1.txt", "notes.txt"]
    mail = find_mail(gate)
    gate.kill_all()
    for path in gate.state.glob("records.sqlite*"):
        path.unlink()  # they are rebuilt from the journals
    gate.start()
    wait_for_states(gate, mail, {"bo@example.org": "quarantined"})
    assert ask(gate, "quarantine", "release", mail, "--original")[0]["recipients"] == 1
    gate.kill_all()
    gate.start()
    assert sorted(names(raw)[0] for raw in gate.wait_for_mails(2)) == ["removed-1.txt", "tool.exe"]
    wait_for_states(gate, mail, {"bo@example.org": "delivered"})
    assert len(gate.delivered()) == 2


@pytest.mark.timeout(180)
@pytest.mark.parametrize("gate", [""], indirect=True)
def test_a_held_mail_goes_on_without_its_file_when_a_person_says_so_and_stays(gate: GateProcess) -> None:
    send(gate, "bo@example.org")
    mail = find_mail(gate)
    assert gate.delivered() == []
    assert ask(gate, "quarantine", "release", mail, "--cleaned")[0]["recipients"] == 1
    (cleaned,) = gate.wait_for_mails(1)
    assert names(cleaned) == ["removed-1.txt", "notes.txt"]
    told = wait_for_states(gate, mail, {"bo@example.org": "quarantined"})
    assert next(event["says"] for event in told["events"]) == "released without its suspect files"
    assert ask(gate, "quarantine", "delete", mail, "--yes")[0]["recipients"] == 1
    assert len(gate.delivered()) == 1
