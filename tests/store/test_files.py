"""A file is there whole or not at all, and what was refused leaves nothing behind."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gatepost.store.files import append_durably, clear_old, flush_folder, write_files_durably


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Let a real limit of the system stand for a full disk."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_what_is_appended_stands_behind_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.events"
    assert append_durably(path, b"one") == 3
    assert append_durably(path, b"two") == 6
    assert path.read_bytes() == b"onetwo"
    assert path.stat().st_mode & 0o077 == 0


def test_a_write_that_the_disk_cuts_short_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "x.events"
    append_durably(path, b"kept")
    with files_of_at_most(100), pytest.raises(OSError, match="too large"):
        append_durably(path, b"x" * 200)
    assert path.read_bytes() == b"kept"
    assert append_durably(path, b"after") == 9


def test_a_new_name_that_cannot_be_flushed_is_flushed_the_next_time(tmp_path: Path) -> None:
    """The first descriptor is the file's, there is none for the folder: the power could take the name away."""
    path = tmp_path / "x.events"
    next_one = os.open("/dev/null", os.O_RDONLY)
    os.close(next_one)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_one + 1, hard))
    try:
        for _ in range(2):
            with pytest.raises(OSError, match="Too many open files"):
                append_durably(path, b"x")
            assert path.read_bytes() == b""
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert append_durably(path, b"x") == 1


def test_new_files_come_with_their_folder_and_for_the_owner_alone(tmp_path: Path) -> None:
    contents = {tmp_path / "aa" / "one": b"1", tmp_path / "bb" / "two": b"2" * 100_000}
    write_files_durably(contents)
    assert {path: path.read_bytes() for path in tmp_path.glob("*/*")} == contents
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.rglob("*"))


def test_a_file_that_is_not_whole_never_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "aa" / "one"
    with files_of_at_most(100), pytest.raises(OSError, match="too large"):
        write_files_durably({path: b"x" * 200})
    assert not path.exists()
    write_files_durably({path: b"whole"})
    assert [each.name for each in path.parent.iterdir()] == ["one"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        flush_folder(tmp_path / "none")


@pytest.mark.parametrize(
    ("days", "max_files", "max_bytes", "left"),
    [
        (9, 9, None, [0, 1, 2]),
        (1, 9, None, [0, 1]),
        (9, 1, None, [0]),
        (9, 9, 250, [0, 1]),
        (9, 9, 0, []),
    ],
)
def test_what_is_old_or_too_much_goes_oldest_first(
    tmp_path: Path, days: int, max_files: int, max_bytes: int | None, left: list[int]
) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    paths = [tmp_path / str(age) for age in (2, 0, 1)]
    for path in paths:
        path.write_bytes(b"x" * 100)
        moment_s = (now - timedelta(days=int(path.name))).timestamp()
        os.utime(path, (moment_s, moment_s))
    removed = clear_old(paths, now - timedelta(days=days), max_files=max_files, max_bytes=max_bytes)
    assert sorted(int(path.name) for path in tmp_path.iterdir()) == left
    assert removed == 3 - len(left)


def test_what_is_no_file_or_gone_keeps_nothing_from_being_cleared(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    paths = [*tmp_path.iterdir(), tmp_path / "gone"]
    assert clear_old(paths, datetime(2100, 1, 1, tzinfo=UTC), max_files=9) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link"]


def test_a_new_file_that_the_disk_cuts_short_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.gpm"
    write_files_durably({path: b"kept"})
    with files_of_at_most(100), pytest.raises(OSError, match="too large"):
        write_files_durably({path: b"x" * 200})
    assert path.read_bytes() == b"kept"
    assert list(tmp_path.iterdir()) == [path]
