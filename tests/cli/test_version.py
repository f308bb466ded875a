import json
import resource
import subprocess
import sys

from typer.testing import CliRunner

from gatepost.cli import app

MAX_START_S = 0.25  # of processor time: a loaded machine is slow, not wrong


def test_the_version_is_told_in_words_and_as_json() -> None:
    words = CliRunner().invoke(app, ["version"]).stdout
    facts = json.loads(CliRunner().invoke(app, ["version", "--json"]).stdout)
    assert words.startswith(f"gatepost {facts['gatepost']} (Python {facts['python']}, Linux")
    assert CliRunner().invoke(app, ["--version"]).stdout == words


def test_it_answers_before_anybody_waits() -> None:
    command = [sys.executable, "-m", "gatepost.cli", "version"]
    assert min(_measure_s(command) for _ in range(4)) < MAX_START_S


def _measure_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
