"""Reads the journal files that others write: each frame once, from where the last reading stopped.

Trust: the files are ours, but a crash may have cut them anywhere and a disk may have damaged them.
Fails: never on damaged bytes: they are counted in `damaged_bytes` and passed over to the next whole frame.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from gatepost.store.frames import HEAD, MARK, Frame, Torn, find_next_frame, read_frame

CHUNK_BYTES = 4 * 2**20
EVENTS_SUFFIX = ".events"


class FrameFile:
    """One file of frames and how far it has been read."""

    def __init__(self, path: Path, position: int) -> None:
        self.path = path
        self.position = position
        self.damaged_bytes = 0

    def read_frames(self, *, is_finished: bool) -> Iterator[Frame]:
        """Give the whole frames behind the position, about one chunk of them, and move the position on.

        `is_finished` says that nobody writes any more: then damage is passed over, and a cut last frame ignored.
        """
        data, is_end = self._read_chunk()
        start = 0
        while start < len(data):
            found = read_frame(data, start, base=self.position)
            if isinstance(found, Torn) and is_finished and (is_end or not found.is_tail):
                found = self._pass_over_damage(data, start, found, is_end=is_end)
            if isinstance(found, Torn):
                start = found.start - self.position
                break
            start = found.end - self.position
            yield found
        self.position += start

    def _pass_over_damage(self, data: bytes, start: int, torn: Torn, *, is_end: bool) -> Frame | Torn:
        """Find the next whole frame; give the place where reading must go on when this chunk has none."""
        found = find_next_frame(data, start + 1, base=self.position)
        if found is None and is_end and torn.is_tail:
            return torn  # a write that was cut: not damage, and nobody was told to rely on it
        if found is None:
            found = Torn(self.position + len(data) - (0 if is_end else HEAD.size), is_tail=True)
        self.damaged_bytes += found.start - self.position - start
        return found

    def _read_chunk(self) -> tuple[bytes, bool]:
        """Give a chunk that holds the first frame whole, and whether the file ends with it."""
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b"", True
        try:
            head = os.pread(file, HEAD.size, self.position)
            wanted = CHUNK_BYTES
            if len(head) == HEAD.size and head.startswith(MARK):
                _, _, _, meta_bytes, raw_bytes, _ = HEAD.unpack(head)
                wanted = max(wanted, HEAD.size + meta_bytes + raw_bytes)
            left = max(0, os.fstat(file).st_size - self.position)
            return os.pread(file, min(wanted, left), self.position), wanted >= left
        finally:
            os.close(file)


def is_written_to(path: Path) -> bool:
    """Say whether a writer holds the file."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def read_frame_at(path: Path, offset: int, length: int) -> Frame | Torn:
    """Read one frame whose place is known; raises OSError when the file cannot be read."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return read_frame(os.pread(file, length, offset), base=offset)
    finally:
        os.close(file)
