"""Archives of every kind are opened behind all locks of the sandbox, with the library that was loaded before them."""

from collections.abc import Callable, Iterator

import pytest

from archive_builders import (
    pack,
    write_arj,
    write_cab,
    write_lha,
    write_locked_7z,
    write_locked_rar5,
    write_rar4,
    write_rar5,
    write_udf,
)
from archive_cases import EICAR, NOTE
from gatepost.model.contents import Opening
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from zip_builder import Piece, write_zip

KINDS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "7z": lambda files: pack("7zip", files),
    "ISO": lambda files: pack("iso9660", files),
    "UDF": write_udf,
    "cpio": lambda files: pack("cpio_newc", files),
    "ar": lambda files: pack("ar_bsd", files),
    "xar": lambda files: pack("xar", files),
    "tar.gz": lambda files: pack("pax", files, filter_name="gzip"),
    "tar.bz2": lambda files: pack("pax", files, filter_name="bzip2"),
    "tar.xz": lambda files: pack("pax", files, filter_name="xz"),
    "tar.zst": lambda files: pack("pax", files, filter_name="zstd"),
    "tar.lz4": lambda files: pack("pax", files, filter_name="lz4"),
    "tar.Z": lambda files: pack("pax", files, filter_name="compress"),
    "RAR 4": write_rar4,
    "RAR 5": write_rar5,
    "locked 7z": lambda files: write_locked_7z(files, "Ladder-88", method="lzma2", with_names=True),
    "locked RAR 5": lambda files: write_locked_rar5(files, "Ladder-88", with_names=True),
    "CAB": write_cab,
    "LHA": write_lha,
    "ARJ": write_arj,
    "ZIP": lambda files: write_zip([Piece(name.encode(), content) for name, content in files.items()]),
    "locked ZIP": lambda files: pack("zip", files, password="Ladder-88", options="encryption=aes256"),
    "old locked ZIP": lambda files: pack("zip", files, password="Ladder-88", options="encryption=zipcrypt"),
}


@pytest.fixture(scope="module")
def real() -> Iterator[Sandbox]:
    one = Sandbox(OpenSettings(children=1))
    yield one
    one.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_five_deep_is_found(real: Sandbox, kind: str) -> None:
    content = EICAR
    for level in range(3):
        content = KINDS[kind]({"note.txt": NOTE, f"level{level}": content})
    content = write_zip([Piece(b"outer", write_zip([Piece(b"inner", content)]))])
    (opened,) = real.open(OpenOrder((FileToOpen("2", "mail.zip", content),), ("Ladder-88",))).files
    assert "signature.eicar" in {trait.code for file in opened.walk() for trait in file.traits}
    assert {file.opening for file in opened.walk()} <= {Opening.OPENED, Opening.LEAF}
