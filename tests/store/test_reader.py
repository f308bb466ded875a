"""A reader gives each frame once, whatever the chunks, the cuts and the damage."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gatepost.store.frames import Kind, build_frame
from gatepost.store.reader import CHUNK_BYTES, FrameFile


def frame(raw: bytes) -> bytes:
    return b"".join(build_frame(Kind.MAIL, b"meta", raw))


def read_whole(path: Path) -> tuple[list[bytes], int]:
    file, found = FrameFile(path, 0), []
    while frames := list(file.read_frames(is_finished=True)):
        found += [each.raw for each in frames]
    return found, file.damaged_bytes


def test_a_growing_file_is_read_to_the_last_whole_frame_and_on_from_there(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(frame(b"one") + frame(b"two")[:-1])
    file = FrameFile(path, 0)
    assert [each.raw for each in file.read_frames(is_finished=False)] == [b"one"]
    assert list(file.read_frames(is_finished=False)) == []
    path.write_bytes(frame(b"one") + frame(b"two"))
    assert [each.raw for each in file.read_frames(is_finished=False)] == [b"two"]


def test_a_mail_longer_than_a_chunk_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    long = b"x" * (CHUNK_BYTES + 10)
    path.write_bytes(frame(b"a" * (CHUNK_BYTES - 100)) + frame(long) + frame(b"end"))
    assert read_whole(path) == ([b"a" * (CHUNK_BYTES - 100), long, b"end"], 0)


def test_damage_loses_one_mail_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    whole = frame(b"one") + frame(b"two" * 100) + frame(b"three")
    at = len(frame(b"one")) + 40
    path.write_bytes(whole[:at] + b"\0\0\0" + whole[at + 3 :])
    assert read_whole(path) == ([b"one", b"three"], len(frame(b"two" * 100)))


def test_damage_longer_than_a_chunk_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(frame(b"one") + b"\0" * (2 * CHUNK_BYTES + 7) + frame(b"two"))
    file, found = FrameFile(path, 0), []
    position = -1
    while file.position > position:
        position = file.position
        found += [each.raw for each in file.read_frames(is_finished=True)]
    assert found == [b"one", b"two"]
    assert file.damaged_bytes == 2 * CHUNK_BYTES + 7


def test_a_damaged_length_does_not_hide_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    broken = bytearray(frame(b"two"))
    broken[12:16] = (2**30).to_bytes(4, "little")  # claims a gigabyte
    path.write_bytes(frame(b"one") + bytes(broken) + frame(b"three"))
    assert read_whole(path)[0] == [b"one", b"three"]


def test_damage_at_the_end_is_told_but_a_write_that_was_cut_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    cut = frame(b"one") + frame(b"two")[:-1]
    path.write_bytes(cut)
    assert read_whole(path) == ([b"one"], 0)
    path.write_bytes(cut + b"\xff")  # the last frame is whole, but not as it was written
    assert read_whole(path) == ([b"one"], len(frame(b"two")))


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.data())
def test_whatever_bytes_are_damaged_reading_ends_and_gives_only_what_was_written(
    raws: list[bytes], data: st.DataObject
) -> None:
    whole = bytearray(b"".join(map(frame, raws)))
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=5)):
        whole[at] ^= 0xFF
    cut = data.draw(st.integers(0, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.journal")
        path.write_bytes(whole[:cut])
        found, _ = read_whole(path)
    rest = iter(raws)
    assert all(raw in rest for raw in found)  # in their order, each at most once


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert list(FrameFile(tmp_path / "none.journal", 0).read_frames(is_finished=True)) == []
