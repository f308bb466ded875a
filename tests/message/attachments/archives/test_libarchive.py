"""libarchive reads in memory, block by block, and starts no program."""

import pytest

from archive_builders import pack
from archive_cases import NOTE
from gatepost.message.attachments.archives.libarchive import (
    ArchiveDamagedError,
    MissingLibraryError,
    Reader,
    has_library,
    load_library,
)


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
