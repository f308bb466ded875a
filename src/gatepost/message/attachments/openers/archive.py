"""Opens archives that libarchive reads: 7z, RAR, CAB, ISO 9660, cpio, ar, LHA and xar.

Of what is locked, 7z and RAR archives of the fifth format open with a password that fits.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from gatepost.message.attachments.archives.libarchive import (
    ArchiveDamagedError,
    Member,
    MissingLibraryError,
    Reader,
    TooManyMembersError,
    has_library,
)
from gatepost.message.attachments.archives.rar_headers import RAR5, read_rar_headers
from gatepost.message.attachments.archives.rar_oldest import MARK as OLDEST_RAR
from gatepost.message.attachments.archives.rar_oldest import read_oldest_rar
from gatepost.message.attachments.archives.rar_secrets import unlock_rar5
from gatepost.message.attachments.archives.seven_zip_secrets import is_locked_7z, unlock_7z
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.archives.zip_secrets import UnlockedArchive
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.kinds import CABINET
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

_FORMATS: Mapping[FileKind, tuple[str, ...]] = MappingProxyType(
    {
        FileKind.SEVEN_ZIP: ("7zip",),
        FileKind.RAR: ("rar", "rar5"),
        FileKind.CAB: ("cab",),
        FileKind.ISO: ("iso9660",),
        FileKind.CPIO: ("cpio",),
        FileKind.AR: ("ar",),
        FileKind.LHA: ("lha",),
        FileKind.XAR: ("xar",),
    }
)
OPENS = frozenset(_FORMATS)
_BEGINNINGS = MappingProxyType(
    {FileKind.SEVEN_ZIP: b"7z\xbc\xaf\x27\x1c", FileKind.RAR: b"Rar!\x1a\x07", FileKind.CAB: b"MSCF"}
)
_AR_TABLES = frozenset({"/", "//", "/SYM64/", "__.SYMDEF", "__.SYMDEF SORTED"})  # of a library; they are no files
_FOREIGN = re.compile(rb"..-pm", re.DOTALL)  # PMarc: archives that libarchive does not know
_LOCKS = frozenset({"archive.locked_entry", "archive.encrypted_names"})
_MAX_DAMAGES = 10  # of one archive: behind each it is read anew
_CD_SECTOR, _CD_SECTOR_BYTES = b"\x00" + b"\xff" * 10 + b"\x00", 2_352
_CAB_FLAGS_AT, _CAB_IN_SET, _CAB_RESERVED = 30, 0x3, 0x4
# An ISO image holds up to three lists of its files: with names as of Unix, as of Windows, and as of 1988.
_LISTS: tuple[Mapping[str, str], ...] = ({}, {"rockridge": "iso9660"}, {"joliet": "iso9660"})

has_library()  # loads it now: to look for it a program is started, which the sandbox will not allow


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open all files; in an ISO image those of every list."""
    archive = _find_beginning(file, insides)
    if archive.startswith(OLDEST_RAR):
        _open_oldest_rar(archive, Unpacking(file, insides, desk))
        return
    for trait in _find_flags(file.kind, archive):
        insides.note(*trait)
    unlocked = _unlock(file.kind, archive, desk.passwords)
    if unlocked is None:
        _note_locked(file.kind, archive, insides, desk)
    unpacking = Unpacking(file, insides, desk)
    reading = _Reading(file.kind, unlocked or UnlockedArchive(archive, ""), unpacking)
    try:
        for number, options in enumerate(_LISTS if file.kind is FileKind.ISO else _LISTS[:1]):
            reading.read(options, is_first=not number)
    except MissingLibraryError:
        insides.note("archive.not_opened", file.kind)
        insides.opening = Opening.LIMIT
    _note_what_is_missing(file, unpacking)


def _note_what_is_missing(file: File, unpacking: Unpacking) -> None:
    """Tell that nothing was found where something must be: on a disk, or behind a lock that hides even the names."""
    insides = unpacking.insides
    if file.kind is not FileKind.ISO:
        unpacking.note_emptiness()
    elif not insides.files and insides.opening is Opening.OPENED and FileKind.UDF not in file.also:
        insides.note("archive.not_opened", file.kind)  # nobody sends an empty disk
        insides.opening = Opening.LIMIT
    if insides.opening is Opening.LOCKED and not any(trait.code in _LOCKS for trait in insides.traits):
        insides.note("archive.encrypted_names")


def _open_oldest_rar(archive: bytes, unpacking: Unpacking) -> None:
    """Open what is stored; what is packed or encrypted nobody here reads."""
    insides = unpacking.insides
    try:
        for inner in read_oldest_rar(archive):
            if inner.content is not None and not inner.is_folder:
                unpacking.add(inner.name, inner.content)
            elif not inner.is_folder:
                insides.note("archive.locked_entry", inner.name)
                insides.leave_unseen(inner.name)
    except TooManyMembersError:
        insides.leave_unseen()
    if not insides.files and insides.opening is Opening.OPENED:
        insides.leave_unseen()


def _unlock(kind: FileKind, archive: bytes, passwords: tuple[str, ...]) -> UnlockedArchive | None:
    """Give the archive without its encryption; None where it has none, or no password fits."""
    if kind is FileKind.SEVEN_ZIP:
        return unlock_7z(archive, passwords)
    return unlock_rar5(archive, passwords) if archive.startswith(RAR5) else None


def _find_beginning(file: File, insides: Insides) -> bytes:
    """Cut off what stands in front of an archive: self-extracting ones begin with a program."""
    if file.kind is FileKind.ISO and file.content.startswith(_CD_SECTOR):
        return _strip_sectors(file.content)
    match = CABINET.search(file.content) if file.kind is FileKind.CAB else None
    at = match.start() if match else file.content.find(_BEGINNINGS.get(file.kind, b""))
    if at > 0:
        insides.note("archive.data_before", f"{at} bytes")
        return file.content[at:]
    return file.content


