"""What a ZIP archive or a compound file is for: an Office document, a program for a phone, an installer, a mail.

Standards: APPNOTE.TXT 6.3.10 §4.3.16 (end of central directory), [MS-CFB] §2.2 (header), §2.6 (directory entries).
Trust: the content comes from a stranger; offsets in it may lead anywhere, in a circle or to nothing.
Fails: never; what cannot be followed counts as not there.
"""

from gatepost.model.file_kinds import FileKind

MAX_DIRECTORY_BYTES = 256 * 1024  # as much of a ZIP's directory is looked at
MAX_HEAD_BYTES = 4 * 1024
MAX_TAIL_BYTES = 65_557  # the record at the end of a ZIP, and its comment
MAX_DIRECTORY_SECTORS = 16  # as much of a compound file's directory
_END = b"PK\x05\x06"
_END_BYTES = 22
_CENTRAL = b"PK\x01\x02"
_NAME_PLACE = 30  # of the first file's name
_KIND_OF_MEDIA = (
    b"mimetype"  # this first file tells what the archive is (EPUB OCF 3.3 §4.3, OpenDocument 1.3 part 2 §3.3)
)
_OFFICE = (b"[content_types].xml", b"_rels/.rels")
_SCHEMES = (  # the first that all stand in the archive says what it is
    ((b"androidmanifest.xml", b"classes.dex"), FileKind.APK),
    ((b"androidmanifest.xml", b"resources.arsc"), FileKind.APK),
    ((b"appxmanifest.xml",), FileKind.APP_PACKAGE),
    ((b"appxbundlemanifest.xml",), FileKind.APP_PACKAGE),
    ((b"extension.vsixmanifest",), FileKind.APP_PACKAGE),
    ((b"payload/", b".app/info.plist"), FileKind.APP_PACKAGE),
    ((b"application/vnd.oasis.opendocument",), FileKind.OPEN_DOCUMENT),
    ((b"application/vnd.sun.xml",), FileKind.OPEN_DOCUMENT),
    ((b"application/epub+zip",), FileKind.EPUB),
    ((b"meta-inf/container.xml",), FileKind.EPUB),
    ((b"meta-inf/manifest.xml", b"content.xml"), FileKind.OPEN_DOCUMENT),
    ((b"meta-inf/manifest.mf",), FileKind.JAR),
)
_CODE_OF_JAVA = b".class"
_INSTALLERS = frozenset(
    bytes.fromhex(number + "00000000c000000000000046") for number in ("84100c00", "86100c00", "82100c00")
)  # package, patch and transform of Windows Installer
_MESSAGE = bytes.fromhex("0b0d020000000000c000000000000046")
_MESSAGE_STREAM = "__properties_version1.0".encode("utf-16-le")


def find_zip_end(content: bytes) -> int:
    """Give where the record at the end of a ZIP archive stands that its readers find, -1 where there is none.

    The archive may begin anywhere: readers go from its end.
    """
    last = len(content) - _END_BYTES
    if last >= 0 and content.startswith(_END, last):
        return last
    return content.rfind(_END, max(0, len(content) - MAX_TAIL_BYTES))


def read_zip_directory(content: bytes, end: int) -> bytes:
    """Give the central directory, where the record at `end` says that it is or where it must be; b"" for neither."""
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    written = int.from_bytes(content[end + 16 : end + 20], "little")
    for start in (end - size, written):
        if size and start >= 0 and content.startswith(_CENTRAL, start):
            return content[start : start + min(size, MAX_DIRECTORY_BYTES)]
    return b""


def detect_zip_kind(content: bytes) -> FileKind:
    """Give what a ZIP archive is for, by the names in it.

    Its beginning counts only where nothing better is there: a document that is stored as it is begins there, too.
    """
    end = find_zip_end(content)
    directory = read_zip_directory(content, end) if end >= 0 else b""
    head = content[:MAX_HEAD_BYTES] if not directory or content.startswith(_KIND_OF_MEDIA, _NAME_PLACE) else b""
    names = (head + directory).lower()
    found = next((kind for marks, kind in _SCHEMES if all(mark in names for mark in marks)), FileKind.ZIP)
    if found is FileKind.JAR and _CODE_OF_JAVA not in names:
        found = FileKind.ZIP
    if found in (FileKind.ZIP, FileKind.JAR, FileKind.EPUB) and all(mark in names for mark in _OFFICE):
        return FileKind.OOXML
    return found


def detect_ole_kind(content: bytes) -> FileKind:
    """Give what a compound file is for, by the class of its root and by the names in its directory."""
    directory = _read_ole_directory(content)
    identity = directory[80:96]
    if identity in _INSTALLERS:
        return FileKind.WINDOWS_INSTALLER
    if identity == _MESSAGE or _MESSAGE_STREAM in directory:
        return FileKind.OUTLOOK_MESSAGE
    return FileKind.OLE


def _read_ole_directory(content: bytes) -> bytes:
    """Give the first sectors of the directory, along their chain."""
    shift = int.from_bytes(content[30:32], "little")
    sector_bytes = 1 << shift if shift in (9, 12) else 512
    sector = int.from_bytes(content[48:52], "little")
    pieces = []
    for _ in range(MAX_DIRECTORY_SECTORS):
        start = (sector + 1) * sector_bytes
        if start >= len(content):
            break
        pieces.append(content[start : start + sector_bytes])
        sector = _find_next_sector(content, sector, sector_bytes)
    return b"".join(pieces)


def _find_next_sector(content: bytes, sector: int, sector_bytes: int) -> int:
    """Look the sector's follower up in the table of sectors, as far as the header lists that table."""
    table, place = divmod(sector * 4, sector_bytes)
    if table >= 109:  # noqa: PLR2004 - so many fit into the header ([MS-CFB] §2.2)
        return 0xFFFFFFFE
    table_sector = int.from_bytes(content[76 + table * 4 : 80 + table * 4], "little")
    start = (table_sector + 1) * sector_bytes + place
    return int.from_bytes(content[start : start + 4].ljust(4, b"\xff"), "little")
