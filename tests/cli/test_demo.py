import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from gatepost.cli.demo import record_results, show_results
from gatepost.cli.demo_mails import Ending, load_examples
from gatepost.cli.demo_results import Result
from gatepost.model.errors import BadInput

EXAMPLES = load_examples()
RESULTS = [Result(example, example.ends[0], (("Seen: \x1b[31m", "见"),), "550 5.7.1") for example in EXAMPLES]


def test_every_mail_ends_as_it_must_and_nothing_stays_behind(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "gatepost.cli", "demo", "--json", "--record", str(tmp_path / "demo.svg")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100, check=False)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["example"] for one in told if not one["as_expected"]] == [], done.stderr
    assert done.returncode == 0, done.stderr
    assert len(told) == len(EXAMPLES)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.svg"]


def test_where_nobody_watches_the_table_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_results(iter(RESULTS), Console(width=100, markup=False)) == RESULTS
    shown = capsys.readouterr().out
    assert len(re.findall("✓", shown)) == len(RESULTS)
    assert "\x1b" not in shown
    assert "✗" not in shown


def test_what_ended_otherwise_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    show_results([Result(EXAMPLES[0], Ending.LOST, (), "250 2.0.0")], Console(width=100, markup=False))
    assert re.search("lost.*✗", capsys.readouterr().out)


def test_the_picture_shows_every_mail_and_asks_no_other_host(tmp_path: Path) -> None:
    record_results(RESULTS, tmp_path / "demo.svg")
    drawn = (tmp_path / "demo.svg").read_text("utf-8").replace("&#160;", " ")
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert drawn.count("✓") == len(EXAMPLES)


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: No such file or directory"):
        record_results(RESULTS, tmp_path / "none" / "demo.svg")
