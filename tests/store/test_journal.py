"""What append has returned for is on disk; what it refused is not."""

import asyncio
import os
import resource
import signal
import sys
import threading
from pathlib import Path

import pytest

from doubles import FakeClock
from gatepost.model.errors import StorageTrouble
from gatepost.store.frames import Frame, Kind, build_frame, read_frame
from gatepost.store.journal import MAX_WAITING_IN_PASSING, Journal
from gatepost.store.reader import FrameFile, is_written_to
from gatepost.store.settings import StoreSettings
from sandboxes import wait_until


def read_all(folder: Path) -> list[bytes]:
    found = []
    for path in sorted(folder.glob("*.journal")):
        file = FrameFile(path, 0)
        while frames := list(file.read_frames(is_finished=True)):
            found += [frame.raw for frame in frames]
    return found


def open_journal(folder: Path, **settings: int) -> tuple[Journal, list[int]]:
    flushes: list[int] = []
    return Journal(folder, FakeClock(), StoreSettings(**settings), lambda: flushes.append(1)), flushes


async def test_what_is_appended_together_is_flushed_together(tmp_path: Path) -> None:
    journal, flushes = open_journal(tmp_path)
    await asyncio.gather(*(journal.append(build_frame(Kind.MAIL, b"", b"%d" % number)) for number in range(50)))
    assert read_all(tmp_path) == [b"%d" % number for number in range(50)]
    assert len(flushes) <= 2
    await journal.close()


async def test_more_pieces_than_one_system_call_takes_are_all_written(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    await asyncio.gather(*(journal.append(build_frame(Kind.MAIL, b"m", b"%d" % number)) for number in range(900)))
    assert len(read_all(tmp_path)) == 900
    await journal.close()


async def test_a_long_file_is_closed_and_a_new_one_begun(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path, segment_bytes=2**16)
    for _ in range(3):
        await journal.append(build_frame(Kind.MAIL, b"", b"x" * 40_000))
    paths = sorted(tmp_path.glob("*.journal"))
    assert [is_written_to(path) for path in paths] == [False, False, True]
    await journal.close()


async def test_an_old_file_is_closed_when_nothing_is_under_way(tmp_path: Path) -> None:
    clock = FakeClock()
    journal = Journal(tmp_path, clock, StoreSettings(segment_age_s=60), lambda: None)
    await journal.append(build_frame(Kind.MAIL, b"", b"x"))
    journal.rotate_if_old()
    assert is_written_to(next(tmp_path.glob("*.journal")))
    clock.advance(61)
    journal.rotate_if_old()
    assert not is_written_to(next(tmp_path.glob("*.journal")))
    await journal.close()


async def test_a_mail_that_is_on_disk_does_not_stay_in_memory_until_the_next_one_comes(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    raw = bytes(1_000)
    before = sys.getrefcount(raw)
    await journal.append(build_frame(Kind.MAIL, b"", raw))
    await asyncio.to_thread(wait_until, lambda: sys.getrefcount(raw) == before)
    await journal.close()


async def test_a_full_disk_refuses_every_mail_of_the_batch_and_keeps_none(tmp_path: Path) -> None:
    journal, flushes = open_journal(tmp_path, reserve_bytes=2**60)
    results = await asyncio.gather(
        *(journal.append(build_frame(Kind.MAIL, b"", b"x")) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, StorageTrouble) and result.is_full for result in results)
    assert read_all(tmp_path) == []
    assert not flushes
    await journal.close()


async def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_of_the_mail(tmp_path: Path) -> None:
    """A real limit of the system (RLIMIT_FSIZE) stands for the disk: the write is cut short, then refused."""
    journal, _ = open_journal(tmp_path)
    await journal.append(build_frame(Kind.MAIL, b"", b"kept" * 100))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
    try:
        with pytest.raises(StorageTrouble) as caught:
            await journal.append(build_frame(Kind.MAIL, b"", b"lost" * 2_500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.is_full
    assert read_all(tmp_path) == [b"kept" * 100]
    await journal.append(build_frame(Kind.MAIL, b"", b"after"))
    assert read_all(tmp_path) == [b"kept" * 100, b"after"]
    await journal.close()


async def test_a_file_whose_name_could_not_be_flushed_takes_no_mail(tmp_path: Path) -> None:
    """A power cut could take the file away, and with it mail that got its 250. The last descriptor is the file's."""
    journal, _ = open_journal(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (find_next_descriptor() + 1, hard))
    try:
        with pytest.raises(StorageTrouble, match="local error"):
            await journal.append(build_frame(Kind.MAIL, b"", b"refused"))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (unsure,) = tmp_path.glob("*.journal")
    assert not is_written_to(unsure)
    await journal.append(build_frame(Kind.MAIL, b"", b"kept"))
    assert unsure.read_bytes() == b""
    assert read_all(tmp_path) == [b"kept"]
    await journal.close()


def find_next_descriptor() -> int:
    descriptor = os.open("/dev/null", os.O_RDONLY)
    os.close(descriptor)
    return descriptor


async def test_without_room_for_a_thread_nobody_waits_for_ever(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    used_bytes = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used_bytes + 64 * 2**20, hard))
    threading.stack_size(256 * 2**20)
    try:
        with pytest.raises(StorageTrouble):
            await asyncio.wait_for(journal.append(build_frame(Kind.MAIL, b"", b"refused")), 10)
    finally:
        threading.stack_size(0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    await journal.append(build_frame(Kind.MAIL, b"", b"kept"))
    assert read_all(tmp_path) == [b"kept"]
    await journal.close()


async def test_notes_on_refused_mail_cannot_fill_the_memory(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    for _ in range(MAX_WAITING_IN_PASSING + 50):  # all before one flush could end
        journal.append_in_passing(build_frame(Kind.REFUSED, b"", b""))
    await journal.append(build_frame(Kind.MAIL, b"", b"kept"))
    await journal.close()
    written = read_all(tmp_path)
    assert len(written) < MAX_WAITING_IN_PASSING + 50
    assert written[-1] == b"kept"


async def test_a_folder_that_is_gone_is_local_trouble_not_a_full_disk(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    journal, _ = open_journal(folder)
    folder.rmdir()
    with pytest.raises(StorageTrouble) as caught:
        await journal.append(build_frame(Kind.MAIL, b"", b"x"))
    assert not caught.value.is_full
    await journal.close()


async def test_what_is_noted_in_passing_is_on_disk_after_close(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    journal.append_in_passing(build_frame(Kind.REFUSED, b"", b""))
    await journal.close()
    data = next(tmp_path.glob("*.journal")).read_bytes()
    frame = read_frame(data)
    assert isinstance(frame, Frame)
    assert frame.kind is Kind.REFUSED


async def test_journal_files_are_private(tmp_path: Path) -> None:
    journal, _ = open_journal(tmp_path)
    await journal.append(build_frame(Kind.MAIL, b"", b"x"))
    assert next(tmp_path.glob("*.journal")).stat().st_mode & 0o077 == 0
    await journal.close()