def _strip_sectors(content: bytes) -> bytes:
    """Give the data of a CD whose image holds all bytes of its sectors (ECMA-130 §14)."""
    starts = range(0, len(content), _CD_SECTOR_BYTES)
    places = (at + (24 if content[at + 15 : at + 16] == b"\x02" else 16) for at in starts)
    return b"".join(content[at : at + 2_048] for at in places)


def _find_flags(kind: FileKind, archive: bytes) -> Iterator[tuple[str, str]]:
    """Read from the headers what libarchive does not tell: volumes, and reserved room."""
    if kind is FileKind.CAB:
        flags = int.from_bytes(archive[_CAB_FLAGS_AT : _CAB_FLAGS_AT + 2], "little")
        if flags & _CAB_IN_SET:
            yield "archive.volumes", ""
        if flags & _CAB_RESERVED:
            yield "archive.cab_reserved", ""
    elif kind is FileKind.RAR and read_rar_headers(archive).is_volume:
        yield "archive.volumes", ""


def _note_locked(kind: FileKind, archive: bytes, insides: Insides, desk: Desk) -> None:
    """Tell what an archive says of its encryption; the names in a 7z archive are told by libarchive where it can.

    The comment on a RAR archive is shown beside its files, and may tell the password.
    """
    if kind is FileKind.SEVEN_ZIP and is_locked_7z(archive):
        insides.opening = Opening.LOCKED
        return
    headers = read_rar_headers(archive)
    desk.told.tell(headers.comment)
    for name in sorted(headers.locked):
        insides.note("archive.locked_entry", name)
    if headers.has_encrypted_names:
        insides.note("archive.encrypted_names")
    if headers.locked or headers.has_encrypted_names:
        insides.opening = Opening.LOCKED


class _Reading:
    """Takes the files out of one archive."""

    def __init__(self, kind: FileKind, unlocked: UnlockedArchive, unpacking: Unpacking) -> None:
        self._kind = kind
        self._archive, self._password = unlocked  # "": it was not locked
        self._unpacking = unpacking
        self._insides = unpacking.insides
        self._passed_over = read_rar_headers(self._archive).locked if kind is FileKind.RAR else frozenset[str]()
        if kind is FileKind.AR:
            self._passed_over = _AR_TABLES

    def read(self, options: Mapping[str, str], *, is_first: bool) -> None:
        """Read one list of the archive; behind a file that is damaged it goes on with the next."""
        at = 0
        for _ in range(_MAX_DAMAGES):
            reached = self._read_from(at, options, is_first=is_first)
            if reached is None:
                return
            at = reached
        self._insides.leave_unseen()

    def _read_from(self, at: int, options: Mapping[str, str], *, is_first: bool) -> int | None:
        """Pass over so many entries, and take the others; give where to go on behind a damage, None for nowhere."""
        number = at - 1
        with Reader(self._archive, _FORMATS[self._kind], ("none",)) as reader:
            try:
                for number, member in enumerate(reader.members(options)):
                    if number >= at and member.name not in self._passed_over:
                        self._take(member, reader, is_first=is_first)
            except TooManyMembersError:
                self._insides.note("archive.many_files")
                self._insides.leave_unseen()
            except ArchiveDamagedError as error:
                self._note_damage(error, is_first=is_first)
                return number + 1 if number >= at else None
        return None

    def _note_damage(self, error: ArchiveDamagedError, *, is_first: bool) -> None:
        says = str(error)
        if "ncrypt" in says:
            self._insides.note("archive.encrypted_names", says)
            self._insides.opening = Opening.LOCKED
        elif error.is_foreign or _FOREIGN.match(self._archive):
            self._insides.note("archive.unknown_method", says)
            self._insides.leave_unseen()
        elif is_first and self._insides.opening is Opening.OPENED:
            self._insides.note("archive.damaged", says)
            self._insides.opening = Opening.BROKEN

    def _take(self, member: Member, reader: Reader, *, is_first: bool) -> None:
        if member.is_encrypted:
            self._insides.note("archive.locked_entry", member.name)
            self._insides.opening = Opening.LOCKED
        elif member.is_folder:
            self._unpacking.name(member.name)
        elif member.is_special:
            self._insides.note("archive.device", member.name)
        elif member.link_target:
            self._unpacking.add_symlink(member.name, member.link_target)
        else:
            self._open(member, reader, is_first=is_first)

    def _open(self, member: Member, reader: Reader, *, is_first: bool) -> None:
        try:
            content, is_whole = reader.read(self._unpacking.find_room(member.size_bytes))
        except ArchiveDamagedError as error:
            if error.content:
                self._give(member, error.content, is_first=is_first)
            elif error.is_foreign:
                self._insides.note("archive.locked_entry", member.name)  # all that is known of it is its name
            raise
        if not is_whole:
            self._unpacking.add_beginning(member.name, content, member.size_bytes)
        if member.size_bytes and not content:  # so libarchive passes over methods of LHA that it does not know
            self._insides.note("archive.unknown_method", member.name)
            self._insides.note("archive.locked_entry", member.name)
            self._insides.leave_unseen(member.name)
            return
        self._give(member, content, is_first=is_first)

    def _give(self, member: Member, content: bytes, *, is_first: bool) -> None:
        if self._password:
            self._unpacking.add_unlocked(member.name, content, self._password)
        elif is_first or self._unpacking.is_new(content):
            if not is_first:
                self._insides.note("archive.hidden_entry", member.name)
            self._unpacking.add(member.name, content)
