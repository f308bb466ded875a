"""libarchive reads in memory, block by block, and starts no program."""

import random

import pytest

from archive_builders import pack, write_folders
from archive_cases import NOTE
from gatepost.message.attachments.archives.libarchive import (
    MAX_MEMBERS,
    ArchiveDamagedError,
    MissingLibraryError,
    Reader,
    TooManyMembersError,
    has_library,
    load_library,
)
from gatepost.message.attachments.archives.seven_zip import write_archive
from message.attachments.archives.test_zstd_frames import write_frame


def read_all(content: bytes, *formats: str, filters: tuple[str, ...] = ("none",)) -> dict[str, bytes]:
    with Reader(content, formats, filters) as reader:
        return {member.name: reader.read(1_000_000)[0] for member in reader.members() if not member.is_folder}


@pytest.mark.parametrize(("kind", "name"), [("7zip", "7zip"), ("cpio", "cpio"), ("xar", "xar"), ("iso9660", "iso9660")])
def test_every_file_has_its_own_content(kind: str, name: str) -> None:
    assert read_all(pack(kind, {"a.txt": NOTE, "b.txt": b"other"}), name) == {"a.txt": NOTE, "b.txt": b"other"}


def test_names_do_not_depend_on_the_locale() -> None:
    assert list(read_all(pack("7zip", {"计划 😊.txt": NOTE}), "7zip")) == ["计划 😊.txt"]


def test_no_more_is_read_than_asked_for() -> None:
    with Reader(pack("7zip", {"a": bytes(1_000_000)}), ("7zip",), ("none",)) as reader:
        (member,) = (member for member in reader.members() if (size := len(reader.read(1_000)[0])) == 1_000)
    assert (member.size_bytes, size) == (1_000_000, 1_000)


def test_damage_is_told_in_our_words() -> None:
    with pytest.raises(ArchiveDamagedError, match="Unrecognized"):
        read_all(b"nothing of the kind", "7zip")
    with pytest.raises(ArchiveDamagedError):
        read_all(pack("7zip", {"a": NOTE})[:-20], "7zip")


def test_what_had_come_before_the_damage_is_not_lost() -> None:
    packed = pack("7zip", {"a": random.Random(1).randbytes(300_000)}, options="compression=lzma1")
    with pytest.raises(ArchiveDamagedError) as raised:
        read_all(packed[:200_000] + bytes(90_000) + packed[290_000:], "7zip")
    assert len(raised.value.content) > 100_000
    assert not raised.value.is_foreign


def test_what_libarchive_does_not_know_is_no_damage() -> None:
    packed = pack("7zip", {"a": NOTE * 99}, options="compression=deflate")
    strange = write_archive(packed[32 : 32 + int.from_bytes(packed[12:20], "little")], swap_method(packed))
    with pytest.raises(ArchiveDamagedError) as raised:
        read_all(strange, "7zip")
    assert raised.value.is_foreign


def test_what_asks_for_too_much_memory_is_no_damage() -> None:
    with pytest.raises(MemoryError):
        read_all(write_frame(NOTE, window=31 - 10 << 3), "raw", filters=("zstd",))


def swap_method(packed: bytes) -> bytes:
    """Give the header of a 7z archive with Deflate64 for Deflate."""
    header = packed[32 + int.from_bytes(packed[12:20], "little") :]
    assert header.count(b"\x04\x01\x08") == 1
    return header.replace(b"\x04\x01\x08", b"\x04\x01\x09")


def test_a_list_that_does_not_end_is_told() -> None:
    assert read_all(write_folders(MAX_MEMBERS - 1), "cpio") == {}
    with pytest.raises(TooManyMembersError):
        read_all(write_folders(MAX_MEMBERS), "cpio")


def test_the_library_says_that_it_is_there() -> None:
    assert has_library()
    load_library.cache_clear()  # each is asked once


def test_a_missing_library_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    load_library.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "libarchive", None)
    try:
        assert not has_library()
        with pytest.raises(MissingLibraryError):
            Reader(b"", ("7zip",))
    finally:
        monkeypatch.undo()
        load_library.cache_clear()
