"""`gatepost replay`: the same verdict from a real gate's books, told side by side; every change is named."""

import json
import smtplib
import time
from pathlib import Path

from typer.testing import CliRunner, Result

from gate_process import GateProcess, running_gate
from gatepost.cli import app

HELD_ID = "a" * 32
MAIL = (
    b"From: PayPal <x@y.example>\r\nTo: you@example.org\r\nSubject: Your account\r\nContent-Type: text/html\r\n\r\n"
    b'<p>Verify your password.</p><a href="http://y.example/">https://www.paypal.com/</a>\r\n'
)
SETTINGS = '[recipients]\ndomains = ["example.org"]\n[origin]\nenabled = false\n'


def invoke(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["replay", *words, "--state", str(state)])


def send(gate: GateProcess) -> str:
    """Give a mail to the gate; give the name under which it is kept."""
    with smtplib.SMTP("127.0.0.1", gate.port, timeout=20) as client:
        client.sendmail("x@y.example", ["you@example.org"], MAIL)
    until = time.monotonic() + 20
    while not (listed := CliRunner().invoke(app, ["quarantine", "list", "--json", "--state", str(gate.state)])).stdout:
        assert time.monotonic() < until, gate.log
    name: str = json.loads(listed.stdout)["mail_id"]
    return name


def test_a_running_gate_and_its_books_give_the_same_verdict_again(tmp_path: Path) -> None:
    config = tmp_path / "gatepost.toml"
    config.write_text(SETTINGS)
    with running_gate(tmp_path, "--config", str(config), "--maildir", str(tmp_path / "Maildir")) as gate:
        name = send(gate)
        asked = invoke(gate.state, name[:12], "--config", str(config), "--json")
    assert asked.exit_code == 0, asked.output
    told = json.loads(asked.stdout)
    assert (told["same"], told["mail"], told["differences"], told["circumstances"]) == (True, name, [], [])
    assert told["recorded"] == told["now"]
    assert told["now"]["model"].startswith("m")
    later = invoke(gate.state, name, "--config", str(config))
    assert (later.exit_code, later.stdout.splitlines()[-1]) == (0, "The same verdict.")
    otherwise = invoke(gate.state, name, "--config", str(config), "--model", "none")
    assert otherwise.exit_code == 1
    assert f"judged otherwise: model was {told['now']['model']}, now nothing" in otherwise.stdout


def test_what_differs_is_named_and_the_exit_code_says_so(state: Path) -> None:
    result = invoke(state, HELD_ID)
    assert result.exit_code == 1
    assert "different: score was 0.980000, now 0." in result.stdout
    assert "different: finding link_mismatch.host was The link lies., now nothing" in result.stdout
    assert "judged otherwise: gatepost was nothing, now " in result.stdout
    assert result.stdout.splitlines()[-1] == "Another verdict."
    assert "\x1b" not in result.stdout


def test_what_differs_is_data_for_programs(state: Path) -> None:
    result = invoke(state, HELD_ID, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["same"]) == (1, False)
    assert {"what": "model", "recorded": "", "now": told["now"]["model"]} in told["circumstances"]
    assert told["recorded"]["decisions"][0]["recipient"] == "you@example.org"


def test_a_mail_that_nobody_knows_is_told_in_a_sentence(state: Path) -> None:
    result = invoke(state, "c" * 32)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no such mail" in result.stderr


def test_a_mail_whose_bytes_are_gone_cannot_be_judged_again(state: Path) -> None:
    invoke(state, HELD_ID)  # the books know it now
    for journal in (state / "journal").glob("*.journal"):
        journal.unlink()
    result = invoke(state, HELD_ID)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no longer kept" in result.stderr
