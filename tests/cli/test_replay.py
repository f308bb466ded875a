"""`gatepost replay`: the same verdict from a real gate's books, told side by side; every change is named."""

import json
import shutil
import smtplib
import time
from pathlib import Path

from typer.testing import CliRunner, Result

from gate_process import GateProcess, running_gate
from gatepost.cli import app
from gatepost.screen.classifier.pack import read_pack, write_pack
from gatepost.screen.kit import find_default_model

HELD_ID = "a" * 32
MAIL = (
    b"From: PayPal <x@y.example>\r\nTo: you@example.org\r\nSubject: Your account\r\nContent-Type: text/html\r\n\r\n"
    b'<p>Verify your password.</p><a href="http://y.example/">https://www.paypal.com/</a>\r\n'
)
BY_DEFAULT = "The default settings judged; to judge by the gate's own, name its file with --config."
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
    assert BY_DEFAULT not in later.stdout
    assert BY_DEFAULT in invoke(gate.state, name).stdout
    otherwise = invoke(gate.state, name, "--config", str(config), "--model", "none")
    assert otherwise.exit_code == 1
    assert f"judged otherwise: model was {told['now']['model']}, now nothing" in otherwise.stdout


def write_judges(folder: Path, version: str, shift: float, listed: str) -> None:
    """Write the model and the list that the settings name."""
    pack = read_pack(find_default_model())
    header = {**pack.header, "version": version, "offset": pack.header["offset"] + shift}
    (folder / "mine.new").write_bytes(write_pack(header, pack.arrays))
    (folder / "mine.new").replace(folder / "mine.gpm")  # whoever has mapped the former file keeps it
    (folder / "bad.txt").write_text(listed)


def test_a_mail_is_judged_by_the_model_and_the_list_of_its_day(tmp_path: Path) -> None:
    config = tmp_path / "gatepost.toml"
    config.write_text(f'{SETTINGS}[screen]\nmodel = "mine.gpm"\n[feeds.lists.bad]\nfile = "bad.txt"\n')
    words = ("--config", str(config), "--state", str(tmp_path / "state"))
    write_judges(tmp_path, "m-first", 0.2, "http://y.example/\n")
    (tmp_path / "state").mkdir(mode=0o700)
    assert CliRunner().invoke(app, ["feeds", "update", *words]).exit_code == 0
    with running_gate(tmp_path, "--config", str(config), "--maildir", str(tmp_path / "Maildir")) as gate:
        name = send(gate)
        wait_for_copy(gate.state)
        write_judges(tmp_path, "m-second", -20.0, "http://other.example/\n")
        assert CliRunner().invoke(app, ["feeds", "update", *words]).exit_code == 0
        asked = invoke(gate.state, name, "--config", str(config), "--json")
        told = json.loads(asked.stdout)
        assert (asked.exit_code, told["same"], told["circumstances"], told["missing"]) == (0, True, [], [])
        assert told["now"]["model"] == "m-first"
        assert "listed_url.phishing" in told["now"]["findings"]
        present = invoke(gate.state, name, "--config", str(config), "--now")
        assert present.exit_code == 1
        assert "judged otherwise: model was m-first, now m-second" in present.stdout
        assert "judged otherwise: list bad was " in present.stdout
    shutil.rmtree(gate.state / "models")
    gone = invoke(gate.state, name, "--config", str(config))
    assert gone.exit_code == 1
    assert "No longer kept: model m-first; what is in force now judged in its place." in gone.stdout
    assert "list bad" not in gone.stdout


def wait_for_copy(state: Path) -> None:
    until = time.monotonic() + 20
    while not list(state.glob("models/m-first.*.gpm")):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_differs_is_named_and_the_exit_code_says_so(state: Path) -> None:
    result = invoke(state, HELD_ID)
    assert result.exit_code == 1
    assert "different: score was 0.980000, now 0." in result.stdout
    assert "different: finding link_mismatch.host was The link lies., now nothing" in result.stdout
    assert "different: action for you@example.org was " in result.stdout
    assert "different: says" not in result.stdout
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
