"""Opens ZIP archives, and what is one inside: every file that any program may see, by headers and by directory.

Standards: APPNOTE.TXT 6.3.10.
"""

import zlib
from collections.abc import Iterable

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.archives.zip_data import DEFLATE64, UnknownMethodError, Unpacked, unpack
from gatepost.message.attachments.archives.zip_layout import Entry, Layout, read_layout
from gatepost.message.attachments.archives.zip_secrets import Keyring
from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

_DOCUMENTS = frozenset({FileKind.OOXML, FileKind.OPEN_DOCUMENT})
OPENS = frozenset({FileKind.ZIP, FileKind.JAR, FileKind.APK, FileKind.EPUB, FileKind.APP_PACKAGE, *_DOCUMENTS})
_MAX_LINK_CHARS = 1_000
_MAX_SLOW_BYTES = 2 * 1024 * 1024  # of one archive, for what is undone in Python
_LEAST_SLOW_BYTES = 16 * 1024  # what a file counts for at least
_EMPTY_BYTES = 2  # that is how long nothing is when it is deflated


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note what is odd, and open all files."""
    layout = read_layout(file.content)
    desk.told.tell(layout.comment)
    for trait in layout.traits:
        insides.note(*trait)
    if layout.is_cut:
        insides.note("archive.many_files")
        insides.leave_unseen()
    unpacking = _ZipUnpacking(file, insides, desk)
    for entry in _choose(file.kind, layout):
        unpacking.take_in_turn(entry)
    for start, end in layout.rests:
        unpacking.add_rest(file.content[start:end])
    if file.kind not in _DOCUMENTS:
        unpacking.note_emptiness()


def _choose(kind: FileKind, layout: Layout) -> Iterable[Entry]:
    """Give what is to be opened: of a document, whose own parts others open, only what it may hide."""
    if kind not in _DOCUMENTS:
        return layout.entries
    return [entry for entry in layout.entries if entry.is_hidden]


class _ZipUnpacking(Unpacking):
    """Takes the entries of one archive."""

    def __init__(self, file: File, insides: Insides, desk: Desk) -> None:
        super().__init__(file, insides, desk)
        self._keys = Keyring(desk.passwords)
        self._slow_bytes_left = _MAX_SLOW_BYTES

    def take_in_turn(self, entry: Entry) -> None:
        """Open one entry; one that is too large hides none behind it, for each stands for itself."""
        try:
            self.take(entry)
        except LimitReachedError:
            if self.desk.is_full:
                raise

    def take(self, entry: Entry) -> None:
        """Open one entry as one kind of program reads it."""
        if entry.names[0].endswith("/") and not entry.header.size_bytes and entry.header.packed_bytes <= _EMPTY_BYTES:
            self.name(entry.names[0])
            return
        try:
            found = self._unpack(entry)
        except UnknownMethodError as error:
            found = None
            if not entry.header.is_encrypted:
                self.insides.note("archive.unknown_method", f"{error.args[0]}: {entry.names[0]}")
                self.insides.leave_unseen(entry.names[0])
                self.insides.note("archive.locked_entry", entry.names[0])  # all that is known of it is its name
                return
        if entry.header.is_encrypted and not (found and _is_right(found, entry)):
            self._unlock(entry)
        elif found:
            if entry.header.is_encrypted:
                self.insides.note("archive.fake_encryption", entry.names[0])
            self._give(entry, found)

    def _unpack(self, entry: Entry) -> Unpacked:
        if entry.header.method != DEFLATE64:
            return unpack(self.file.content, entry.header, entry.data_at, self._find_room(entry))
        self.insides.note("archive.rare_method", f"{DEFLATE64}: {entry.names[0]}")  # few scanners undo it
        room = min(self._find_room(entry), self._slow_bytes_left)
        found = unpack(self.file.content, entry.header, entry.data_at, room)
        self._slow_bytes_left -= min(self._slow_bytes_left, max(len(found.content), _LEAST_SLOW_BYTES))
        return found

    def _find_room(self, entry: Entry) -> int:
        return self.find_room(entry.header.size_bytes)

    def _unlock(self, entry: Entry) -> None:
        found = self._keys.decrypt(self.file.content, entry.header, entry.data_at, self._find_room(entry))
        if found is None:
            self.insides.note("archive.locked_entry", entry.names[0])
            self.insides.opening = Opening.LOCKED
        elif not found.is_whole:
            self._add_beginning(entry, found)
        elif not entry.is_hidden or self.is_new(found.content):
            self.add_unlocked(entry.names[0], found.content, self._keys.fitted)

    def _give(self, entry: Entry, found: Unpacked) -> None:
        if not found.is_whole:
            self._add_beginning(entry, found)
        if found.is_damaged:
            self._fail("archive.damaged", entry.names[0])
        if not entry.is_hidden:
            self._compare(entry, found)
        if entry.header.is_link and found.content:
            self.add_symlink(entry.names[0], found.content[:_MAX_LINK_CHARS].decode("utf-8", "replace"))
        if entry.is_hidden and (not found.content or not self.is_new(found.content)):
            return
        for name in _choose_names(entry.names):
            self.add(name, found.content)

    def _add_beginning(self, entry: Entry, found: Unpacked) -> None:
        """Take what there is of a file that is too large, with the better reason for calling it a bomb."""
        declared, room = entry.header.size_bytes, self._find_room(entry)
        packed = entry.header.packed_bytes if declared > room else found.used_bytes
        self.add_beginning(entry.names[0], found.content, declared, packed)

    def _compare(self, entry: Entry, found: Unpacked) -> None:
        """Hold what came out against what the directory says."""
        if found.unused_bytes:
            self.insides.note("archive.data_in_entry", f"{entry.names[0]}: {found.unused_bytes} bytes")
        if len(found.content) != entry.header.size_bytes:
            self.insides.note("archive.wrong_size", f"{entry.names[0]}: {len(found.content)} bytes")
        elif zlib.crc32(found.content) != entry.header.crc:
            self.insides.note("archive.wrong_checksum", entry.names[0])

    def _fail(self, code: str, text: str) -> None:
        self.insides.note(code, text)
        if self.insides.opening is Opening.OPENED:
            self.insides.opening = Opening.BROKEN


def _choose_names(names: tuple[str, ...]) -> Iterable[str]:
    """Give the names that say different things of what a file is."""
    return {name.rpartition(".")[2].lower(): name for name in reversed(names)}.values()


def _is_right(found: Unpacked, entry: Entry) -> bool:
    """Say whether what is said to be encrypted is not."""
    return not found.is_damaged and found.is_whole and zlib.crc32(found.content) == entry.header.crc
