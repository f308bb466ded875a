"""Files are known by how they begin, and what only looks alike is not taken for them."""

import struct

import pytest

from gatepost.message.attachments.signatures import detect_by_start
from gatepost.model.file_kinds import FileKind
from message.attachments.test_mac_forks import write_mac_binary

ICON = b"\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00" + struct.pack("<II", 40, 22)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c\x00\x04", FileKind.SEVEN_ZIP),
        (b"Rar!\x1a\x07\x00", FileKind.RAR),
        (b"BZh91AY&SY", FileKind.BZIP2),
        (b"\x5d\x00\x00\x80\x00" + b"\xff" * 8 + b"\x00", FileKind.LZMA),
        (b"\x60\xea\x2b\x00\x22\x0b\x01\x02\x10\x00\x02", FileKind.ARJ),
        (b"\x21\x00-lh5-\x05", FileKind.LHA),
        (b"1234567**ACE**", FileKind.ACE),
        (b"\xc7\x71" + bytes(18) + b"\x05\x00" + bytes(10), FileKind.CPIO),
        (b"SZDD\x88\xf0\x27\x33A", FileKind.MS_COMPRESS),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", FileKind.WEBP),
        (b"BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00", FileKind.BMP),
        (ICON, FileKind.ICO),
        (b"\x00\x00\x00\x18ftypheic", FileKind.HEIC),
        (b"\x00\x00\x00\x18ftypmp42", FileKind.VIDEO),
        (b"\x00\x00\x00\x18ftypM4A ", FileKind.AUDIO),
        (b"\xff\xfb\x90\x64", FileKind.AUDIO),
        (b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", FileKind.SMIME),
        (b"\x30\x82\x03\x21\x30\x82\x02\x09\xa0\x03\x02\x01\x02\x02\x10", FileKind.CERTIFICATE),
        (b"\x85\x02\x0c\x03abcdefgh", FileKind.PGP),
        (b"\x98\x33\x04\x67\xe1\xaa\xd5\x16", FileKind.PGP),
        (b"{\\rtf1", FileKind.RTF),
        (b"\x4c\x00\x00\x00\x01\x14\x02\x00\x00", FileKind.SHORTCUT),
        (b"FORM\x00\x00\x00\x10AIFF", FileKind.AUDIO),
        (b"LRZI\x00\x06", FileKind.OTHER_ARCHIVE),
        (b"pbze\x00\x00\x00\x00", FileKind.OTHER_ARCHIVE),
        (b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", FileKind.MAC_FILE),
        (write_mac_binary(b"plan.txt", b"note"), FileKind.MAC_FILE),
        (b"=ybegin line=128 size=9 name=a", FileKind.TEXT),
        (b"DAA\x00\x00", FileKind.DISK_IMAGE),
    ],
)
def test_a_kind_is_known_by_its_start(content: bytes, kind: FileKind) -> None:
    assert detect_by_start(content) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BZh is an area code",
        b"pbz is a word",
        b"RIFF raff",
        b"BMW sells cars",
        b"GIF8 is short",
        b"FORM 1040 for the year",
        b"MZ",
        b"0",
        b"00:15 to 00:30",
        b"\xff\xfb\xff\xff",
        b"\x5d\x00\x00\x01\x02\x03",
        b"\x60\xea\x00\x00",
        b"\x00\x00\x01\x00\x00\x00",
        b"\x85" + bytes(20),
        b"true, or not",
    ],
)
def test_what_only_looks_alike_is_nothing(content: bytes) -> None:
    assert detect_by_start(content) is None
