"""Writes accepted mail to disk; one flush serves every session that waits at that moment (group commit).

Standards: RFC 5321 §6.1 (a mail is ours when it is durable).
Fails: StorageTrouble, and then nothing of the mail stays behind in the journal.

One journal has one writer, who holds a lock on the file at hand: a reader knows by the lock that more may come.
After a failed flush the file is abandoned, since nobody can say which of its pages are on disk.
"""

import asyncio
import errno
import fcntl
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from gatepost.model.errors import StorageTrouble
from gatepost.model.mail_id import MailIds
from gatepost.model.ports import Clock
from gatepost.store.files import flush_folder
from gatepost.store.settings import StoreSettings

SUFFIX = ".journal"
UNLOCKED_SUFFIX = ".new"
FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MAX_PIECES_PER_WRITE = 1023  # IOV_MAX is 1024
MAX_WAITING_IN_PASSING = 10_000  # while a disk hangs, notes on refused mail must not fill the memory

_Batch = list[tuple[tuple[bytes, ...], asyncio.Future[None] | None]]  # frames, and who waits for each


class Journal:
    """Appends frames to files in one folder. `on_durable` is called after each flush, in the event loop."""

    def __init__(self, folder: Path, clock: Clock, settings: StoreSettings, on_durable: Callable[[], None]) -> None:
        self._folder = folder
        self._clock = clock
        self._settings = settings
        self._on_durable = on_durable
        self._names = MailIds()
        self._batches: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None  # started with the first flush: threads do not survive a fork
        self._waiting: _Batch = []
        self._is_scheduled = False
        self._is_flushing = False
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._file = -1
        self._length = 0
        self._opened_s = 0.0

    async def append(self, frame: tuple[bytes, ...]) -> None:
        """Return when the frame is durable; raise StorageTrouble when the disk did not take it."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        self._flush_soon()
        await done

    def append_in_passing(self, frame: tuple[bytes, ...]) -> None:
        """Write the frame with the next flush, without a promise: for what nobody was told to rely on."""
        if len(self._waiting) < MAX_WAITING_IN_PASSING:
            self._waiting.append((frame, None))
        self._flush_soon()

    async def close(self) -> None:
        """Flush what waits and close the file."""
        await self._is_idle.wait()
        if self._thread is not None:
            self._batches.put(None)
            self._thread.join()
        self._close_file()

    def rotate_if_old(self) -> None:
        """Close a file that has grown old, so that what is settled in it can be freed."""
        is_old = self._clock.monotonic_s() - self._opened_s > self._settings.segment_age_s
        if self._file >= 0 and self._is_idle.is_set() and is_old and self._length:
            self._close_file()

    def _flush_soon(self) -> None:
        """Flush at the end of this turn of the event loop, so that all who come in it share the flush."""
        self._is_idle.clear()
        if not (self._is_scheduled or self._is_flushing):
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._start_flush)

    def _start_flush(self) -> None:
        self._is_scheduled = False
        self._is_flushing = True
        batch, self._waiting = self._waiting, []
        try:
            self._thread = self._thread or self._start_thread()
        except RuntimeError as error:  # the machine has no room for a thread: nobody may wait for one
            self._finish_flush(batch, error)
        else:
            self._batches.put(batch)

    def _start_thread(self) -> threading.Thread:
        loop = asyncio.get_running_loop()
        thread = threading.Thread(target=self._write_batches, args=(loop,), name="journal", daemon=True)
        thread.start()
        return thread

    def _write_batches(self, loop: asyncio.AbstractEventLoop) -> None:
        """Live in the journal's thread. A queue and one call back cost a third of what an executor costs."""
        while (batch := self._batches.get()) is not None:
            trouble: BaseException | None = None
            try:
                self._write([frame for frame, _ in batch])
            except BaseException as error:  # noqa: BLE001 - whoever waits for the flush hears of it
                trouble = error
            loop.call_soon_threadsafe(self._finish_flush, batch, trouble)
            del batch  # the mails in it would stay in memory until the next one comes

    def _finish_flush(self, batch: _Batch, trouble: BaseException | None) -> None:
        self._is_flushing = False
        for _, done in batch:
            if done is None or done.done():
                continue
            if trouble is None:
                done.set_result(None)
            else:
                done.set_exception(_explain(trouble))
        if trouble is None:
            self._on_durable()
        if self._waiting:
            self._start_flush()
        else:
            self._is_idle.set()

    def _write(self, frames: list[tuple[bytes, ...]]) -> None:
        """Run in the journal's thread: write all frames, flush once; on failure take everything back."""
        size = sum(len(piece) for frame in frames for piece in frame)
        self._require_room(size)
        if self._file >= 0 and self._length + size > self._settings.segment_bytes and self._length:
            self._close_file()
        if self._file < 0:
            self._open_file()
        try:
            self._write_pieces([piece for frame in frames for piece in frame if piece])
            os.fdatasync(self._file)
        except BaseException:  # whatever it was, half a frame must not stand before those to come
            self._abandon_file()
            raise
        self._length += size

    def _write_pieces(self, pieces: list[bytes]) -> None:
        for start in range(0, len(pieces), MAX_PIECES_PER_WRITE):
            part = pieces[start : start + MAX_PIECES_PER_WRITE]
            written, wanted = os.writev(self._file, part), sum(map(len, part))
            while written < wanted:  # a short write: the rest as one piece
                written += os.write(self._file, b"".join(part)[written:])

    def _require_room(self, size: int) -> None:
        space = os.statvfs(self._folder)
        if space.f_bavail * space.f_frsize < size + self._settings.reserve_bytes:
            raise OSError(errno.ENOSPC, "less free space than [store] reserve_bytes")

    def _open_file(self) -> None:
        # Under its final name only once it is locked: a reader frees files that nobody holds.
        path = self._folder / f"{self._names.make(self._clock.now())}{SUFFIX}"
        unlocked = path.with_suffix(UNLOCKED_SUFFIX)
        file = os.open(unlocked, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            unlocked.rename(path)
            flush_folder(self._folder)
        except OSError:  # a file whose name nobody finds, or that a power cut may take away, must take no mail
            os.close(file)
            raise
        self._file, self._length, self._opened_s = file, 0, self._clock.monotonic_s()

    def _abandon_file(self) -> None:
        try:
            os.ftruncate(self._file, self._length)
        finally:
            self._close_file()

    def _close_file(self) -> None:
        if self._file >= 0:
            file, self._file, self._length = self._file, -1, 0  # first: a failed close must not be tried again
            os.close(file)


def _explain(trouble: BaseException) -> StorageTrouble:
    is_full = isinstance(trouble, OSError) and trouble.errno in FULL_ERRNOS
    public = "insufficient system storage" if is_full else "local error in processing"
    return StorageTrouble(public, f"{type(trouble).__name__}: {trouble}", is_full=is_full)
