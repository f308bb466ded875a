"""A clamd of our own beside the gate, with a single signature: what asking costs, not what ClamAV's signatures cost."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.process import read_tail, run_server
from bench.row import Unmeasurable

START_DEADLINE_S = 20.0
_SIGNATURE = "Bench.Test:0:*:" + b"no mail of the corpus says this".hex()
_SETTINGS = """\
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}
Foreground yes
User root
"""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A running clamd."""

    address: str  # as [antivirus] clamd has it
    pid: int


@contextlib.contextmanager
def run_clamd(folder: Path) -> Iterator[Clamd]:
    """Run it until the block ends."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin")
    if program is None:
        raise Unmeasurable("clamd is not installed; apt-get install clamav-daemon")
    (folder / "database").mkdir(parents=True)
    (folder / "database" / "bench.ndb").write_text(f"{_SIGNATURE}\n")
    settings, socket = folder / "clamd.conf", folder / "clamd.ctl"
    settings.write_text(_SETTINGS.format(folder=folder))
    with run_server([program, "-c", str(settings)], log=folder / "log") as server:
        deadline = time.monotonic() + START_DEADLINE_S
        while not socket.exists():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"clamd does not start; the end of its log: {read_tail(folder / 'log')}")
            time.sleep(0.05)
        yield Clamd(f"unix:{socket}", server.pid)
