"""The room of an archive: for all that lies in it, however deep."""

import pytest

from archive_cases import NOTE
from gatepost.message.attachments.archives.unpacking import BEGINNING_BYTES, Unpacking
from gatepost.message.attachments.desk import RATIO_FLOOR_BYTES, Desk, File, Insides, LimitReachedError, Limits
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind


def begin(content: bytes = bytes(1_000), limits: Limits = Limits()) -> tuple[Unpacking, Insides]:  # noqa: B008 - frozen
    insides = Insides()
    return Unpacking(File("2", "a.zip", content, FileKind.ZIP), insides, Desk({}, limits=limits)), insides


def list_codes(insides: Insides) -> list[str]:
    return [trait.code for trait in insides.traits]


def test_an_archive_may_fill_so_many_times_its_size() -> None:
    unpacking, _ = begin()
    assert unpacking.find_room() == RATIO_FLOOR_BYTES
    unpacking.add("a", bytes(1_000_000))
    assert unpacking.find_room() == RATIO_FLOOR_BYTES - 1_000_000


def test_of_a_file_that_says_it_is_too_large_only_the_beginning_is_unpacked() -> None:
    unpacking, _ = begin()
    assert unpacking.find_room(RATIO_FLOOR_BYTES + 1) == BEGINNING_BYTES


def test_a_beginning_ends_the_archive() -> None:
    unpacking, insides = begin(bytes(10_000_000), Limits(file_bytes=2_000))
    with pytest.raises(LimitReachedError):
        unpacking.add_beginning("a", bytes(2_000), 5_000)
    assert (insides.opening, list_codes(insides), len(insides.files)) == (Opening.LIMIT, [], 1)


@pytest.mark.parametrize(("declared", "packed"), [(100_000_000, 50_000), (0, 10)])
def test_a_beginning_of_much_from_little_is_a_bomb(declared: int, packed: int) -> None:
    unpacking, insides = begin(bytes(10_000_000))
    with pytest.raises(LimitReachedError):
        unpacking.add_beginning("a", bytes(5_000_000), declared, packed)
    assert list_codes(insides) == ["archive.bomb"]


def test_many_files_that_are_too_much_together_are_a_bomb() -> None:
    unpacking, insides = begin()
    for number in range(4):
        unpacking.add(str(number), bytes(RATIO_FLOOR_BYTES // 4))
    assert list_codes(insides) == ["archive.bomb"]


def test_an_archive_that_holds_itself_is_a_bomb() -> None:
    unpacking, insides = begin(NOTE)
    unpacking.add("again.zip", NOTE)
    assert list_codes(insides) == ["archive.bomb"]
    assert insides.files == []


def test_names_and_links_are_told() -> None:
    unpacking, insides = begin()
    unpacking.add_symlink("link", "inside/folder")
    unpacking.add("link/plan.txt", NOTE)
    unpacking.add_symlink("out", "../../etc")
    unpacking.add_hardlink("folder/hard", "../a")
    unpacking.add("../up", NOTE)
    assert list_codes(insides) == [
        "archive.through_link", "archive.link_outside", "archive.link_outside", "archive.path_escape",
    ]  # fmt: skip


def test_a_content_is_new_once() -> None:
    unpacking, _ = begin()
    assert unpacking.is_new(NOTE)
    unpacking.add("a", NOTE)
    assert not unpacking.is_new(NOTE)


def test_the_rest_is_opened_if_there_is_room() -> None:
    unpacking, insides = begin(limits=Limits(file_bytes=30))
    unpacking.add_rest(NOTE)
    unpacking.add_rest(bytes(31))
    assert [file.size_bytes for file in insides.files] == [len(NOTE)]
