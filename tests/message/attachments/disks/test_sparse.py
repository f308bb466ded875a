"""Disks of VMware, VirtualBox and QEMU show the bytes that were put into them."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disk_builders import build_qcow2, build_vdi, build_vmdk
from gatepost.message.attachments.disks.sparse import open_sparse

DISK = b"a" * 5_000 + bytes(20_000) + bytes(range(256)) * 100 + bytes(40_000) + b"the end".rjust(512)
BUILDERS: dict[str, Callable[[bytes], bytes]] = {
    "VMDK": build_vmdk,
    "VMDK as a stream": partial(build_vmdk, is_streamed=True),
    "VDI": build_vdi,
    "QCOW2": build_qcow2,
    "QCOW2, packed": partial(build_qcow2, is_packed=True),
}


@pytest.mark.parametrize("kind", BUILDERS)
def test_every_byte_is_where_it_was(kind: str) -> None:
    disk = open_sparse(BUILDERS[kind](DISK))
    assert disk is not None
    assert disk.read(0, len(DISK)) == DISK
    assert [disk.read(at, 700) for at in range(0, 90_000, 999)] == [DISK[at : at + 700] for at in range(0, 90_000, 999)]


@pytest.mark.parametrize("kind", BUILDERS)
def test_outside_of_the_disk_there_is_nothing(kind: str) -> None:
    disk = open_sparse(BUILDERS[kind](DISK))
    assert disk is not None
    assert disk.read(-5, 10) == disk.read(1 << 40, 10) == disk.read(0, 0) == b""


@pytest.mark.parametrize("content", [
    b"", DISK, b"KDMV" + bytes(600), b"QFI\xfb" + bytes(600), b"KDMV" + b"\xff" * 600, build_qcow2(DISK, features=16),
    bytes(0x40) + b"\x7f\x10\xda\xbe" + bytes(900),
])  # fmt: skip
def test_what_is_not_understood_is_none(content: bytes) -> None:
    assert open_sparse(content) is None


@given(st.integers(0, 600), st.binary(max_size=20), st.sampled_from(sorted(BUILDERS)))
def test_any_header_gives_bytes_or_none(place: int, junk: bytes, kind: str) -> None:
    content = BUILDERS[kind](DISK)
    disk = open_sparse(content[:place] + junk + content[place + len(junk) :])
    if disk is not None:
        assert len(disk.read(4_000, 9_000)) <= 9_000
