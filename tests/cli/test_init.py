import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gatepost.cli import COMMANDS, EXIT_BAD_USAGE, EXIT_FAILED, app


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gatepost.cli", *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env={**os.environ, **variables}, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_noun_explains_itself(name: str) -> None:
    result = invoke(name, "--help")
    assert result.exit_code == 0, result.output
    assert f"gatepost {name}" in result.stdout


@pytest.mark.parametrize("name", ["scan", "replay"])
def test_what_programs_call_tells_its_exit_codes(name: str) -> None:
    assert "Exit code 0: " in " ".join(invoke(name, "--help").stdout.split())


def test_help_lists_every_noun() -> None:
    listed = invoke("--help").stdout
    assert [name for name in COMMANDS if f" {name} " not in listed] == []


def test_a_mistyped_noun_is_answered_with_the_nearest_one() -> None:
    result = invoke("quarantin")
    assert result.exit_code == EXIT_BAD_USAGE
    assert "quarantine" in result.stderr


def test_a_user_s_mistake_ends_with_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = run("config", "check", str(tmp_path / "none.toml"))
    assert done.returncode == EXIT_BAD_USAGE
    assert done.stderr == f"{tmp_path / 'none.toml'} cannot be read: No such file or directory\n"


def test_a_user_s_mistake_is_told_in_the_user_s_language(tmp_path: Path) -> None:
    file = tmp_path / "gate.toml"
    file.write_text('[smtp]\nmax_size_bytes = 3\nmax_mail = 1\n[decide]\nfindings = { "no.such" = "flag" }\n')
    done = run("config", "check", str(file), LC_ALL="zh_CN.UTF-8", PYTHONIOENCODING="utf-8")
    assert done.returncode == EXIT_BAD_USAGE
    assert done.stderr.splitlines() == [
        f"{file}:2：[smtp] max_size_bytes 不能为 3；应为整数（65536 至 524288000）",
        f"{file}:3：[smtp] max_mail 不是设置项；是否指 max_mails？",
    ]


def test_a_sentence_about_a_mistake_cannot_drive_the_terminal() -> None:
    assert run("config", "check", "\x1b[2J").stderr == "\\x1b[2J cannot be read: No such file or directory\n"


def test_the_traceback_can_be_had(tmp_path: Path) -> None:
    done = run("config", "check", str(tmp_path / "none.toml"), GATEPOST_DEBUG="1")
    assert "Traceback" in done.stderr
    assert "FileNotFoundError" in done.stderr


def test_what_nobody_foresaw_is_told_in_a_sentence_with_the_way_to_see_more() -> None:
    program = "from gatepost.cli import COMMANDS, main; COMMANDS['version'] = 'math:nothing_like_this'; main()"
    done = subprocess.run([sys.executable, "-c", program, "version"], capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_FAILED
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("gatepost failed: ")
    assert "GATEPOST_DEBUG=1" in done.stderr


def test_no_command_at_all_shows_the_help() -> None:
    assert "quarantine" in invoke().output


def test_a_terminal_without_the_characters_still_gets_the_answer(tmp_path: Path) -> None:
    file = tmp_path / "设置.toml"
    file.write_text('state = "x"\n')
    done = run("config", "check", str(file), PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/\\u8bbe\\u7f6e.toml: no mistakes.\n")


def test_a_reader_that_goes_away_is_no_bug() -> None:
    command = f"{sys.executable} -m gatepost.cli config show --json | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (len(done.stdout), done.stderr) == (10, "")
