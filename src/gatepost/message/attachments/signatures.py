"""The first bytes by which kinds of files are known.

Source: the formats' own specifications, and where they leave it open what the programs that open such files ask for.
Trust: the content comes from a stranger.
Fails: never.
"""

import re
from collections.abc import Callable

from gatepost.message.attachments.container_kinds import detect_ole_kind, detect_zip_kind
from gatepost.message.attachments.mac_forks import is_mac_binary
from gatepost.message.attachments.program_kinds import detect_dos_or_windows, detect_fat_or_class
from gatepost.model.file_kinds import FileKind

_BIFF_TYPES = frozenset({0x05, 0x10, 0x20, 0x40, 0x100})
_FTYP_IMAGES = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})
_FTYP_SOUNDS = frozenset({b"M4A ", b"M4B ", b"M4P "})
_RIFF_KINDS = {
    b"WEBP": FileKind.WEBP,
    b"WAVE": FileKind.AUDIO,
    b"AVI ": FileKind.VIDEO,
    b"RMID": FileKind.AUDIO,
    b"ACON": FileKind.ICO,
}
_DER_SEQUENCE = re.compile(
    rb"\x30(?:[\x00-\x80]|" + b"|".join(rb"\x%x.{%d}" % (0x80 + count, count) for count in range(1, 17)) + rb")",
    re.DOTALL,
)  # the tag, and a length in each of its forms
_LONG_LENGTH = re.compile(rb"\A\x06(?:\x81|\x82\0|\x83\0\0|\x84\0\0\0)")
_DER_KINDS = (
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", FileKind.SMIME),  # an object of PKCS #7
    (b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01", FileKind.SMIME),  # one of CMS
    (b"\x02\x01\x03\x30", FileKind.CERTIFICATE),  # PKCS #12
)
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_MAX_SKIPPED = 1_000
_BEHIND_SKIPPED = ((b"\x28\xb5\x2f\xfd", FileKind.ZSTD), (b"\x04\x22\x4d\x18", FileKind.LZ4))
_X509 = re.compile(rb"\x30(?:\x81.|\x82..)\xa0\x03\x02\x01\x02\x02", re.DOTALL)
_PGP_PACKETS = re.compile(
    rb"(?:[\x85\x84]..\x03|\x86....\x03|\xc1[\xc0-\xdf]?.\x03|\xc0\xff....\x03|[\x8c\xc3].\x04[\x01-\x0d]"
    rb"|[\x98\x94].[\x03\x04]|[\x99\x95]..[\x03\x04])",
    re.DOTALL,
)  # RFC 9580 §4.2: a session key for somebody or for a password; a public or a secret key


def _read_riff(content: bytes) -> FileKind | None:
    return _RIFF_KINDS.get(content[8:12])


def _read_form(content: bytes) -> FileKind | None:
    return FileKind.AUDIO if content[8:12] in (b"AIFF", b"AIFC", b"8SVX") else None


def _read_gif(content: bytes) -> FileKind | None:
    return FileKind.GIF if content[4:6] in (b"7a", b"9a") else None


def _read_der(content: bytes) -> FileKind | None:
    sequence = _DER_SEQUENCE.match(content)
    if sequence is None:
        return None
    body = _LONG_LENGTH.sub(b"\x06", content[sequence.end() : sequence.end() + 20])
    found = next((kind for start, kind in _DER_KINDS if body.startswith(start)), None)
    return found or (FileKind.CERTIFICATE if _X509.match(body) else None)


def _read_bmp(content: bytes) -> FileKind | None:
    header_bytes = int.from_bytes(content[14:18], "little")
    return FileKind.BMP if header_bytes in (12, 16, 40, 52, 56, 64, 108, 124) else None


def _read_icon(content: bytes) -> FileKind | None:
    count = int.from_bytes(content[4:6], "little")
    entry = content[6:22]
    is_icon = 0 < count < 1_000 and len(entry) == 16 and int.from_bytes(entry[12:16], "little") >= 22  # noqa: PLR2004
    return FileKind.ICO if is_icon and entry[3] == 0 else None


def _read_workbook_stream(content: bytes) -> FileKind | None:
    """Know a stream of Excel by its first record (MS-XLS §2.4.21): its length, and the type of what follows."""
    length, kind = int.from_bytes(content[2:4], "little"), int.from_bytes(content[6:8], "little")
    is_first = 4 <= length <= 16 and kind in _BIFF_TYPES and len(content) > 4 + length  # noqa: PLR2004 - as written
    return FileKind.WORKBOOK_STREAM if is_first else None


def _read_arj(content: bytes) -> FileKind | None:
    header_bytes = int.from_bytes(content[2:4], "little")
    return FileKind.ARJ if 30 <= header_bytes <= 2_600 and content[10:11] == b"\x02" else None  # noqa: PLR2004


def _read_bzip2(content: bytes) -> FileKind | None:
    return FileKind.BZIP2 if content[4:10] in (b"1AY&SY", b"\x17rE8P\x90") else None


def _read_lzma(content: bytes) -> FileKind | None:
    """Ask for a dictionary of a usual size, and an unpacked size that is unknown or below 1 TB."""
    dictionary_bytes = int.from_bytes(content[1:5], "little")
    is_usual = dictionary_bytes & (dictionary_bytes - 1) == 0 and 1 << 12 <= dictionary_bytes <= 1 << 31
    has_size = content[5:13] == b"\xff" * 8 or content[10:13] == bytes(3)
    return FileKind.LZMA if len(content) > 13 and is_usual and has_size else None  # noqa: PLR2004


def skip_frames(content: bytes) -> bytes:
    """Cut off the frames that Zstandard and LZ4 pass over (RFC 8878 §3.1.2) where they stand in front."""
    at = 0
    for _ in range(_MAX_SKIPPED):
        if not _SKIPPABLE.match(content, at):
            break
        at += 8 + int.from_bytes(content[at + 4 : at + 8], "little")
    return content[at:] if at else content


def _read_skippable(content: bytes) -> FileKind | None:
    rest = skip_frames(content)
    return next((kind for mark, kind in _BEHIND_SKIPPED if rest.startswith(mark)), None)


def _read_mpeg_sound(content: bytes) -> FileKind | None:
    """Ask for a whole header of MPEG audio: layer, rate and frequency in their bounds."""
    header = content[:4]
    is_frame = len(header) == 4 and header[1] & 0x06 and header[2] >> 4 not in (0, 15) and header[2] & 0x0C != 0x0C  # noqa: PLR2004
    return FileKind.AUDIO if is_frame else None


def _read_old_cpio(content: bytes) -> FileKind | None:
    """Ask for a name of a possible length where the old binary header has it."""
    order = "little" if content[:2] == b"\xc7\x71" else "big"
    name_bytes = int.from_bytes(content[20:22], order)  # type: ignore[arg-type]  # one of both
    return FileKind.CPIO if 2 <= name_bytes <= 4_096 and len(content) >= 26 else None  # noqa: PLR2004


def _read_apple_archive(content: bytes) -> FileKind | None:
    return FileKind.OTHER_ARCHIVE if content[3:4] in (b"e", b"x", b"z", b"4", b"b") else None


def _read_pgp(content: bytes) -> FileKind | None:
    return FileKind.PGP if _PGP_PACKETS.match(content) else None


_Reader = FileKind | Callable[[bytes], FileKind | None]
_SIGNATURES: tuple[tuple[bytes, _Reader], ...] = (
    (b"PK\x03\x04", detect_zip_kind),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"PK\x07\x08PK\x03\x04", detect_zip_kind),  # the first of several volumes
    (b"PK00PK\x03\x04", detect_zip_kind),
    (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"RE\x7e\x5e", FileKind.RAR),  # before 1.5
    (b"\x1f\x8b\x08", FileKind.GZIP),
    (b"BZh", _read_bzip2),
    (b"\xfd7zXZ\x00", FileKind.XZ),
    (b"\x5d\x00\x00", _read_lzma),
    (b"LZIP\x01", FileKind.LZIP),
    (b"\x89LZO\x00\r\n\x1a\n", FileKind.LZOP),
    (b"\x28\xb5\x2f\xfd", FileKind.ZSTD),
    (b"\x04\x22\x4d\x18", FileKind.LZ4),
    *((bytes((first, 0x2A, 0x4D, 0x18)), _read_skippable) for first in range(0x50, 0x60)),
    (b"\x02\x21\x4c\x18", FileKind.LZ4),
    (b"\x1f\x9d", FileKind.COMPRESS),
    (b"\x1f\xa0", FileKind.COMPRESS),
    (b"MSCF\x00\x00\x00\x00", FileKind.CAB),
    (b"ISc(", FileKind.OTHER_ARCHIVE),  # InstallShield
    (b"SZDD\x88\xf0\x27\x33", FileKind.MS_COMPRESS),
    (b"KWAJ\x88\xf0\x27\xd1", FileKind.MS_COMPRESS),
    (b"MSWIM\x00\x00\x00", FileKind.OTHER_ARCHIVE),
    (b"WLPWM\x00\x00\x00", FileKind.OTHER_ARCHIVE),
    (b"\xed\xab\xee\xdb", FileKind.RPM),
    (b"070701", FileKind.CPIO),
    (b"070702", FileKind.CPIO),
    (b"070707", FileKind.CPIO),
    (b"\xc7\x71", _read_old_cpio),
    (b"\x71\xc7", _read_old_cpio),
    (b"!<arch>\n", FileKind.AR),
    (b"!<thin>\n", FileKind.AR),
    (b"\x60\xea", _read_arj),
    (b"xar!", FileKind.XAR),
    (b"ALZ\x01", FileKind.OTHER_ARCHIVE),
    (b"EGGA", FileKind.OTHER_ARCHIVE),
    (b"StuffIt ", FileKind.OTHER_ARCHIVE),
    (b"SIT!", FileKind.OTHER_ARCHIVE),
    (b"ZOO ", FileKind.OTHER_ARCHIVE),
    (b"\xea?PEA", FileKind.OTHER_ARCHIVE),
    (b"7kSt", FileKind.OTHER_ARCHIVE),  # ZPAQ
    (b"LRZI", FileKind.OTHER_ARCHIVE),
    (b"ArC\x01", FileKind.OTHER_ARCHIVE),
    (b"AA01", FileKind.OTHER_ARCHIVE),  # Apple Archive, plain and packed
    (b"YAA1", FileKind.OTHER_ARCHIVE),
    (b"pbz", _read_apple_archive),
    (b"\xff\x06\x00\x00sNaPpY", FileKind.OTHER_ARCHIVE),
    (b"\x00\x05\x16\x00\x00", FileKind.MAC_FILE),
    (b"\x00\x05\x16\x07\x00", FileKind.MAC_FILE),
    (b"=ybegin ", FileKind.TEXT),
    (b"hsqs", FileKind.DISK_IMAGE),  # SquashFS, also snap
    (b"DAA\x00", FileKind.DISK_IMAGE),  # of PowerISO and gBurner
    (b"GBI\x00", FileKind.DISK_IMAGE),
    (b"IsZ!", FileKind.DISK_IMAGE),
    (b"CISO", FileKind.DISK_IMAGE),
    (b"QED\x00", FileKind.DISK_IMAGE),
    (b"WithoutFreeSpace", FileKind.DISK_IMAGE),  # of Parallels
    (b"WithouFreSpacExt", FileKind.DISK_IMAGE),
    (b"vhdxfile", FileKind.VHDX),
    (b"conectix", FileKind.VHD),
    (b"KDMV", FileKind.VMDK),
    (b"COWD", FileKind.VMDK),
    (b"# Disk DescriptorFile", FileKind.VMDK),
    (b"QFI\xfb", FileKind.DISK_IMAGE),
    (b"encrcdsa", FileKind.DMG),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", detect_ole_kind),
    (b"{\\rt", FileKind.RTF),
    (b"\x09\x00", _read_workbook_stream),
    (b"\x09\x02", _read_workbook_stream),
    (b"\x09\x04", _read_workbook_stream),
    (b"\x09\x08", _read_workbook_stream),
    (b"ActiveMime", FileKind.ACTIVE_MIME),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", FileKind.ONENOTE),
    (b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", FileKind.ONENOTE),
    (b"%PDF-", FileKind.PDF),
    (b"%!PS", FileKind.POSTSCRIPT),
    (b"\x04%!PS", FileKind.POSTSCRIPT),
    (b"\xc5\xd0\xd3\xc6", FileKind.POSTSCRIPT),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"GIF8", _read_gif),
    (b"BM", _read_bmp),
    (b"RIFF", _read_riff),
    (b"RIFX", _read_riff),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
    (b"\x00\x00\x01\x00", _read_icon),
    (b"\x00\x00\x02\x00", _read_icon),
    (b"ID3", FileKind.AUDIO),
    (b"\xff\xfb", _read_mpeg_sound),
    (b"\xff\xfa", _read_mpeg_sound),
    (b"\xff\xf3", _read_mpeg_sound),
    (b"\xff\xf2", _read_mpeg_sound),
    (b"OggS\x00", FileKind.AUDIO),
    (b"fLaC", FileKind.AUDIO),
    (b"MThd\x00\x00\x00\x06", FileKind.AUDIO),
    (b".snd\x00", FileKind.AUDIO),
    (b"#!AMR", FileKind.AUDIO),
    (b"FORM", _read_form),
    (b"\x1a\x45\xdf\xa3", FileKind.VIDEO),
    (b"FLV\x01", FileKind.VIDEO),
    (b"\x00\x00\x01\xba", FileKind.VIDEO),
    (b"\x00\x00\x01\xb3", FileKind.VIDEO),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileKind.VIDEO),
    (b"MZ", detect_dos_or_windows),
    (b"ZM", detect_dos_or_windows),
    (b"\x7fELF", FileKind.ELF),
    (b"\xca\xfe\xba\xbe", detect_fat_or_class),
    (b"\xca\xfe\xba\xbf", FileKind.MACH_O),
    (b"\xbe\xba\xfe\xca", FileKind.MACH_O),
    (b"\xfe\xed\xfa\xce", FileKind.MACH_O),
    (b"\xfe\xed\xfa\xcf", FileKind.MACH_O),
    (b"\xce\xfa\xed\xfe", FileKind.MACH_O),
    (b"\xcf\xfa\xed\xfe", FileKind.MACH_O),
    (b"dex\n0", FileKind.JAVA_CLASS),  # Android's code
    (b"\x00asm", FileKind.WASM),
    (b"Cr24", FileKind.APP_PACKAGE),  # an extension of Chrome
    (b"FasdUAS ", FileKind.SCRIPT),  # AppleScript, compiled
    (b"#@~^", FileKind.SCRIPT),  # JScript or VBScript, encoded
    (b"\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9", FileKind.SCRIPT),  # AutoIt, compiled
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", FileKind.SHORTCUT),
    (b"ITSF", FileKind.HELP),
    (b"ITOLITLS", FileKind.HELP),
    (b"?_\x03\x00", FileKind.HELP),
    (b"regf", FileKind.REGISTRY),
    (b"wOFF", FileKind.FONT),
    (b"wOF2", FileKind.FONT),
    (b"\x00\x01\x00\x00\x00", FileKind.FONT),
    (b"OTTO\x00", FileKind.FONT),
    (b"true\x00", FileKind.FONT),
    (b"ttcf\x00", FileKind.FONT),
    (b"\x30", _read_der),
    (b"\x84", _read_pgp),
    (b"\x85", _read_pgp),
    (b"\x86", _read_pgp),
    (b"\x8c", _read_pgp),
    (b"\x94", _read_pgp),
    (b"\x95", _read_pgp),
    (b"\x98", _read_pgp),
    (b"\x99", _read_pgp),
    (b"\xc0", _read_pgp),
    (b"\xc1", _read_pgp),
    (b"\xc3", _read_pgp),
)
_BY_FIRST_BYTE = {
    first: tuple(pair for pair in _SIGNATURES if pair[0][0] == first) for first in {pair[0][0] for pair in _SIGNATURES}
}


