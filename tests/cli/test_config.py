import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gatepost.cli import app
from gatepost.config.reference import build_reference

TEXT = """\
hostname = "mx.example.org"
[decide]
shadow = true
[deliver]
upstream = "smtp://10.0.0.1"
allow_plaintext = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gatepost.toml"
    path.write_text(TEXT, "utf-8")
    return path


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, ["config", *words])


def test_show_tells_each_value_and_where_it_came_from(file: Path) -> None:
    rows = [json.loads(line) for line in invoke("show", "--config", str(file), "--json").stdout.splitlines()]
    told = {row["setting"]: (row["value"], row["origin"]) for row in rows}
    assert told["hostname"] == ("mx.example.org", f"{file}:1")
    assert told["smtp.listen"] == (["127.0.0.1:2525"], "default")
    assert told["workers"][1] == "this machine"
    assert told["deliver.upstream"] == ("smtp://10.0.0.1", f"{file}:5")


def test_show_for_people_names_settings_as_the_file_does(file: Path) -> None:
    shown = invoke("show", "--config", str(file), "--state", "/srv/gate").stdout
    lines = {cells[0]: cells[1:] for cells in (re.split(r"\s{2,}", line.strip()) for line in shown.splitlines())}
    assert lines["state"] == ['"/srv/gate"', "--state"]
    assert lines["[decide] shadow"] == ["true", f"{file}:3"]


def test_check_finds_no_mistake_and_tells_what_is_weak(file: Path) -> None:
    result = invoke("check", str(file))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{file}: no mistakes.",
        "WEAK: [decide] shadow = true: shadow mode: everything is judged, and everything is delivered",
        "WEAK: [deliver] allow_plaintext = true",
    ]


def test_check_as_json_names_what_is_weak(file: Path) -> None:
    told = json.loads(invoke("check", str(file), "--json").stdout)
    assert told == {"file": str(file), "weak": ["[decide] shadow", "[deliver] allow_plaintext"]}


def test_check_tells_every_mistake_and_ends_with_2(file: Path) -> None:
    file.write_text("worker = 1\n[smtp]\nidle_timeut_s = 5\n")
    result = invoke("check", str(file))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{file}:1: worker is not a setting; did you mean workers?",
        f"{file}:3: [smtp] idle_timeut_s is not a setting; did you mean idle_timeout_s?",
    ]


def test_check_tells_what_only_a_part_can_see(file: Path) -> None:
    file.write_text('[deliver]\nupstream = "x"\n')
    result = invoke("check", str(file))
    assert (result.exit_code, result.stderr.startswith(f"{file}:1: deliver is wrong:")) == (2, True)


def test_the_reference_is_printed_as_it_is_built() -> None:
    assert invoke("reference").stdout == build_reference()


def test_check_names_file_and_line_of_a_rule_that_cannot_be_compiled(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.yar").write_text("rule a {\n condition: birch }\n")
    file = tmp_path / "gatepost.toml"
    file.write_text('[screen.yara]\nfolder = "rules"\n')
    result = invoke("check", str(file))
    assert result.exit_code == 2
    assert "own.yar:2: unknown identifier `birch`" in result.stderr
