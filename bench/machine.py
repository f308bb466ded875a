"""The machine in words, so that figures can be compared; never its name or addresses."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

PEER_PACKAGES = ("postfix", "rspamd", "spamassassin")
CORES = 2


def keep_to_cores() -> None:
    """Run on two cores, whatever the machine has: ourselves, the load, and every server that we start."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def describe_machine(folder: Path) -> list[str]:
    """Give one line for each thing that a figure may depend on; `folder` is where the servers keep their files."""
    memory_gb = psutil.virtual_memory().total / 1e9
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return [
        f"Processor: {_read_processor()}, {len(os.sched_getaffinity(0))} of {os.cpu_count()} cores used",
        f"Memory: {memory_gb:.0f} GB; files on {_find_file_system(folder)}",
        f"System: {_read_system()}, Linux {platform.release().split('-')[0]}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        f"Peers: {', '.join(_read_versions()) or 'none installed'}",
        f"Load before the start (1, 5, 15 minutes): {busy}",
    ]


def _read_processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _read_system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", sys.platform)


def _find_file_system(folder: Path) -> str:
    """Give the type of the file system that holds a folder: of all mounts above it, the deepest."""
    mounts = {Path(disk.mountpoint): disk.fstype for disk in psutil.disk_partitions(all=True)}
    return next((mounts[path] for path in (folder, *folder.parents) if path in mounts), "an unknown file system")


def _read_versions() -> list[str]:
    if shutil.which("dpkg-query") is None:
        return []
    argv = ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\n", *PEER_PACKAGES]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=10).stdout.split("\n")[:-1]
