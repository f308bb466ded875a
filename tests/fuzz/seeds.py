"""Files that fuzzing begins with: those that tests build, one for each kind, and samples of ../shared where it is."""

import lzma
import struct
from collections.abc import Iterator
from functools import cache

from ambiguous_mails import write_mails
from ambiguous_mails.payload import Payload
from archive_builders import (
    pack,
    write_arj,
    write_cab,
    write_lha,
    write_locked_7z,
    write_oldest_rar,
    write_rar4,
    write_rar5,
    write_udf,
)
from archive_cases import EICAR, NOTE
from built_files import build_file, load_builders
from built_files.compound_files import build_compound
from built_files.office import build_active_mime, build_workbook, write_built_in_name, write_call, write_sheet
from corpus_tools import write_bytes
from disk_builders import (
    add_gpt,
    add_partitions,
    build_dynamic_vhd,
    build_fat,
    build_ntfs,
    build_qcow2,
    build_vdi,
    build_vhd,
    build_vmdk,
)
from gatepost.message.attachments.kinds import detect_kinds
from gatepost.model.contents import FoundLink, LinkSource, OpenedFile, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.net.sandbox.frames import Born, Died, Failed, Kill, encode
from message.attachments.openers.test_openpgp import (
    armour,
    pack_raw,
    write_endless,
    write_literal,
    write_new,
    write_pieces,
)
from message.attachments.openers.test_rare_packing import PACKED
from message.attachments.openers.test_smime import MAIL
from message.attachments.test_mac_forks import write_apple, write_mac_binary
from paths import PROJECT_ROOT, SHARED
from signed_mails import write_signed
from zip_builder import Piece, write_zip

MAX_BYTES = 600_000  # of a seed: what is larger says no more, and takes long
_SAMPLES = ("data/attachments/files", "suites/office-attachments-oletools")
_FILES = {"note.txt": NOTE, "a.com": EICAR}


@cache
def list_files() -> tuple[bytes, ...]:
    """Give all files that tests build, the small ones first."""
    built = [build_file(name) for name in load_builders()]
    files = {*built, *PACKED.values(), *_build_archives(), *_build_disks(), *_build_streams()}
    return tuple(sorted((file for file in files if len(file) <= MAX_BYTES), key=lambda file: (len(file), file)))


def _build_archives() -> Iterator[bytes]:
    for form in ("7zip", "iso9660", "cpio_newc", "ar_bsd", "xar", "pax", "gnutar"):
        yield pack(form, _FILES)
    for packing in ("gzip", "bzip2", "xz", "zstd", "lz4", "compress"):
        yield pack("pax", _FILES, filter_name=packing)
    for write in (write_oldest_rar, write_rar4, write_rar5, write_cab, write_lha, write_arj, write_udf):
        yield write(_FILES)
    yield b"#!/bin/sh\nexit\n" + pack("pax", _FILES, filter_name="gzip")
    yield write_mac_binary(b"a.com", EICAR)
    yield write_apple(b"\x00\x05\x16\x00\x00", {1: EICAR})
    yield build_compound({"a.cab": write_cab(_FILES)}, "000C1084-0000-0000-C000-000000000046")
    yield pack("zip", _FILES, password="secret", options="encryption=zipcrypt")
    yield write_locked_7z(_FILES, "secret", method="lzma2", with_names=True)
    yield write_zip([Piece(b"inner.zip", write_zip([Piece(b"a.com", EICAR)]))])
    yield lzma.compress(NOTE, lzma.FORMAT_ALONE)
    yield from (write_signed(b"\x04" + bytes([len(MAIL)]) + MAIL, form) for form in ("short", "none"))
    literal = write_new(11, write_literal(MAIL, b"mail.txt"))
    yield from (
        armour(packets) for packets in (literal, write_endless(8, pack_raw(literal)), write_pieces(11, literal))
    )


def _build_disks() -> Iterator[bytes]:
    fat, ntfs = build_fat(_FILES), build_ntfs(_FILES, {"note.txt:more": NOTE})
    yield from (fat, ntfs, add_partitions(fat), add_gpt(fat), build_vhd(fat), build_dynamic_vhd(ntfs))
    yield from (
        build_vmdk(ntfs),
        build_vmdk(ntfs, is_streamed=True),
        build_vdi(ntfs),
        build_qcow2(ntfs, is_packed=True),
    )


def _build_streams() -> Iterator[bytes]:
    yield build_active_mime(build_compound({"VBA": {"dir": b"x"}}))
    yield build_workbook(write_sheet("M", kind=1), write_built_in_name(1), macro_sheet=write_call(110))


@cache
def list_samples() -> tuple[bytes, ...]:
    """Give the samples of ../shared, none where it is not there."""
    paths = sorted(path for folder in _SAMPLES for path in (SHARED / folder).rglob("*") if path.is_file())
    return tuple(path.read_bytes() for path in paths if path.stat().st_size <= MAX_BYTES)


def choose_files(kinds: frozenset[FileKind], files: tuple[bytes, ...]) -> list[bytes]:
    """Give those that are of any of these kinds."""
    return [file for file in files if kinds.intersection(detect_kinds(file))]


@cache
def list_mails() -> tuple[bytes, ...]:
    """Give the cases of the checks, and mails that programs read in different ways."""
    paths = sorted((PROJECT_ROOT / "tests" / "corpus").glob("*/*.eml"))
    ambiguous = [raw for _, raw in write_mails(Payload("note.com", "application/octet-stream", EICAR))]
    return tuple(
        raw for raw in (*(write_bytes(path.read_bytes()) for path in paths), *ambiguous) if len(raw) < MAX_BYTES
    )


@cache
def list_frames() -> tuple[bytes, ...]:
    """Give what is said between the gate, the nursery and its children."""
    inner = OpenedFile("2:1", "a.com", FileKind.DOS_PROGRAM, 68, sha256="0" * 64, traits=(Trait("signature.eicar"),))
    link = FoundLink("https://example.org/", LinkSource.DOCUMENT)
    answer = OpenedFile("2", "a.zip", FileKind.ZIP, 0, files=(inner,), links=(link,), content=b"x")
    words = (Born(1, 2, ("landlock",)), Died(1, 9, 1 << 20), Failed(1, "no landlock"), Kill(1), answer)
    order = ("2", "a.zip", "a/b", 5, True, ("secret",), "ALL", 1.5)
    values = [encode(word) for word in (*words, order)]
    return (*values, *(struct.pack(">I", len(value)) + value for value in values))