def detect_by_start(content: bytes) -> FileKind | None:
    """Give the kind that the first bytes tell, None where they tell none."""
    for signature, reader in _BY_FIRST_BYTE.get(content[0], ()) if content else ():
        if content.startswith(signature):
            kind = reader if isinstance(reader, FileKind) else reader(content)
            if kind is not None:
                return kind
    return _detect_behind_start(content)


def _detect_behind_start(content: bytes) -> FileKind | None:
    """Know the few formats whose signature stands a few bytes into the file."""
    if content[4:8] == b"ftyp":
        return _detect_ftyp(content[8:12])
    if content[4:8] in (b"moov", b"mdat") and content[:1] == b"\x00":
        return FileKind.VIDEO
    if content[7:14] == b"**ACE**":
        return FileKind.ACE
    if content[2:3] == b"-" and content[6:7] == b"-" and content[3:5] in (b"lh", b"lz", b"pm"):
        return FileKind.LHA
    return FileKind.MAC_FILE if content[:1] == b"\x00" and is_mac_binary(content) else None


def _detect_ftyp(brand: bytes) -> FileKind:
    if brand in _FTYP_IMAGES:
        return FileKind.HEIC
    return FileKind.AUDIO if brand in _FTYP_SOUNDS else FileKind.VIDEO
