"""No process of the sandbox outlives the gate, and none that is lost is missed for long."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gatepost.model.contents import Opening
from gatepost.net.sandbox.sandbox import Sandbox
from sandboxes import (
    HOSTILE,
    SMALL,
    Reports,
    ask,
    find_children,
    find_nurseries,
    lives,
    make_order,
    open_one,
    wait_until,
)


def find_family(nursery: int) -> list[int]:
    """Give the nursery and its children, once all are there."""
    wait_until(lambda: len(find_children(nursery)) == SMALL.children)
    return [nursery, *find_children(nursery)]


def the_nursery() -> int:
    (nursery,) = find_nurseries()
    return nursery


def folder_of(nursery: int) -> Path:
    """Give the folder in which the children have theirs."""
    words = Path(f"/proc/{nursery}/cmdline").read_bytes().split(b"\0")
    return Path(next(json.loads(word)["folder"] for word in words if word.startswith(b"{")))


def test_nothing_is_started_before_the_first_file(sandbox: Sandbox) -> None:
    assert find_nurseries() == []
    assert ask(sandbox, "one")
    assert len(find_nurseries()) == 1


def test_when_it_is_closed_nothing_of_it_is_left(reports: Reports) -> None:
    sandbox = Sandbox(SMALL, reports, desks=HOSTILE)
    assert ask(sandbox, "write-own 100")
    family, folder = find_family(the_nursery()), folder_of(the_nursery())
    assert folder.exists()
    sandbox.close()
    assert not any(map(lives, family))
    wait_until(lambda: not folder.exists())
    assert open_one(sandbox, "one").traits[0].code == "opening.down"


def test_when_it_is_forgotten_nothing_of_it_is_left() -> None:
    sandbox = Sandbox(SMALL, desks=HOSTILE)
    assert ask(sandbox, "one")
    family = find_family(the_nursery())
    del sandbox
    wait_until(lambda: not any(map(lives, family)))


def test_a_child_that_is_killed_while_it_waits_costs_no_file(sandbox: Sandbox) -> None:
    assert ask(sandbox, "one")
    nursery, *children = find_family(the_nursery())
    for child in children:
        os.kill(child, signal.SIGKILL)
    wait_until(lambda: not any(map(lives, children)))
    assert [file.opening for file in sandbox.open(make_order("one", "two")).files] == [Opening.OPENED] * 2
    assert find_nurseries() == [nursery]


@pytest.mark.parametrize("which", [0, 1])  # one of the two is at work
def test_a_child_that_is_killed_at_work_costs_no_file(sandbox: Sandbox, which: int) -> None:
    assert ask(sandbox, "one")
    _, *children = find_family(the_nursery())
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {children[which]}"])
    files = sandbox.open(make_order("sleep 1", "two")).files
    killer.wait()
    assert [file.opening for file in files] == [Opening.OPENED] * 2


def test_a_nursery_that_is_killed_takes_its_children_with_it_and_is_replaced(
    sandbox: Sandbox, reports: Reports
) -> None:
    assert ask(sandbox, "one")
    family, folder = find_family(the_nursery()), folder_of(the_nursery())
    os.kill(family[0], signal.SIGKILL)
    wait_until(lambda: not any(map(lives, family)))
    wait_until(lambda: not folder.exists())
    assert ask(sandbox, "one") == "1 a/b secret"
    assert len(reports.of("sandbox_nursery_died")) == 1


def test_a_file_is_not_blamed_for_the_end_of_the_nursery(sandbox: Sandbox) -> None:
    assert ask(sandbox, "one")
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {the_nursery()}"])
    files = sandbox.open(make_order("sleep 1", "two")).files
    killer.wait()
    assert [file.opening for file in files] == [Opening.OPENED] * 2


def test_no_process_outlives_a_gate_that_is_killed() -> None:
    program = (
        "from sandboxes import *; s = Sandbox(SMALL, desks=HOSTILE); ask(s, 'one');"
        "print(find_nurseries()[0], flush=True); s.open(make_order('hang'))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment) as gate:
        assert gate.stdout is not None
        family = find_family(int(gate.stdout.readline()))
        time.sleep(0.1)  # now a child is busy
        gate.kill()
        wait_until(lambda: not any(map(lives, family)))


def test_a_nursery_that_cannot_begin_is_told_once_and_costs_a_mail_no_time(reports: Reports) -> None:
    sandbox = Sandbox(SMALL, reports, desks="hostile_desks:break_at_start")
    started_s = time.monotonic()
    for _ in range(20):
        assert open_one(sandbox, "one").traits[0].code == "opening.down"
    took_s = time.monotonic() - started_s
    told = reports.of("sandbox_nursery_died")
    assert took_s < 10
    assert len(told) < 10  # not for each mail
    assert sum(float(str(words["restart_in_s"])) for words in told[:-1]) < took_s  # each wait was kept
    assert told[0]["says"] == "ImportError: no such library"
    sandbox.close()
    assert find_nurseries() == []


@pytest.mark.parametrize("mails_per_child", [1, 7])
def test_many_mails_leak_nothing(mails_per_child: int, reports: Reports) -> None:
    settings = type(SMALL)(deadline_s=4, memory_mb=256, max_file_mb=8, mails_per_child=mails_per_child)
    sandbox = Sandbox(settings, reports, desks=HOSTILE)
    assert ask(sandbox, "one")
    nursery, *_ = find_family(the_nursery())
    before = (count_files(os.getpid()), count_files(nursery), memory_kb(nursery))
    for _ in range(150):
        assert ask(sandbox, "write-own 100") == "100 1"
    wait_until(lambda: len(find_children(nursery)) == SMALL.children)
    wait_until(lambda: count_files(os.getpid()) <= before[0] + SMALL.children)
    wait_until(lambda: count_files(nursery) <= before[1] + SMALL.children)  # one for each child
    assert memory_kb(nursery) < before[2] + 4_000
    assert len(list(folder_of(nursery).iterdir())) == SMALL.children
    sandbox.close()


def count_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory_kb(pid: int) -> int:
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0])
