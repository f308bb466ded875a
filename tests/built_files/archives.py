"""Archives: honest ones, ambiguous ones, locked ones, bombs."""

import base64
import io
import tarfile
import zipfile
import zlib

from archive_builders import pack, write_rar4, write_rar5
from zip_builder import Piece, write_zip

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
NOTE = b"Bring the long ladder.\n"
PLAN = Piece(b"plan.txt", NOTE)
ROTA = Piece(b"rota.txt", b"Monday: Ann\nTuesday: Nora\n")
SCRIPT = b"@echo off\r\necho This only prints a line.\r\n"


def build_link() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        link = tarfile.TarInfo("photos")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    return packed.getvalue()


def build_sources() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, kind, target in (
            ("ladder-1.2/", tarfile.DIRTYPE, ""),
            ("ladder-1.2/README", tarfile.REGTYPE, ""),
            ("ladder-1.2/docs/README", tarfile.SYMTYPE, "../README"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return packed.getvalue()


def build_streamed() -> bytes:
    """Write an archive as programs do that write it while they read: sizes come behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.pieces: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.pieces.append(bytes(data))
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("plan.txt"), NOTE)
        archive.writestr(zipfile.ZipInfo("Übersicht.txt"), NOTE)
    return b"".join(pipe.pieces)


def build_bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(bytes(8 << 20)) + packer.flush()
    said = {"method": 8, "size": 8 << 20, "crc": zlib.crc32(bytes(8 << 20))}
    return write_zip([Piece(b"photos.bin", packed, 0, local=said, central=said)])


def build_nested(levels: int) -> bytes:
    content = write_zip([PLAN])
    for level in range(levels):
        content = write_zip([Piece(b"part %d.zip" % level, content)])
    return content


def build_mixed() -> bytes:
    """Write archives of five kinds, one in the other."""
    content = pack("7zip", {"invoice.com": EICAR})
    content = pack("pax", {"a.7z": content}, filter_name="xz")
    content = write_rar5({"a.tar.xz": content})
    content = pack("iso9660", {"a.rar": content})
    return write_zip([Piece(b"a.iso", content)])


def build_table() -> bytes:
    """Write a table that packs well, as tables do: a few hundred times smaller, and yet no bomb."""
    rows = b"".join(b"%06d;ladder;1;0.00\r\n" % (number // 50) for number in range(100_000))
    return write_zip([Piece(b"stock.csv", rows)])


def show_password() -> bytes:
    """Build a page that hands a locked archive over and tells its password, as droppers do."""
    locked = base64.b64encode(lock("invoice.com", EICAR, "Ladder-88")).decode()
    return (
        f"<html><p>It is protected.</p><p>Document password: <b>Ladder-88</b></p><script>var d = atob('{locked}');"
        "var a = document.createElement('a'); a.href = URL.createObjectURL(new Blob([d])); a.click()</script></html>"
    ).encode()


def lock(name: str, content: bytes, password: str, way: str = "aes256") -> bytes:
    return pack("zip", {name: content}, password=password, options=f"encryption={way}")


FILES = {
    # What programs disagree about
    "hidden-entry.zip": lambda: write_zip([PLAN, Piece(b"setup.txt", NOTE * 2, has_central=False)]),
    "two-archives.zip": lambda: write_zip([ROTA]) + write_zip([PLAN]),
    "two-names.zip": lambda: write_zip([Piece(b"plan.txt", NOTE, local={"name": b"plan.doc"})]),
    "escaping.zip": lambda: write_zip([Piece(b"../../start/plan.txt", NOTE)]),
    "link-outside.tar": build_link,
    "wrong-checksum.zip": lambda: write_zip([Piece(b"plan.txt", NOTE, local={"crc": 7}, central={"crc": 7})]),
    "data-behind.zip": lambda: write_zip([PLAN], behind=b"\x8f" * 400),
    "twice.zip": lambda: write_zip([PLAN, Piece(b"plan.txt", NOTE * 2)]),
    "rare-method.zip": lambda: write_zip([Piece(b"plan.txt", NOTE, 97)]),
    "backslashes.zip": lambda: write_zip([Piece(b"photos\\plan.txt", NOTE)]),
    # Honest ones
    "streamed.zip": build_streamed,
    "commented.zip": lambda: write_zip([PLAN, ROTA], comment=b"Packed for Nora by Ann"),
    "zip-in-zip.zip": lambda: write_zip([Piece(b"plans.zip", write_zip([PLAN]), 0), ROTA]),
    "sources.tar.gz": build_sources,
    "plans.7z": lambda: pack("7zip", {"plan.txt": NOTE, "rota.txt": b"Monday: Ann\n"}),
    # Bombs, and what only packs well
    "bomb.zip": build_bomb,
    "self.gz": lambda: pack("ustar", {"a": bytes(8 << 20)}, filter_name="gzip"),
    "mixed.zip": build_mixed,
    "deep.zip": lambda: build_nested(10),
    "three-deep.zip": lambda: build_nested(2),
    "endless.zip": lambda: write_zip([Piece(b"%d" % number, b"", 0) for number in range(10_010)]),
    "many.zip": lambda: write_zip([Piece(b"%d.txt" % number, NOTE, 0) for number in range(200)]),
    "table.zip": build_table,
    # Locked ones
    "locked.zip": lambda: lock("plan.txt", NOTE, "n0b0dy-kn0ws"),
    "locked-plan.zip": lambda: lock("plan.txt", NOTE, "Ladder-88"),
    "locked-script.zip": lambda: lock("invoice.bat", SCRIPT, "Ladder-88"),
    "locked-script-old.zip": lambda: lock("invoice.bat", SCRIPT, "8866", "zipcrypt"),
    "locked-eicar.zip": lambda: lock("invoice.com", EICAR, "Ladder-88"),
    "locked-in-page.html": show_password,
    "locked-beside-note.zip": lambda: write_zip(
        [
            Piece(b"invoice.zip", lock("invoice.com", EICAR, "Ladder-88"), 0),
            Piece(b"read me.txt", b"Open it with the password Ladder-88.\n"),
        ]
    ),
    "locked-names.rar": lambda: write_rar4({"plan.txt": NOTE}, main_flags=0x80),
    "locked.rar": lambda: write_rar5({"plan.txt": NOTE}, is_encrypted=True),
    "open.rar": lambda: write_rar5({"plan.txt": NOTE}),
}
