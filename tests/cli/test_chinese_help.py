"""Chinese readers get help and complaints in Chinese; in processes of their own, for Typer's words change for good."""

import os
import re
import subprocess
import sys

import pytest

from gatepost.cli import COMMANDS

GROUPS = {
    "quarantine": ("list", "show", "release", "report", "delete"),
    "queue": ("list", "history", "retry", "cancel"),
    "feeds": ("list", "update", "check", "add"),
    "config": ("show", "check", "reference"),
    "model": ("train", "learn", "evaluate", "pack", "explain"),
}
_ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "COLUMNS": "200"}
    command = [sys.executable, "-m", "gatepost.cli", *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=variables, check=False)


def test_no_help_is_left_in_english() -> None:
    places = [[name] for name in COMMANDS] + [[group, name] for group, names in GROUPS.items() for name in names]
    program = (
        f"from typer.testing import CliRunner\nfrom gatepost.cli import app\nfor place in [[], *{places!r}]:\n"
        "    print(*place)\n    print(CliRunner().invoke(app, [*place, '--help']).output)\n"
    )
    variables = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", env=variables, check=True
    )
    assert done.stdout.count("用法：") == len(places) + 1
    assert done.stdout.count("显示此帮助并退出。") == len(places) + 1
    lines = [line for line in done.stdout.splitlines() if "用法：" not in line]
    assert [line for line in lines if _ENGLISH.search(re.sub("`[^`]*`", "", line))] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["quarantin"], "没有命令 'quarantin'。是否指 'quarantine'？"),
        (["--no-such"], "没有选项 --no-such"),
        (["queue", "list", "--jsn"], "没有选项 --jsn（可能是：--json）"),
        (["quarantine", "show"], "缺少参数 'MAIL'。"),
        (["queue", "history", "--limit", "0"], "'--limit' 的值无效：应不小于 1"),
        (["feeds", "add", "a", "b", "--threat", "x"], "'--threat' 的值无效：'x' 不属于"),
        (["serve", "--maildir", "a", "--upstream", "b"], "值无效：--maildir 与 --upstream 都会接收全部邮件"),
    ],
)
def test_what_is_wrong_with_a_command_line_is_told(words: list[str], told: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert "用法：" in done.stderr
    assert "─ 错误 ─" in done.stderr
    assert told in done.stderr


def test_no_command_at_all_shows_the_help_and_no_complaint() -> None:
    done = run("quarantine")
    assert "─ 命令 ─" in done.stdout + done.stderr
    assert "错误" not in done.stderr
