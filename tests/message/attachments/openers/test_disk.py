"""What lies on a disk image is opened further; what nobody reads is told."""

import pytest

from archive_cases import EICAR, NOTE, find_traits, has_eicar, open_file
from disk_builders import (
    add_partitions,
    build_dynamic_vhd,
    build_fat,
    build_ntfs,
    build_qcow2,
    build_vdi,
    build_vhd,
    build_vhdx,
    build_vmdk,
)
from gatepost.message.attachments.disks.fat import MAX_ENTRIES
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes, texts

FAT = build_fat({"note.txt": NOTE, "folder/a.com": EICAR})
NTFS = build_ntfs({"note.txt": NOTE, "folder/a.com": EICAR})


@pytest.mark.parametrize("volume", [FAT, NTFS, add_partitions(FAT), add_partitions(NTFS, FAT)])
@pytest.mark.parametrize("wrap", [bytes, build_vhd, build_dynamic_vhd, build_vhdx, build_vmdk, build_vdi, build_qcow2])
def test_what_lies_on_a_disk_is_found(volume: bytes, wrap: object) -> None:
    opened = open_file(wrap(volume), "a.img")  # type: ignore[operator]
    assert (opened.opening, has_eicar(opened)) == (Opening.OPENED, True)
    assert {"note.txt", "folder/a.com"} == {file.name for file in opened.files}


def test_an_image_of_both_sorts_is_opened_once() -> None:
    opened = open_file(build_vhd(FAT))
    assert (opened.kind, len(opened.files)) == (FileKind.VHD, 2)


@pytest.mark.parametrize(
    "content",
    [
        bytes(1_080) + b"\x53\xef\x01\x00" + bytes(900),
        NTFS[:2_048] + b"\xff" * 20_000,
        build_fat({}),
    ],
    ids=["Linux", "broken", "empty"],
)
def test_a_disk_on_which_nothing_is_found_is_told(content: bytes) -> None:
    opened = open_file(content)
    assert (opened.kind, opened.opening, find_traits(opened)) == (
        FileKind.DISK_IMAGE, Opening.LIMIT, ["not_opened"],
    )  # fmt: skip


def test_a_volume_that_nobody_knows_is_told_though_the_other_one_is_opened() -> None:
    opened = open_file(add_partitions(FAT, b"something else".ljust(4_096)))
    assert (opened.opening, has_eicar(opened)) == (Opening.LIMIT, True)
    assert len(texts(opened, "opening.unseen")) == 1
    assert open_file(add_partitions(FAT, bytes(4_096))).opening is Opening.OPENED


@pytest.mark.parametrize(("flags", "first_cluster"), [(0x0001, 0), (0x4000, 0), (0, 8)])
def test_a_file_that_is_not_kept_as_it_is_is_told_by_its_name(flags: int, first_cluster: int) -> None:
    opened = open_file(build_ntfs({"note.txt": NOTE, "a.exe": NOTE * 99}, flags=flags, first_cluster=first_cluster))
    assert (opened.opening, [file.name for file in opened.files]) == (Opening.LIMIT, ["note.txt"])
    assert texts(opened, "opening.unseen") == texts(opened, "archive.locked_entry") == ["a.exe"]


def test_more_files_than_are_looked_at_are_told() -> None:
    opened = open_file(build_fat({f"{number}": b"" for number in range(MAX_ENTRIES + 1)}, width=32))
    assert (opened.opening, "opening.unseen" in codes(opened)) == (Opening.LIMIT, True)


def test_a_file_that_says_it_is_larger_than_the_disk_is_damaged() -> None:
    content = bytearray(build_fat({"x": b"abc"}))
    place = content.index(b"SHORT~1 BIN") + 28
    content[place : place + 4] = (1 << 30).to_bytes(4, "little")
    opened = open_file(bytes(content))
    assert find_traits(opened) == ["damaged"]
    assert opened.files[0].size_bytes <= 1_024 * 1_024
