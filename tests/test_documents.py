"""What the pages for people say can be typed and set: commands, their options, and pieces of settings files."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from gatepost.cli import COMMANDS, _load_command
from gatepost.config.load import Configuration
from paths import PROJECT_ROOT

PAGES = (PROJECT_ROOT / "README.md", *sorted((PROJECT_ROOT / "docs").glob("*.md")))
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"`(gatepost [^`]+)`")
_TYPED = re.compile(
    r"(?:^|[|(] ?|/bin/|gatepost |env \S+ )(gatepost (?:{})\b[^|#()\n]*)".format("|".join(COMMANDS)), re.MULTILINE
)


def list_commands(page: Path) -> list[str]:
    """Give the commands of a page, whole lines and quoted ones."""
    text = page.read_text("utf-8").replace("\\\n", " ")
    blocks = [block for language, block in _FENCED.findall(text) if language in {"", "sh"}]
    return [*(typed for block in blocks for typed in _TYPED.findall(block)), *_QUOTED.findall(_FENCED.sub("", text))]


def find_mistake(words: list[str]) -> str:
    """Say which word of a command does not exist, "" where all do."""
    command: Any = None
    for word in words:
        below = COMMANDS if command is None else getattr(command, "commands", {})
        if word in below:
            command = _load_command(word) if command is None else below[word]
        elif below and not word.startswith("-"):
            return "" if not word.isalpha() or not word.islower() or "|" in word else word
        elif word.startswith("--"):
            known = {name for param in command.params for name in param.opts} if command else set()
            if word not in known | {"--help", "--version"}:
                return word
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_tells_exists_with_its_options(page: Path) -> None:
    mistakes = []
    for command in list_commands(page):
        words = shlex.split(command.replace("…", " ").replace("...", " "))[1:]
        if mistake := find_mistake(words):
            mistakes.append(f"{command}: {mistake}")
    assert mistakes == []


def test_the_pages_tell_commands() -> None:
    assert sum(len(list_commands(page)) for page in PAGES) > 60
    assert find_mistake(["queue", "list", "--jsn"]) == "--jsn"
    assert find_mistake(["queue", "lost"]) == "lost"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_piece_of_settings_that_a_page_shows_is_sound(page: Path, tmp_path: Path) -> None:
    for language, block in _FENCED.findall(page.read_text("utf-8")):
        if language == "toml":
            file = tmp_path / "gate.toml"
            file.write_text(block, "utf-8")
            Configuration.load(file)
