import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bench.process import list_tree, pick_port, read_memory, read_trees_cpu_s, run_server, wait_for_greeting

BURN = "import time\nwhile time.process_time() < 0.2: pass\n"


def test_the_cpu_of_a_child_that_has_ended_is_still_counted(tmp_path: Path) -> None:
    parent = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {BURN!r}]); print(); time.sleep(60)"
    with run_server([sys.executable, "-uc", parent], log=tmp_path / "log") as server:
        while not (tmp_path / "log").read_bytes():
            time.sleep(0.02)
        assert read_trees_cpu_s([server.pid]) > 0.19
        assert read_memory([server.pid]).rss_mb > read_memory([server.pid]).pss_mb > 1


def test_nothing_of_a_server_outlives_its_block(tmp_path: Path) -> None:
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    with run_server([sys.executable, "-c", parent], log=tmp_path / "log") as server:
        while len(tree := list_tree(server.pid)) < 2:
            time.sleep(0.02)
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in tree)


def test_a_process_that_is_gone_costs_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert (read_trees_cpu_s([gone.pid]), read_memory([gone.pid]).rss_mb) == (0, 0)


def test_a_server_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with run_server([sys.executable, "-c", "print('no port for me')"], log=log) as server:
        server.wait()
        with pytest.raises(RuntimeError, match="no port for me"):
            wait_for_greeting(server, pick_port(), log)
