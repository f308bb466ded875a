"""What a file really is: by its first bytes, by where its end says it begins, and by what lies in it.

A file may be several kinds at once: programs look for what they open in different places, and some open whatever its
name tells them to.

Trust: the content and the name come from a stranger.
Fails: never; what is not recognised is UNKNOWN.
"""

import re

from gatepost.message.attachments.container_kinds import detect_zip_kind, find_zip_end, read_zip_directory
from gatepost.message.attachments.disk_kinds import detect_by_depth
from gatepost.message.attachments.program_kinds import find_overlay
from gatepost.message.attachments.signatures import detect_by_start
from gatepost.message.attachments.text_kinds import (
    detect_by_name,
    detect_text_kind,
    find_saved_page,
    is_page_in_xml,
    read_head,
    read_lead,
)
from gatepost.model.file_kinds import ARCHIVES, FileKind

PDF_BYTES = 1_024  # readers look for the mark of a PDF in so many bytes
MAX_HIDDEN_START_BYTES = 2 * 1024 * 1024  # as far programs for RAR and 7z look for an archive behind something else
MAX_OVERLAY_BYTES = 64 * 1024
_ENDING = re.compile(r"\.([a-z0-9-]{1,20})[\s.\"']*$")
_OBJECT = re.compile(rb"\d ?obj\b|startxref|/Root")
_HIDDEN_STARTS = ((b"Rar!\x1a\x07", FileKind.RAR), (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP))
CABINET = re.compile(rb"MSCF\x00{4}.{4}\x00{4}.{4}\x00{4}\x03\x01", re.DOTALL)  # [MS-CAB] §2.1, of the one version
_ARCHIVE_NAMES = frozenset({"rar", "r00", "rev", "7z", "cab"})
_ZIP_KINDS = frozenset(
    {
        FileKind.ZIP, FileKind.JAR, FileKind.APK, FileKind.OOXML, FileKind.OPEN_DOCUMENT, FileKind.EPUB,
        FileKind.APP_PACKAGE,
    }
)  # fmt: skip
_BY_NAME_ALONE = {  # what opens these takes any bytes for its own, and passes over what it does not understand
    "hta": FileKind.SCRIPT,
    "bat": FileKind.SCRIPT,
    "cmd": FileKind.SCRIPT,
    "scf": FileKind.SHORTCUT,
    "url": FileKind.INTERNET_SHORTCUT,
    "html": FileKind.HTML,
    "htm": FileKind.HTML,
    "shtml": FileKind.HTML,
    "pyc": FileKind.SCRIPT,
    "scpt": FileKind.SCRIPT,
    "pif": FileKind.DOS_PROGRAM,
    "com": FileKind.DOS_PROGRAM,
}
_WORD_NAMES = frozenset({"doc", "dot", "docx", "docm", "dotm", "rtf", "wbk", "wiz"})
_LZMA_NAMES, _LZMA_CODES = frozenset({"lzma", "tlz"}), 225  # of its properties, in the first byte; it has no mark
_ZIPS_BY_NAME = {"jar": FileKind.JAR, "apk": FileKind.APK, "xpi": FileKind.APP_PACKAGE, "vsix": FileKind.APP_PACKAGE}
_WRAPPERS = frozenset({FileKind.TNEF, FileKind.MAC_FILE})
_HOLDS_WHOLE_FILES = ARCHIVES | _ZIP_KINDS | {FileKind.OLE, FileKind.OUTLOOK_MESSAGE, FileKind.MAIL, FileKind.MHTML}
_READ_AS_TEXT = frozenset(
    {
        FileKind.TEXT, FileKind.HTML, FileKind.XML, FileKind.SVG, FileKind.MHTML, FileKind.MAIL, FileKind.CSV,
        FileKind.OFFICE_XML, FileKind.CALENDAR, FileKind.CONTACT, FileKind.PGP, FileKind.CERTIFICATE,
        FileKind.SPREADSHEET_LINK,
    }
)  # fmt: skip
_SELF_EXTRACTING = frozenset({FileKind.PE, FileKind.ELF, FileKind.MACH_O, FileKind.SCRIPT, FileKind.DOS_PROGRAM})
_PACKINGS = frozenset({FileKind.BZIP2, FileKind.XZ, FileKind.LZMA, FileKind.GZIP})
_DISKS = frozenset({FileKind.DISK_IMAGE, FileKind.ISO, FileKind.UDF, FileKind.VHD, FileKind.DMG})


def detect_kind(content: bytes, name: str = "") -> FileKind:
    """Give the kind of a file; see detect_kinds."""
    return detect_kinds(content, name)[0]


def detect_kinds(content: bytes, name: str = "") -> tuple[FileKind, ...]:
    """Give all kinds that one file is, first the one that it begins as.

    The name decides between kinds of text, and adds what is run or shown for its name alone.
    """
    if not content:
        return (FileKind.EMPTY,)
    ending = read_ending(name)
    found = [kind for kind in (detect_by_start(content), *detect_by_depth(content)) if kind is not None]
    if not found:
        found += _read_text(content, ending)
    if not found and ending in _LZMA_NAMES and content[0] < _LZMA_CODES:
        found.append(FileKind.LZMA)
    if _is_also_pdf(content, ending, found):
        found.append(FileKind.PDF)
    if not _ZIP_KINDS.intersection(found) and _ends_as_zip(content, found):
        found.append(detect_zip_kind(content))
    if FileKind.ZIP in found and ending in _ZIPS_BY_NAME:
        found[found.index(FileKind.ZIP)] = _ZIPS_BY_NAME[ending]
    found += [*_find_hidden(content, ending, found), *_find_behind_pdf(content, ending, found)]
    if (by_name := _BY_NAME_ALONE.get(ending)) and not _is_better_known(found, by_name):
        found.append(by_name)
    return _put_in_order(found)


