"""Opens ARJ archives: an old kind that criminals still send, because few scanners open it."""

import zlib

from gatepost.message.attachments.archives.arj import ArjFile, ArjKeys, read_arj, unpack_arj
from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.ARJ})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open all files that are neither locked nor packed in a way that is not known."""
    unpacking = Unpacking(file, insides, desk)
    keys = ArjKeys(desk.passwords)
    try:
        for inner in read_arj(file.content):
            _take(inner, keys, unpacking)
    except TooManyMembersError:
        insides.note("archive.many_files")
        insides.leave_unseen()


def _take(inner: ArjFile, keys: ArjKeys, unpacking: Unpacking) -> None:
    insides = unpacking.insides
    if inner.is_volume:
        insides.note("archive.volumes", inner.name)
    if inner.is_locked:
        _unlock(inner, keys, unpacking)
    elif inner.is_folder:
        unpacking.name(inner.name)
    else:
        _open(inner, unpacking)


def _unlock(inner: ArjFile, keys: ArjKeys, unpacking: Unpacking) -> None:
    content = keys.unlock(inner, unpacking.find_room(inner.size_bytes))
    if content is not None:
        unpacking.add_unlocked(inner.name, content, keys.fitted)
    else:
        unpacking.insides.note("archive.locked_entry", inner.name)
        unpacking.insides.opening = Opening.LOCKED


def _open(inner: ArjFile, unpacking: Unpacking) -> None:
    found = unpack_arj(inner, unpacking.find_room(inner.size_bytes))
    if found is None:
        unpacking.insides.note("archive.unknown_method", f"{inner.method}: {inner.name}")
        unpacking.insides.note("archive.locked_entry", inner.name)  # all that is known of it is its name
        unpacking.insides.leave_unseen(inner.name)
        return
    content, is_whole = found
    if not is_whole:
        unpacking.add_beginning(inner.name, content, inner.size_bytes, len(inner.data))
    if zlib.crc32(content) != inner.crc:
        unpacking.insides.note("archive.wrong_checksum", inner.name)
    unpacking.add(inner.name, content)
