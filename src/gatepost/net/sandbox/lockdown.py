"""Takes from a process of the sandbox all that opening files does not need, before it sees a byte of a stranger.

What must be in force everywhere is in force or the child does not live: no new privileges, limits, the filter of system
calls. The rest is done where the machine lets us; which it was, each child tells.
"""

import contextlib
import ctypes
import enum
import os
import signal
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from gatepost.net.sandbox import kernel
from gatepost.net.sandbox.frames import Limits
from gatepost.net.sandbox.landlock import close_files
from gatepost.net.sandbox.limits import limit_life
from gatepost.net.sandbox.seccomp import UnknownMachineError, filter_calls

NOBODY = 65_534
OOM_FIRST = "1000"
MAX_FILES = 2_000  # that lie in its own folder at once, where that is in memory
NICENESS = 5  # taking mail in goes before opening it
_NEW_MOUNTS, _NEW_NAME, _NEW_IPC, _NEW_USER, _NEW_NETWORK = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x40000000
_MS_NOSUID_NODEV_NOEXEC, _MS_PRIVATE_ALL = 2 | 4 | 8, 0x4000 | 0x40000
_CAPABILITIES_VERSION = 0x20080522
_MAX_CAPABILITIES = 64
_SET_CAPABILITIES = {"x86_64": 126, "aarch64": 91}
RANDOM_NUMBERS = Path("/dev/urandom")  # qpdf opens it by its name before it decrypts a document by AES-256
_NATIVE_CODE = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")


class Measure(enum.StrEnum):
    """What was taken from a child."""

    NO_NEW_PRIVILEGES = "no-new-privileges"
    LIMITS = "limits"
    CALLS = "system-calls"
    FILES = "files"  # all but the code, random numbers and its own folder are closed (Landlock)
    NO_NETWORK = "no-network"  # in a namespace without any; the filter of system calls allows none anyhow
    OWN_IPC = "own-ipc"
    OWN_MOUNTS = "own-mounts"  # and what it writes lies in memory, of a limited size
    NO_CAPABILITIES = "no-capabilities"
    OTHER_USER = "other-user"  # or not root to begin with
    NO_NEW_CODE = "no-new-code"  # nothing that it writes into its memory can be run (Linux 6.3)
    OOM_FIRST = "oom-first"  # the kernel ends it before anything else when memory is short


ESSENTIAL = frozenset({Measure.NO_NEW_PRIVILEGES, Measure.LIMITS, Measure.CALLS})


def lock_nursery() -> frozenset[Measure]:
    """Take from the nursery what none of its children needs; give what came about."""
    done = set()
    os.nice(NICENESS)
    kernel.control_process(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() != 0:
        _try(_become_own_user_space)
    if _try(lambda: kernel.leave_namespaces(_NEW_NETWORK)):
        done.add(Measure.NO_NETWORK)
    if _try(lambda: kernel.leave_namespaces(_NEW_IPC | _NEW_NAME)):
        done.add(Measure.OWN_IPC)
    return frozenset(done)


def _become_own_user_space() -> None:
    """Enter a namespace in which this user is the only one, and may make other namespaces."""
    uid, gid = os.geteuid(), os.getegid()
    kernel.leave_namespaces(_NEW_USER)
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", "ascii")


def lock_child(limits: Limits, folder: Path, parent: int) -> frozenset[Measure]:
    """Take everything else from this process; give what came about. Raises OSError where an essential measure fails."""
    limit_life(limits)
    done = {Measure.NO_NEW_PRIVILEGES, Measure.LIMITS}
    optional: tuple[tuple[Measure, Callable[[], object]], ...] = (
        (Measure.OOM_FIRST, lambda: Path("/proc/self/oom_score_adj").write_text(OOM_FIRST, "ascii")),
        (Measure.OWN_MOUNTS, lambda: _mount_own(folder, limits.written_bytes)),
        (Measure.OTHER_USER, lambda: _become_nobody(folder)),
        (Measure.NO_CAPABILITIES, _drop_capabilities),
        (Measure.NO_NEW_CODE, lambda: kernel.control_process(kernel.PR_SET_MDWE, kernel.PR_MDWE_REFUSE_EXEC_GAIN)),
        (Measure.FILES, lambda: close_files((*find_code(), RANDOM_NUMBERS), folder)),
    )
    done |= {measure for measure, do in optional if _try(do)}
    os.chdir(folder)
    kernel.control_process(kernel.PR_SET_DUMPABLE, 0)
    kernel.control_process(kernel.PR_SET_PDEATHSIG, int(signal.SIGKILL))  # only now: a change of the user forgets it
    if os.getppid() != parent:
        raise ProcessLookupError("the nursery is gone")
    with contextlib.suppress(UnknownMachineError):
        filter_calls()
        done.add(Measure.CALLS)
    return frozenset(done)


def _try(do: Callable[[], object]) -> bool:
    try:
        do()
    except OSError:
        return False
    return True


def _mount_own(folder: Path, most_bytes: int) -> None:
    kernel.leave_namespaces(_NEW_MOUNTS)
    kernel.mount("", "/", "", _MS_PRIVATE_ALL)
    kernel.mount(
        "tmpfs", str(folder), "tmpfs", _MS_NOSUID_NODEV_NOEXEC, f"size={most_bytes},nr_inodes={MAX_FILES},mode=700"
    )


def _become_nobody(folder: Path) -> None:
    """Stop to be root; raise OSError where we must stay: nobody else may read our code, or come to our folder."""
    if os.geteuid() != 0:
        return
    if not all(_is_for_everybody(path) for path in find_code() if path.exists()) or not _lets_pass(folder.parents):
        raise PermissionError
    os.chown(folder, NOBODY, NOBODY)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _is_for_everybody(path: Path) -> bool:
    return _lets_pass((path, *path.parents)) and bool(path.stat().st_mode & 0o004)


def _lets_pass(folders: Iterable[Path]) -> bool:
    return all(each.stat().st_mode & 0o001 for each in folders)


def _drop_capabilities() -> None:
    with contextlib.suppress(OSError):  # the set of what could come back; nothing can, without new privileges
        for number in range(_MAX_CAPABILITIES):
            kernel.control_process(kernel.PR_CAPBSET_DROP, number)
    with contextlib.suppress(OSError):  # an old kernel
        kernel.control_process(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("Ii", _CAPABILITIES_VERSION, 0)
    nothing = bytes(24)
    kernel.call(_SET_CAPABILITIES[kernel.MACHINE], ctypes.c_char_p(header), ctypes.c_char_p(nothing))


@cache
def find_code() -> tuple[Path, ...]:
    """Give the folders that hold code: Python's own, those of packages that are loaded, native libraries."""
    return tuple(sorted({path.resolve() for path in _list_code() if path.is_dir()}))


def _list_code() -> Iterator[Path]:
    paths = sysconfig.get_paths()
    yield from (Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    yield from map(Path, _NATIVE_CODE)
    yield Path(sys.base_prefix, "lib")
    for name, module in list(sys.modules.items()):
        if "." not in name:
            yield from map(Path, getattr(module, "__path__", ()))