def read_ending(name: str) -> str:
    """Give the last extension of a name in small letters, as Windows reads it, "" for none."""
    match = _ENDING.search(name[-100:].lower())
    return match[1] if match else ""


def are_at_odds(kinds: tuple[FileKind, ...]) -> bool:
    """Say whether the kinds of one file have no honest reason to be together.

    Programs carry what they unpack, disk images are made to be read in several ways.
    """
    others = frozenset(kinds)
    if len(others) < 2 or others <= _DISKS or others <= _READ_AS_TEXT:  # noqa: PLR2004 - one kind is no two
        return False
    return not (kinds[0] in _SELF_EXTRACTING and others - {kinds[0]} <= ARCHIVES | {FileKind.JAR})


def _read_text(content: bytes, ending: str) -> list[FileKind]:
    """Give the kind of a text, or of what begins as one and goes on otherwise, if its beginning says it."""
    head = read_head(content)
    if head is not None:
        kind, by_name = detect_text_kind(head, ending), detect_by_name(ending)
        page = [FileKind.HTML] if kind is FileKind.XML and is_page_in_xml(content) else []
        return [kind, *page, *([by_name] if by_name else [])]
    kind = detect_text_kind(read_lead(content), "")
    return [] if kind is FileKind.TEXT else [kind]


def _is_also_pdf(content: bytes, ending: str, found: list[FileKind]) -> bool:
    """Say whether readers of PDF open a file that does not begin as one.

    They look for the mark in so many bytes. In an archive it may be that of the first file in there, so an archive is
    one only by its name; and some readers take a named file without the mark.
    """
    place = content.find(b"%PDF-", 0, PDF_BYTES)
    is_named = ending == "pdf"
    if place == 0:
        return False  # it begins as one
    if not is_named and (place < 0 or _HOLDS_WHOLE_FILES.intersection(found)):
        return False
    near = content[max(place, 0) : max(place, 0) + PDF_BYTES]
    return _OBJECT.search(near) is not None or (is_named and place > 0)


def _ends_as_zip(content: bytes, found: list[FileKind]) -> bool:
    """Say whether programs that look for an archive from the end of the file find one.

    An archive that merely lies in a larger file, as in a mail or a tape archive, is no end of that file: it counts
    only where its comment ends with the file or its places are those of the whole file. The wrapping of Outlook, and
    that of the Mac, ends with the last of its files.
    """
    end = find_zip_end(content)
    if end < 0 or not _WRAPPERS.isdisjoint(found) or not read_zip_directory(content, end):
        return False
    comment_bytes = int.from_bytes(content[end + 20 : end + 22], "little")
    is_whole = end + 22 + comment_bytes >= len(content) - 2
    written = int.from_bytes(content[end + 16 : end + 20], "little")
    return is_whole or content.startswith(b"PK\x01\x02", written) or FileKind.PE in found


def _find_hidden(content: bytes, ending: str, found: list[FileKind]) -> list[FileKind]:
    """Look for archives behind a program, and behind anything that is named as an archive and is none."""
    if FileKind.PE in found:
        start = find_overlay(content)
        window = content[start : start + MAX_OVERLAY_BYTES] if start >= 0 else b""
    elif ending in _ARCHIVE_NAMES and not ARCHIVES.intersection(found) and not _ZIP_KINDS.intersection(found):
        window = content[:MAX_HIDDEN_START_BYTES]
    else:
        return []
    hidden = [kind for mark, kind in _HIDDEN_STARTS if mark in window]
    if CABINET.search(content if FileKind.PE in found else window):  # IExpress has it among its resources
        hidden.append(FileKind.CAB)
    return hidden


def _find_behind_pdf(content: bytes, ending: str, found: list[FileKind]) -> list[FileKind]:
    is_page = FileKind.PDF in found and ending in _WORD_NAMES and find_saved_page(content) >= 0
    return [FileKind.MHTML] if is_page else []


def _is_better_known(found: list[FileKind], by_name: FileKind) -> bool:
    if by_name is FileKind.DOS_PROGRAM:
        return any(kind not in (FileKind.TEXT, FileKind.UNKNOWN) for kind in found)
    return by_name in found or (by_name is FileKind.HTML and FileKind.SVG in found)


def _put_in_order(found: list[FileKind]) -> tuple[FileKind, ...]:
    """Drop what is said twice, a plain text that turned out to be more, and how a disk image packs its first bytes."""
    kinds = dict.fromkeys(found)
    if len(kinds) > 1:
        kinds.pop(FileKind.TEXT, None)
    if FileKind.DMG in kinds:
        kinds = dict.fromkeys(kind for kind in kinds if kind not in _PACKINGS)
    return tuple(kinds) or (FileKind.UNKNOWN,)
