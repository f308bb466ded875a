"""ZIP archives that programs read differently, each with the trait that tells it, and honest ones."""

import struct
import zlib
from collections.abc import Callable

from archive_cases import EICAR, NOTE
from zip_builder import Piece, write_central, write_end, write_end64, write_zip

PLAN, ROTA = Piece(b"plan.txt", NOTE), Piece(b"rota.txt", b"Monday: Ann\n")
HIDDEN = Piece(b"hidden.com", EICAR, has_central=False)

ASKED = {"size": 0xFFFFFFFF}  # for the ZIP64 field


def unicode_path(name: bytes, path: str, *, crc: int | None = None) -> bytes:
    value = b"\x01" + struct.pack("<I", zlib.crc32(name) if crc is None else crc) + path.encode()
    return struct.pack("<HH", 0x7075, len(value)) + value


def write_two_directories() -> bytes:
    """One directory stands where the end record says, another in front of the end record."""
    first = write_zip([PLAN, ROTA])
    at = first.index(b"PK\x01\x02")
    other = write_central(ROTA, first.index(b"PK\x03\x04", 1))
    return first[: first.rindex(b"PK\x05\x06")] + other + write_end(1, len(other), at)


def move_locator(content: bytes) -> bytes:
    """Let the locator of the ZIP64 end record tell another place."""
    at = content.rindex(b"PK\x06\x07") + 8
    return content[:at] + struct.pack("<Q", 1) + content[at + 8 :]


def write_comment_archive() -> bytes:
    return write_zip([PLAN], comment=write_zip([HIDDEN, ROTA]))


AMBIGUOUS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "only a local header": ("hidden_entry", lambda: write_zip([PLAN, HIDDEN, ROTA])),
    "only in the directory": ("no_local_header", lambda: write_zip([PLAN, Piece(b"b", NOTE, has_local=False)])),
    "two names": ("name_differs", lambda: write_zip([Piece(b"a.txt", NOTE, local={"name": b"a.exe"})])),
    "no local name": ("name_differs", lambda: write_zip([Piece(b"a.txt", NOTE, local={"name": b""})])),
    "two methods": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"method": 0})])),
    "two sizes": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"size": 5})])),
    "two packed sizes": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"packed": 5}), ROTA])),
    "two checksums": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"crc": 5})])),
    "locked in one header": ("header_differs", lambda: write_zip([Piece(b"a", NOTE, local={"flags": 1})])),
    "two end records": ("several_ends", lambda: write_zip([PLAN]) + write_zip([ROTA])),
    "an archive in the comment": ("several_ends", write_comment_archive),
    "two directories": ("two_directories", write_two_directories),
    "files share bytes": ("overlap", lambda: write_zip([PLAN, Piece(b"b", NOTE, central={"at": 0})])),
    "data in front": ("data_before", lambda: write_zip([PLAN], before=b"something else ")),
    "data between": ("data_between", lambda: write_zip([PLAN, Piece(b"b", NOTE, before=b"something")])),
    "data before the directory": ("data_between", lambda: write_zip([PLAN], between=b"something")),
    "data behind": ("data_behind", lambda: write_zip([PLAN], behind=b"something")),
    "a comment that is cut": ("end_odd", lambda: write_zip([PLAN], comment=b"abc", end={"here": 2})),
    "a count too small": ("end_odd", lambda: write_zip([PLAN, ROTA], end={"count": 1, "here": 1})),
    "a count too large": ("end_odd", lambda: write_zip([PLAN], end={"count": 2, "here": 2})),
    "a size that is wrong": ("end_odd", lambda: write_zip([PLAN, ROTA], end={"size": 3})),
    "zip64 end without sense": ("end_odd", lambda: b"".join([
        (first := write_zip([PLAN]))[: (at := first.rindex(b"PK\x05\x06"))], write_end64(5, 7, 9, at), first[at:]])),
    "a zip64 locator that lies": ("end_odd", lambda: move_locator(write_zip([PLAN], is_zip64=True))),
    "no end": ("no_directory", lambda: write_zip([PLAN])[:-30]),
    "volumes": ("volumes", lambda: write_zip([PLAN], end={"disk": 1})),
    "a spanned one": ("volumes", lambda: b"PK\x07\x08" + write_zip([PLAN])),
    "a wrong descriptor": ("descriptor_differs", lambda: write_zip(
        [Piece(b"a", NOTE, flags=8, descriptor=b"PK\x07\x08" + bytes(12))])),
    "a zip64 field that lies": ("zip64_odd", lambda: write_zip(
        [Piece(b"a", NOTE, extra=struct.pack("<HHQQ", 1, 16, 5, 5))])),
    "a rest in the zip64 field": ("zip64_odd", lambda: write_zip(
        [Piece(b"a", NOTE, extra=struct.pack("<HHQH", 1, 10, len(NOTE), 0), local=ASKED, central=ASKED)])),
    "a rest in the extra field": ("extra_odd", lambda: write_zip([Piece(b"a", NOTE, extra=b"abc")])),
    "zeros in the extra field": ("extra_padded", lambda: write_zip([Piece(b"a", NOTE, extra=bytes(3))])),
    "the same extra twice": ("extra_odd", lambda: write_zip([Piece(b"a", NOTE, extra=unicode_path(b"a", "a") * 2)])),
    "another unicode name": ("unicode_name", lambda: write_zip(
        [Piece(b"a.txt", NOTE, extra=unicode_path(b"a.txt", "a.exe"))])),
    "a unicode name of another": ("unicode_stale", lambda: write_zip(
        [Piece(b"a.txt", NOTE, extra=unicode_path(b"a.txt", "a.txt", crc=1))])),
    "nothing in the local header": ("header_empty", lambda: write_zip(
        [Piece(b"a", NOTE, local={"crc": 0, "packed": 0, "size": 0})])),
    "data that is cut off": ("cut_off", lambda: write_zip([Piece(b"a", NOTE, central={"packed": 9_000})])),
}  # fmt: skip


HONEST: dict[str, Callable[[], bytes]] = {
    "plain": lambda: write_zip([PLAN, ROTA]),
    "empty": lambda: write_zip([]),
    "streamed": lambda: write_zip([Piece(b"a", NOTE, flags=8), ROTA]),
    "streamed without a mark": lambda: write_zip(
        [Piece(b"a", NOTE, 0, flags=8, descriptor=struct.pack("<III", zlib.crc32(NOTE), len(NOTE), len(NOTE))), ROTA]
    ),
    "zip64": lambda: write_zip([PLAN], is_zip64=True),
    "commented": lambda: write_zip([PLAN], comment=b"made for Nora"),
    "an archive stored in it": lambda: write_zip([Piece(b"inner.zip", write_zip([PLAN]), 0)]),
    "a folder": lambda: write_zip([Piece(b"folder/"), Piece(b"folder/plan.txt", NOTE)]),
    "backslashes in one header": lambda: write_zip([Piece(b"f\\a", NOTE, local={"name": b"f/a"})]),
    "zeros behind": lambda: write_zip([PLAN], behind=bytes(100)),
    "signed by Android": lambda: write_zip([PLAN], between=b"\x01\x02\x03APK Sig Block 42"),
    "a Chinese name in two charsets": lambda: write_zip(
        [Piece((old := "计划.txt".encode("gb18030")), NOTE, extra=unicode_path(old, "计划.txt"))]
    ),
}
