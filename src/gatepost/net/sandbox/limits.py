"""What a child of the sandbox may take of the machine: memory, time, files.

Fails: OSError where the machine does not even let a process limit itself.
"""

import math
import resource
import signal
from pathlib import Path

from gatepost.net.sandbox.frames import Limits

MAX_OPEN_FILES = 48
GRACE_S = 1.0  # the gate ends a child that is late; a child does so itself only when the gate does not
_PAGE_BYTES = resource.getpagesize()


def limit_life(limits: Limits) -> None:
    """Set what holds until the process ends."""
    mapped_bytes, data_bytes = _measure_itself()  # what it has from the nursery is nothing that it takes
    _lower(resource.RLIMIT_DATA, data_bytes + limits.memory_bytes)
    _lower(resource.RLIMIT_AS, mapped_bytes + limits.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, limits.written_bytes)
    _lower(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _lower(resource.RLIMIT_NPROC, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_MEMLOCK, 0)
    _lower(resource.RLIMIT_MSGQUEUE, 0)
    _lower(resource.RLIMIT_CPU, limits.life_cpu_s)


def limit_order(deadline_s: float) -> None:
    """Let the process die by itself when this order takes too long."""
    signal.setitimer(signal.ITIMER_REAL, deadline_s + GRACE_S)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = math.ceil(used.ru_utime + used.ru_stime + deadline_s + GRACE_S)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_s, hard), hard))


def end_order() -> None:
    """The order is done: nothing ends the process while it waits."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _measure_itself() -> tuple[int, int]:
    """Give the bytes of all that is mapped, and of data in it (proc(5), statm)."""
    fields = Path("/proc/self/statm").read_text("ascii").split()
    return int(fields[0]) * _PAGE_BYTES, int(fields[5]) * _PAGE_BYTES


def _lower(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(which, (most, most))
