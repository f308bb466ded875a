"""Servers under measurement: start them, read what they cost, stop them by their process id.

CPU is the time on a core of every thread of every process in the tree, as the kernel's clock of each process tells it
in nanoseconds, together with the children that have ended meanwhile (/proc/PID/stat, in ticks).
"""

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 20.0
QUIET_DEADLINE_S = 90.0
QUIET_INTERVAL_S = 0.25
QUIET_INTERVALS = 2  # in a row: on a busy machine a server may have work left and not get a core for a while
QUIET_SHARE = 0.04  # of one core: what an idle server with timers may still use

_PROC = Path("/proc")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_CPU_CLOCK = 2  # clock_getcpuclockid(3): the clock of a process is made of its number and this


@contextlib.contextmanager
def run_server(
    argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server in its own process group, output into `log`; end the whole group afterwards."""
    with log.open("ab") as output:
        server = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, start_new_session=True
        )
    try:
        yield server
    finally:
        stop_group(server)


def stop_group(server: "subprocess.Popen[bytes]") -> None:
    """Ask the server that we started to end; after a while, end it and all that descend from it."""
    tree = _find_tree(server.pid)
    with contextlib.suppress(ProcessLookupError):
        server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(STOP_DEADLINE_S)
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.wait(STOP_DEADLINE_S)
    deadline = time.monotonic() + STOP_DEADLINE_S
    while any(map(_is_alive, tree)) and time.monotonic() < deadline:
        time.sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pick_port() -> int:
    """Give a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_greeting(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    """Return when the server greets with 220 on `port`; raise with the end of its log when it does not."""
    deadline = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as probe:
            if probe.recv(512).startswith(b"220"):
                probe.sendall(b"QUIT\r\n")
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server does not greet on port {port}; the end of its log: {read_tail(log)}")


def read_tail(log: Path) -> str:
    """Give the last lines of a log on one line."""
    return " | ".join(log.read_text("utf-8", "replace").splitlines()[-5:]) if log.exists() else "(no log)"


def list_tree(pid: int) -> list[int]:
    """Give a process and all that descend from it."""
    return [process.pid for process in _find_tree(pid)]


def _find_tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def read_trees_cpu_s(roots: Iterable[int]) -> float:
    """Give the seconds that these processes, their descendants and their ended children were on a core."""
    return sum(read_cpu_s(list_tree(root)) for root in roots)


def read_cpu_s(pids: Iterable[int]) -> float:
    """Give the seconds that these processes and their ended children were on a core."""
    return sum(_read_process_cpu_s(pid) for pid in pids)


def _read_process_cpu_s(pid: int) -> float:
    try:
        ended_s = parse_ended_children_s((_PROC / str(pid) / "stat").read_text())
        return time.clock_gettime(~pid << 3 | _CPU_CLOCK) + ended_s
    except OSError:  # the process has ended since it was listed
        return 0.0


def parse_ended_children_s(stat: str) -> float:
    """Give cutime + cstime of a /proc/PID/stat line, whose second field may hold spaces and parentheses.

    >>> parse_ended_children_s("7 (a) b) S " + " ".join(map(str, range(4, 30)))) * os.sysconf("SC_CLK_TCK")
    33.0
    """
    fields = stat.rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * _TICK_S


@dataclass(frozen=True, slots=True)
class Memory:
    """What processes hold: `rss` with every page that they map, `pss` with their share of shared pages."""

    rss_mb: float
    pss_mb: float

    def show(self) -> str:
        """Give both in words."""
        return f"RSS {self.rss_mb:.0f} MB, PSS {self.pss_mb:.0f} MB"


def read_memory(pids: Iterable[int]) -> Memory:
    """Give the memory of these processes together."""
    rollups = [_read_rollup(pid) for pid in pids]
    return Memory(*(sum(parse_rollup_mb(rollup, name) for rollup in rollups) for name in ("Rss", "Pss")))


def _read_rollup(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:  # the process has ended since it was listed
        return ""


def parse_rollup_mb(smaps_rollup: str, name: str) -> float:
    r"""Give one line of /proc/PID/smaps_rollup in megabytes, 0.0 when it is not there.

    >>> parse_rollup_mb("Rss: 9 kB\nPss:     1000 kB\nPss_Dirty: 1 kB\n", "Pss")
    1.024
    """
    found = re.search(rf"^{name}:\s+(\d+) kB$", smaps_rollup, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def wait_until_quiet(roots: Sequence[int]) -> None:
    """Return when the server has worked off what it took in: its next measurement must not pay for the last."""
    deadline = time.monotonic() + QUIET_DEADLINE_S
    before = read_trees_cpu_s(roots)
    quiet_count = 0
    while quiet_count < QUIET_INTERVALS and time.monotonic() < deadline:
        time.sleep(QUIET_INTERVAL_S)
        now = read_trees_cpu_s(roots)
        quiet_count = quiet_count + 1 if abs(now - before) < QUIET_SHARE * QUIET_INTERVAL_S else 0
        before = now
