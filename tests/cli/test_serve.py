import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gate_process import find_free_port, running_gate
from gatepost.cli import app


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "999"], "--workers: workers cannot be 999; it must be a whole number from 0 to 256"),
        (["--smtp", "nowhere"], "--smtp: smtp is wrong: 'nowhere' is not an address"),
        (["--domain", "-"], '--domain: [recipients] domains, element 1, cannot be "-"'),
        (["--dns", "1.1.1.1"] * 9, "--dns: [dns] servers cannot be"),
        (["--hostname", "a..b"], '--hostname: hostname cannot be "a..b"'),
        (["--metrics", "x"], "--metrics: metrics is wrong: 'x' is not an address"),
        (["--upstream", "x"], "--upstream: deliver is wrong: [deliver] upstream cannot be 'x'"),
    ],
)
def test_a_mistake_in_a_flag_is_told_with_the_flag_and_ends_with_2(words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["serve", *words])
    assert result.exit_code == 2
    assert result.stderr.startswith(said)


@pytest.mark.parametrize(
    "words", [["--screening", "perhaps"], ["--workers", "many"], ["--maildir", "m", "--upstream", "smtp://x"]]
)
def test_a_flag_of_another_kind_is_a_usage_error(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["serve", *words]).exit_code == 2


def test_a_way_out_on_the_command_line_puts_the_file_s_aside(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.toml"
    file.write_text('[deliver]\nmaildir = "m"\n')
    result = CliRunner().invoke(app, ["serve", "--config", str(file), "--upstream", "smtp://x", "--hostname", "-"])
    assert result.stderr.startswith("--hostname:")  # and nothing about a maildir beside an upstream
    assert len(result.stderr.splitlines()) == 1


def test_a_gate_starts_without_a_file_and_its_lines_to_try_it_work(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        lines = [line.strip() for line in gate.log.splitlines()]
        assert any(f"127.0.0.1:{gate.port} (STARTTLS offered)" in line for line in lines)
        python, quarantine = (next(line for line in lines if word in line) for word in (" -c ", "quarantine list"))
        subprocess.run(shlex.split(python), check=True)
        (mail,) = gate.wait_for_mails(1)
        assert mail.endswith(b"Subject: hello\r\n\r\nIt works.\r\n")
        listed = subprocess.run(shlex.split(quarantine), check=True, capture_output=True, text=True)
        assert listed.stdout == "nothing\n"
        gate.signal(signal.SIGHUP)
        gate.wait_for_mails(1)


def test_a_door_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with running_gate(tmp_path, "--workers", "1") as gate:
        door = f"127.0.0.1:{gate.metrics_port}"
        command = [sys.executable, "-m", "gatepost.cli", "serve", "--state", str(tmp_path / "other"), "--smtp", door]
        second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 2
    assert f"{door} cannot be listened on" in second.stderr.splitlines()[-1]


def test_ctrl_c_ends_it_in_peace(tmp_path: Path) -> None:
    port = find_free_port()
    command = [sys.executable, "-m", "gatepost.cli", "serve", "--state", str(tmp_path / "s"), "--metrics", ""]
    with subprocess.Popen([*command, "--smtp", f"127.0.0.1:{port}"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "ready" in line:
                break
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
