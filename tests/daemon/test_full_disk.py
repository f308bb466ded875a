"""A disk that fills up while mail comes in or goes out: nothing is lost, nothing is doubled, and the gate goes on.

A limit of the system on the size of files (RLIMIT_FSIZE), laid on one process of a running gate, stands for the disk.
"""

import json
import resource
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cleaning_mails import write_mail
from gate_process import GateProcess, running_gate, token_of
from gatepost.net.sandbox.sandbox import DESKS
from sandboxes import find_nurseries, wait_until

SETTINGS = """
[deliver]
retry_after_s = [1]

[decide.findings]
"executable_attachment.*" = "clean"
"known_test_virus.*" = "quarantine"
"""
PROGRAM = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(400)
HEAD = b"From: anna@example.com\r\nTo: b@example.org\r\nSubject: hello\r\n"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
MAILS = {
    "delivered": HEAD + b"\r\nSee you on Thursday.\r\n",
    "quarantined": HEAD + b"\r\n" + GTUBE + b"\r\n",
    "cleaned": write_mail(("tool.exe", PROGRAM), ("notes.txt", b"Agreed.\r\n")),
}
FULL_BYTES = 500


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    settings = tmp_path / "gatepost.toml"
    settings.write_text(SETTINGS)
    arguments = ("--config", str(settings), "--maildir", str(tmp_path / "Maildir"), "--workers", "1")
    with running_gate(tmp_path, *arguments) as one:
        wait_until(lambda: '"books_open"' in one.log and find_worker(one))
        yield one


def find_worker(gate: GateProcess) -> int | None:
    return next((pid for pid in gate.children() if find_nurseries(pid, DESKS)), None)


def find_keeper(gate: GateProcess) -> int:
    (keeper,) = set(gate.children()) - {find_worker(gate)}
    return keeper


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Let no file of this process grow meanwhile."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def send(gate: GateProcess, name: str) -> int:
    """Give the code that the gate answers a mail with."""
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        client.ehlo()
        client.mail("anna@example.com")
        client.rcpt("b@example.org")
        return client.data(b"X-Token: %s\r\n" % name.encode() + MAILS[name])[0]


def list_held(gate: GateProcess) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "gatepost.cli", "quarantine", "list", "--state", str(gate.state), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_while_the_disk_is_full_no_mail_is_taken_and_none_is_half_there_afterwards(gate: GateProcess) -> None:
    worker = find_worker(gate)
    assert worker is not None
    with full_disk(worker):
        assert [send(gate, name) for name in MAILS] == [452] * 3
    assert [send(gate, name) for name in MAILS] == [250] * 3
    check_all_is_there_once(gate)


def test_a_mail_that_was_taken_before_the_disk_filled_up_is_delivered_or_held_afterwards(gate: GateProcess) -> None:
    with full_disk(find_keeper(gate)):
        assert [send(gate, name) for name in MAILS] == [250] * 3
        time.sleep(2)
        assert gate.delivered() == []
    check_all_is_there_once(gate)


def check_all_is_there_once(gate: GateProcess) -> None:
    gate.wait_for_mails(2, timeout_s=60)
    wait_until(lambda: len(list_held(gate)) == 2)
    time.sleep(1.5)
    assert Counter(map(token_of, gate.delivered())) == {"delivered": 1, "cleaned": 1}
    assert len(list_held(gate)) == 2
