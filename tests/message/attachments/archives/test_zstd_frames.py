"""The frames of Zstandard are found, with their windows and their ends."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import NOTE
from gatepost.message.attachments.archives.libarchive import Reader
from gatepost.message.attachments.archives.zstd_frames import limit_frames

SKIPPED = struct.pack("<II", 0x184D2A5F, 5) + b"a note"[:5]


def write_frame(content: bytes, *, window: int | None = None, checksum: bool = False, dictionary: int = 0) -> bytes:
    """One frame of a raw block and of a run of one byte; without a window its size is told in one byte."""
    flags = (0x20 if window is None else 0) | (4 if checksum else 0) | (0, 1, 2, 3)[dictionary]
    head = bytes((flags,)) + (b"" if window is None else bytes((window,))) + bytes((0, 1, 2, 4)[dictionary])
    head += bytes((len(content) + 1,)) if window is None else b""
    blocks = (len(content) << 3).to_bytes(3, "little") + content + (1 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"!"
    return b"\x28\xb5\x2f\xfd" + head + blocks + (b"sum!" if checksum else b"")


def unpack(content: bytes) -> bytes:
    with Reader(content, ("raw",), ("zstd",)) as reader:
        next(reader.members())
        return reader.read(1_000_000)[0]


@pytest.mark.parametrize("frames", [
    write_frame(NOTE), write_frame(NOTE, window=0), write_frame(NOTE, checksum=True), write_frame(NOTE, dictionary=3),
    write_frame(NOTE) + SKIPPED + write_frame(NOTE), SKIPPED + write_frame(NOTE),
    pack("pax", {"a": NOTE}, filter_name="zstd"),
])  # fmt: skip
def test_the_last_frame_ends_where_what_follows_begins(frames: bytes) -> None:
    assert limit_frames(frames + b"something else") == (frames, len(frames))


def test_a_large_window_is_limited() -> None:
    large = write_frame(NOTE, window=31 - 10 << 3)
    limited, _ = limit_frames(large + large)
    assert len(limited) == 2 * len(large)
    assert unpack(limited) == (NOTE + b"!") * 2


def test_what_is_cut_off_ends_with_the_data() -> None:
    for end in range(len(frame := write_frame(NOTE, checksum=True))):
        assert limit_frames(frame[:end])[1] <= end


@given(st.binary(max_size=60), st.integers(0, 40))
def test_any_bytes_have_an_end(noise: bytes, at: int) -> None:
    whole = SKIPPED + write_frame(NOTE, window=20)
    content = whole[:at] + noise + whole[at + len(noise) :]
    limited, end = limit_frames(content)
    assert len(limited) == end <= len(content)
