"""Many files become durable, and a file that cannot is told."""

import os
from pathlib import Path

import pytest

from gatepost.deliver.disk_sync import MANY_FILES, sync_files, sync_folders


@pytest.mark.parametrize("count", [0, 1, MANY_FILES, MANY_FILES * 3])
def test_any_number_of_files_is_synced(tmp_path: Path, count: int) -> None:
    opened = [os.open(tmp_path / str(number), os.O_WRONLY | os.O_CREAT) for number in range(count)]
    try:
        sync_files(opened)
    finally:
        for descriptor in opened:
            os.close(descriptor)


@pytest.mark.parametrize("place", range(MANY_FILES - 1))
def test_of_few_files_none_is_passed_over(tmp_path: Path, place: int) -> None:
    opened = [os.open(tmp_path / str(number), os.O_WRONLY | os.O_CREAT) for number in range(MANY_FILES - 2)]
    reader, writer = os.pipe()
    try:
        with pytest.raises(OSError, match="Invalid argument"):
            sync_files([*opened[:place], writer, *opened[place:]])
    finally:
        for descriptor in (*opened, reader, writer):
            os.close(descriptor)


def test_what_cannot_be_synced_is_told() -> None:
    reader, writer = os.pipe()
    try:
        with pytest.raises(OSError, match="Invalid argument"):
            sync_files([writer])
    finally:
        os.close(reader)
        os.close(writer)


def test_a_closed_file_among_many_is_told(tmp_path: Path) -> None:
    opened = [os.open(tmp_path / str(number), os.O_WRONLY | os.O_CREAT) for number in range(MANY_FILES)]
    for descriptor in opened:
        os.close(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_files(opened)


def test_folders_are_synced_and_closed_again(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync_folders([tmp_path] * MANY_FILES)
    with pytest.raises(FileNotFoundError):
        sync_folders([tmp_path, tmp_path / "missing"])
    assert len(list(Path("/proc/self/fd").iterdir())) == before
