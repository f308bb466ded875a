"""Writes files so that they are there after a power cut, whole or not at all."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

UNFINISHED_SUFFIX = ".new"


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_durably(path: Path, data: bytes) -> int:
    """Append and flush; give the new size. A failed write is taken back."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            _write_all(file, data)
            os.fdatasync(file)
            if before == 0:  # the name is new, or may not have been flushed the last time
                flush_folder(path.parent)
        except OSError:
            os.ftruncate(file, before)
            raise
    finally:
        os.close(file)
    return before + len(data)


def write_files_durably(contents: Mapping[Path, bytes]) -> None:
    """Write new files, each whole or not at all, all durable on return; makes missing folders (one level)."""
    for path, data in contents.items():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_suffix(path.suffix + UNFINISHED_SUFFIX)
        try:
            _write_whole(unfinished, data)
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)  # a full disk needs the room
            raise
    folders = {path.parent for path in contents}
    for folder in folders | {folder.parent for folder in folders}:
        flush_folder(folder)


def _write_whole(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        _write_all(file, data)
        os.fdatasync(file)
    finally:
        os.close(file)


def clear_old(paths: Iterable[Path], before: datetime, *, max_files: int, max_bytes: int | None = None) -> int:
    """Remove files older than a moment, and of the rest the oldest where they are too many; give their number.

    What is no file, or goes meanwhile, is passed over.
    """
    removed, room_bytes = 0, max_bytes
    found = sorted(_list_statuses(paths), key=lambda one: (-one[0].st_mtime, one[1]))
    for number, (status, path) in enumerate(found):
        room_bytes = None if room_bytes is None else room_bytes - status.st_size
        is_too_much = number >= max_files or (room_bytes is not None and room_bytes < 0)
        if is_too_much or status.st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _list_statuses(paths: Iterable[Path]) -> Iterator[tuple[os.stat_result, Path]]:
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISREG((status := path.lstat()).st_mode):
                yield status, path


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
