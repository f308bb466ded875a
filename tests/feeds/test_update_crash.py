"""Whatever moment an update is killed at, the table in use is whole: the old one or the new one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gatepost.feeds.names import read_url
from gatepost.feeds.settings import Threat
from gatepost.feeds.shelf import FeedShelf
from gatepost.feeds.table import Table

ENTRIES = 3_000
LIVES = 8


def write_list(path: Path, letter: str) -> None:
    path.write_text("".join(f"https://{letter}.example/{number}\n" for number in range(ENTRIES)))


def find_letters(state: Path) -> set[str]:
    """Give whose entries are in the table, all of them."""
    shelf = FeedShelf(state, {"a": Threat.PHISHING})
    assert shelf.refresh() == []
    found: set[str] = set()
    for letter in "xy":
        reads = (read_url(f"https://{letter}.example/{number}") for number in range(0, ENTRIES, 100))
        answers = {shelf.find_url(read) is not None for read in reads if read}
        assert len(answers) == 1
        found |= {letter} if answers == {True} else set()
    return found


@pytest.mark.slow
def test_an_update_killed_at_any_moment_leaves_a_whole_table(tmp_path: Path) -> None:
    state, source, config = tmp_path / "state", tmp_path / "list.txt", tmp_path / "gatepost.toml"
    state.mkdir()
    config.write_text(f'state = "{state}"\n[feeds.lists.a]\nfile = "list.txt"\n')
    command = [sys.executable, "-m", "gatepost.cli", "feeds", "update", "--force", "--config", str(config)]
    write_list(source, "x")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for life in range(LIVES):
        write_list(source, "yx"[life % 2])
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 20
        while not (state / "feeds" / "a.table.new").exists() and process.poll() is None:
            assert time.monotonic() < until
        time.sleep(life * 0.001)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert len(find_letters(state)) == 1
    write_list(source, "y")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert find_letters(state) == {"y"}
    assert {path.name for path in (state / "feeds").iterdir()} == {"a.table", "a.json", "a.lock", "old", "salt"}
    former = {path.name: Table.open(path).info.sha256 for path in (state / "feeds" / "old").iterdir()}
    assert former.keys() == {f"a.{version}.table" for version in former.values()}
    assert 1 <= len(former) <= 2
