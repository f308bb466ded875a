import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gatepost.cli import app

FILE_HASH = hashlib.sha256(b"x").hexdigest()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    own = tmp_path / "own.txt"
    own.write_text(f"https://evil.example/a\nbad.example\nhttps://docs.google.com/\n{FILE_HASH}\n")
    path = tmp_path / "gatepost.toml"
    path.write_text(f'state = "{tmp_path}/state"\n[feeds.lists.own]\nfile = "own.txt"\nthreat = "malware"\n')
    return path


def invoke(config: Path, *words: str, language: str = "C") -> Result:
    return CliRunner().invoke(
        app, ["feeds", *words, "--config", str(config)], env={"LC_ALL": language, "COLUMNS": "200"}
    )


def test_a_list_is_updated_listed_and_asked(config: Path) -> None:
    assert invoke(config, "update").stdout == "own: updated, 3 entries\n"
    assert invoke(config, "update", "own", "--json").stdout.strip() == (
        '{"list": "own", "result": "unchanged", "says": "nothing new"}'
    )
    (row,) = map(json.loads, invoke(config, "list", "--json").stdout.splitlines())
    assert (row["list"], row["entries"], row["refused"], row["trouble"]) == ("own", 3, 1, "")
    assert row["age_s"] < 60
    assert len(row["version"]) == 64
    shown = invoke(config, "list").stdout
    assert "just now" in shown
    assert "own.txt" in shown


@pytest.mark.parametrize(
    ("asked", "entry"),
    [
        ("http://evil.example:80/a?x", "evil.example/a"),
        ("https://www.bad.example/any", "bad.example"),
        ("bad.example", "bad.example"),
        (FILE_HASH.upper(), FILE_HASH),
    ],
)
def test_what_a_list_names_is_told_and_gives_one(config: Path, asked: str, entry: str) -> None:
    invoke(config, "update")
    result = invoke(config, "check", asked)
    assert (result.exit_code, result.stdout) == (1, f"{asked}: malware, list own, by its entry {entry}\n")
    (row,) = map(json.loads, invoke(config, "check", "--json", asked).stdout.splitlines())
    assert (row["is_listed"], row["list"], row["entry"]) == (True, "own", entry)
    assert "恶意软件" in invoke(config, "check", asked, language="zh_CN.UTF-8").stdout


def test_what_no_list_names_gives_zero(config: Path) -> None:
    invoke(config, "update")
    result = invoke(config, "check", "https://docs.google.com/", "https://evil.example/")
    assert (result.exit_code, result.stdout.count("no list names it")) == (0, 2)


def test_what_cannot_be_asked_for_is_told(config: Path) -> None:
    result = invoke(config, "check", "not a url")
    assert (result.exit_code, "no URL, no domain" in result.stderr) == (2, True)


def test_a_list_that_cannot_be_updated_gives_three_and_is_shown(config: Path) -> None:
    (config.parent / "own.txt").unlink()
    result = invoke(config, "update")
    assert (result.exit_code, "cannot be read" in result.stderr) == (3, True)
    (row,) = map(json.loads, invoke(config, "list", "--json").stdout.splitlines())
    assert "cannot be read" in row["trouble"]
    assert row["age_s"] is None
    assert "never" in invoke(config, "list").stdout


def test_an_unknown_list_is_told_with_those_that_are_known(config: Path) -> None:
    result = invoke(config, "update", "onw")
    assert (result.exit_code, "known: own" in result.stderr) == (2, True)


def test_a_list_is_added_to_the_settings(config: Path) -> None:
    words = ("add", "openphish", "https://feeds.example/feed.txt")
    assert "[feeds.lists.openphish]\nurl = " in CliRunner().invoke(app, ["feeds", *words]).stdout
    assert invoke(config, *words).exit_code == 0
    rows = [json.loads(line) for line in invoke(config, "list", "--json").stdout.splitlines()]
    assert [row["list"] for row in rows] == ["own", "openphish"]
    assert invoke(config, *words).exit_code == 2


def test_without_lists_help_is_offered(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["feeds", "list", "--state", str(tmp_path)], env={"LC_ALL": "C"})
    assert "gatepost feeds add" in result.stdout
