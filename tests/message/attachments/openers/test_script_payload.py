"""What scripts carry behind themselves, or as base64, is opened."""

import base64
import gzip
import io
import tarfile

import pytest

from archive_builders import pack
from archive_cases import EICAR, NOTE, has_eicar, open_file
from file_samples import PE
from gatepost.message.attachments.openers.script_payload import MAX_PAYLOADS
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import codes
from zip_builder import Piece, write_zip

SCRIPT = b'#!/bin/sh\ntail -n +4 "$0" | tar xzf -\nexit 0\n'
BATCH = b"@echo off\r\ncertutil -decode %0 a.bin\r\n"


def write_tar(form: int) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        info = tarfile.TarInfo("a.com")
        info.size = len(EICAR)
        archive.addfile(info, io.BytesIO(EICAR))
    return packed.getvalue()


TAR = write_tar(tarfile.GNU_FORMAT)
PACKED = {
    "gzip": gzip.compress(TAR),
    "xz": pack("pax", {"a.com": EICAR}, filter_name="xz"),
    "bzip2": pack("pax", {"a.com": EICAR}, filter_name="bzip2"),
    "Zstandard": pack("pax", {"a.com": EICAR}, filter_name="zstd"),
    "7z": pack("7zip", {"a.com": EICAR}),
    "tar": TAR,
}


@pytest.mark.parametrize("packed", PACKED)
def test_what_stands_behind_a_script_is_opened(packed: str) -> None:
    opened = open_file(SCRIPT + PACKED[packed], "setup.run")
    assert (opened.kind, opened.opening, has_eicar(opened)) == (FileKind.SCRIPT, Opening.OPENED, True)


@pytest.mark.parametrize("packed", [*PACKED.values(), write_zip([Piece(b"a.com", EICAR)]), TAR + bytes(9_999)])
def test_what_a_script_writes_out_of_base64_is_opened(packed: bytes) -> None:
    for script in (SCRIPT, BATCH):
        assert has_eicar(open_file(script + base64.encodebytes(packed) + b"\nexit\n", "setup.bat"))


def test_a_program_in_base64_is_one() -> None:
    opened = open_file(BATCH + b"\r\n".join(base64.encodebytes(PE + bytes(99)).splitlines()), "setup.bat")
    assert [file.kind for file in opened.files] == [FileKind.PE]


@pytest.mark.parametrize("script", [SCRIPT, BATCH + NOTE, SCRIPT + b"key=" + base64.b64encode(bytes(300)) + b"\n"])
def test_a_script_that_carries_nothing_is_left_alone(script: bytes) -> None:
    assert open_file(script, "a.sh").files == ()


def test_more_than_is_looked_at_is_told() -> None:
    blocks = (base64.encodebytes(b"PK\x03\x04" + bytes(60) + bytes([number])) for number in range(MAX_PAYLOADS + 1))
    opened = open_file(SCRIPT + b"\n\n".join(blocks), "a.sh")
    assert (len(opened.files), opened.opening, "opening.unseen" in codes(opened)) == (20, Opening.LIMIT, True)
