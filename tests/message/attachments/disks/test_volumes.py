"""Disks are found behind the tables of images, and volumes behind those of disks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disk_builders import add_extended, add_gpt, add_partitions, build_dynamic_vhd, build_vhd, build_vhdx
from gatepost.message.attachments.disks.volumes import find_volumes, open_disk

VOLUME = b"one volume" + bytes(502)
OTHER = b"another" + bytes(505)


def begins(content: bytes) -> list[bytes]:
    return [volume.read(0, 10).rstrip(b"\x00") for volume in find_volumes(open_disk(content))]


@pytest.mark.parametrize("wrap", [bytes, build_vhd, build_dynamic_vhd, build_vhdx])
def test_partitions_are_found_in_every_image(wrap: object) -> None:
    disk = add_partitions(VOLUME, OTHER)
    assert begins(wrap(disk))[1:] == [b"one volume", b"another"]  # type: ignore[operator]


def test_newer_and_nested_tables_are_followed() -> None:
    assert begins(add_gpt(VOLUME))[1:] == [b"one volume"]
    assert begins(add_extended(VOLUME))[1:] == [b"one volume"]


def test_a_disk_without_a_table_is_one_volume() -> None:
    assert begins(VOLUME) == [b"one volume"]


def test_blocks_that_are_not_kept_are_zeros() -> None:
    disk = open_disk(build_dynamic_vhd(b"a" * 4_096 + bytes(8_192) + b"b" * 100))
    assert disk.read(4_090, 12) == b"a" * 6 + bytes(6)
    assert disk.read(12_288, 3) == b"bbb"
    assert disk.read(1_000_000, 5) == b""
    assert disk.read(-5, 10) == b""


def test_blocks_of_the_newer_format_are_read_in_their_order() -> None:
    megabyte = 1 << 20
    disk = open_disk(build_vhdx(b"a" * megabyte + bytes(megabyte) + b"b" * 10))
    assert disk.read(megabyte - 2, 4) == b"aa\x00\x00"
    assert disk.read(2 * megabyte, 3) == b"bbb"


def test_a_table_that_leads_in_a_circle_ends() -> None:
    disk = bytearray(add_extended(VOLUME))
    disk[512 + 466] = 5
    disk[512 + 470 : 512 + 474] = (0).to_bytes(4, "little")
    assert len(begins(bytes(disk))) == 2
    disk[512 + 470 : 512 + 474] = (1 << 31).to_bytes(4, "little")
    assert len(begins(bytes(disk))) == 2


@given(st.binary(max_size=1_500), st.sampled_from([build_dynamic_vhd(VOLUME), build_vhd(VOLUME), add_gpt(VOLUME)]))
def test_any_bytes_give_volumes(junk: bytes, image: bytes) -> None:
    for content in (junk, junk + image[len(junk) :], image[: len(image) - 512] + junk[:512].ljust(512)):
        assert len(begins(content)) <= 200
