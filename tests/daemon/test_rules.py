"""The operator's YARA rules in a whole gate: taken up on SIGHUP, and the old ones kept while the new ones are wrong."""

import signal
import smtplib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_process import GateProcess

SETTINGS = """
[origin]
enabled = false
[decide]
quarantine_at = 1.0
[screen.yara]
folder = "rules"
[decide.findings]
"yara_rule.malware" = "reject"
"""
RULE = 'rule {name} {{ meta: severity = "malware" strings: $a = "{text}" condition: $a }}\n'


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[GateProcess]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "trees.yar").write_text(RULE.format(name="oak", text="oak boards"))
    config = tmp_path / "gatepost.toml"
    config.write_text(SETTINGS)
    maildir = str(tmp_path / "Maildir")
    gate = GateProcess(tmp_path, ("--config", str(config), "--maildir", maildir, "--workers", "1"))
    gate.start()
    try:
        yield gate
    finally:
        gate.stop()


def is_refused(gate: GateProcess, text: str) -> bool:
    raw = f"From: ann@woodwork.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nSubject: Wood\r\n\r\nTwo {text}.\r\n"
    with smtplib.SMTP("127.0.0.1", gate.port, "client.example", timeout=20) as client:
        try:
            client.sendmail("ann@woodwork.example", ["bo@example.org"], raw)
        except smtplib.SMTPDataError:
            return True
    return False


def reload(gate: GateProcess, event: str) -> None:
    seen = gate.log.count(event)
    gate.signal(signal.SIGHUP)
    until = time.monotonic() + 30
    while gate.log.count(event) == seen:
        assert time.monotonic() < until, gate.log
        time.sleep(0.02)


def test_rules_are_read_again_on_sighup_and_wrong_ones_leave_the_old_ones_in_force(gate: GateProcess) -> None:
    folder = gate.folder / "rules"
    assert is_refused(gate, "oak boards")
    assert not is_refused(gate, "ash boards")
    (folder / "more.yar").write_text(RULE.format(name="ash", text="ash boards"))
    reload(gate, '"reloaded"')
    assert is_refused(gate, "ash boards")
    (folder / "more.yar").write_text("rule ash {\n condition: birch }\n")
    reload(gate, '"reload_refused"')
    assert "more.yar:2: unknown identifier `birch`" in gate.log
    assert is_refused(gate, "ash boards")
