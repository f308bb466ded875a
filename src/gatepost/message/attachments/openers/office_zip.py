"""Documents that are ZIP archives: Word, Excel, PowerPoint, Visio (Open XML), and OpenDocument.

What starts, loads or calls something is read from their XML; macros, objects, pictures and everything else that is
no XML are files inside.
"""

import re

from gatepost.message.attachments.codes import UNREAD_CODES
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.basic import note_basic
from gatepost.message.attachments.office.binary_workbook import note_binary_part
from gatepost.message.attachments.office.going_on import going_on
from gatepost.message.attachments.office.locked_package import MANIFEST, unlock_package
from gatepost.message.attachments.office.parts import MAX_ALL_BYTES, DocumentPart, find_parts
from gatepost.message.attachments.office.xml_signs import XmlSigns
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.OOXML, FileKind.OPEN_DOCUMENT})
MAX_PICTURES = 25  # a letter in pictures has one code to scan, not hundreds
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"\n<", b"\r\n<")
_PAGES = (".htm", ".html", ".xhtml", ".svg", ".mht", ".mhtml", ".hta")
_DULL = re.compile(
    r"(?:\.(?:odttf|ttf|otf|fntdata|emf|wmf|rdf)|printerSettings\d*\.bin|mimetype|/)$"
    r"|(?:^|/)(?:Configurations2|ObjectReplacements|Thumbnails)/|docProps/thumbnail",
    re.IGNORECASE,
)
_COMPOUND = b"\xd0\xcf\x11\xe0"  # macros and objects are in such
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|webp)$", re.IGNORECASE)
_MACRO_SHEET = re.compile(r"/(?:intl)?macrosheets/(?!binaryIndex)[^/]+\.(?:xml|bin)$", re.IGNORECASE)
_BASIC = re.compile(r"^Basic/|^Scripts/|^Dialogs/", re.IGNORECASE)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Look at every part of a document."""
    reader = _Reader(file, insides, desk)
    parts = find_parts(file.content, desk)
    if file.kind is FileKind.OPEN_DOCUMENT and desk.passwords:
        parts = iter(all_parts := list(parts))
        if _open_unlocked(all_parts, file, insides, desk):
            return
    for part in parts:
        if not part.is_whole:
            _note_rest(part, insides)
        with going_on(insides, part.name):
            reader.look_at(part)
    if any(trait.code == "office.locked" for trait in insides.traits):
        insides.opening = Opening.LOCKED


def _open_unlocked(parts: list[DocumentPart], file: File, insides: Insides, desk: Desk) -> bool:
    """Open an encrypted document again without its locks, as a file of its own; say whether a password fitted."""
    contents = {part.name: part.content for part in parts}
    if b"encryption-data" not in contents.get(MANIFEST, b""):
        return False
    opened = unlock_package(contents, desk.passwords, min(desk.allowance_bytes, MAX_ALL_BYTES))
    if opened is None:
        return False
    if not opened.is_whole:
        insides.leave_unseen()
    insides.note("office.unlocked", opened.password)
    desk.note_password(file, insides, opened.password)
    desk.open_unlocked(file, insides, file.name, opened.content)
    return True


def _note_rest(part: DocumentPart, insides: Insides) -> None:
    """Tell what was not unpacked: more text or pictures are nothing much, macros or more parts could be anything."""
    insides.opening = Opening.LIMIT
    if not part.name or part.content.startswith(_COMPOUND):
        insides.leave_unseen(part.name)


class _Reader:
    def __init__(self, file: File, insides: Insides, desk: Desk) -> None:
        self._file = file
        self._insides = insides
        self._desk = desk
        self._signs = XmlSigns(insides, self._open)
        self._pictures = 0

    def look_at(self, part: DocumentPart) -> None:
        """Look at one part."""
        if _MACRO_SHEET.search(part.name):
            self._insides.note("office.xlm", part.name)
        if _BASIC.search(part.name):
            note_basic(part.name, part.content, self._insides)
        if part.content.startswith(_XML_STARTS) and not part.name.lower().endswith(_PAGES):
            self._signs.read(part.content, is_macro_sheet=bool(_MACRO_SHEET.search(part.name)))
        elif not note_binary_part(part.name, part.content, self._insides) and self._is_worth_it(part):
            self._open(part.name, part.content)

    def _is_worth_it(self, part: DocumentPart) -> bool:
        if not part.content or (_DULL.search(part.name) and not part.content.startswith(b"MZ")):
            return False
        if not _PICTURE.search(part.name):
            return True
        self._pictures += 1
        if self._pictures > MAX_PICTURES:
            self._insides.note(UNREAD_CODES)
        return self._pictures <= MAX_PICTURES

    def _open(self, name: str, content: bytes) -> None:
        self._desk.open_inside(self._file, self._insides, name, content)
