"""What a large mail took goes back to the system, though many small blocks came and went with it."""

import subprocess
import sys

import pytest

from gatepost.daemon.memory import TRIM_BYTES, give_memory_back

WORK = """
import resource, sys
from gatepost.daemon.memory import give_memory_back
if sys.argv[1] == "yes":
    give_memory_back()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
bytes(33_000_000)  # glibc learns from it to keep blocks of that size
before = resident()
held = [bytes(256 * 1024) for _ in range(200)]
del held
print((resident() - before) >> 20)
"""


def measure(word: str) -> int:
    told = subprocess.run([sys.executable, "-c", WORK, word], capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(not give_memory_back(), reason="another C library than glibc")
def test_freed_memory_goes_back() -> None:
    assert measure("yes") <= TRIM_BYTES >> 20 < measure("no")
