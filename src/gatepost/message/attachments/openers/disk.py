"""Opens disk images that systems or well-known programs open at a double click, with FAT or NTFS on them.

That is VHD, VHDX, VMDK, VDI, QCOW2 and plain images.
"""

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.disks.fat import read_fat
from gatepost.message.attachments.disks.ntfs import read_ntfs
from gatepost.message.attachments.disks.sparse import open_sparse
from gatepost.message.attachments.disks.volumes import (
    DiskFile,
    TooManyEntriesError,
    Volume,
    find_volumes,
    open_disk,
)
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DISK_IMAGE})
_READERS = (read_ntfs, read_fat)
_FOOTER_BYTES = 512
_LOOKED_AT_BYTES = 8 * 1024  # of a volume that nobody here knows: all zeros are none


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the files of all volumes; a volume that nobody here knows is told, though others were opened."""
    if file.kind is FileKind.DISK_IMAGE and file.content[-_FOOTER_BYTES:].startswith(b"conectix"):
        return  # it is opened as the VHD that it is, too
    unpacking = Unpacking(file, insides, desk)
    for volume in find_volumes(open_sparse(file.content) or open_disk(file.content)):
        is_known = _open_volume(volume, unpacking)
        if not is_known and volume.start and volume.read(0, _LOOKED_AT_BYTES).strip(b"\x00"):
            insides.leave_unseen(f"the volume at {volume.start}")
    if not insides.files:  # nobody sends an empty disk
        insides.note("archive.not_opened", file.kind)
        insides.opening = Opening.LIMIT


def _open_volume(volume: Volume, unpacking: Unpacking) -> bool:
    """Open all files; say whether this is a volume of a kind that is known."""
    files = next((found for reader in _READERS if (found := reader(volume)) is not None), None)
    try:
        for one in files or ():
            _take(one, unpacking)
    except TooManyEntriesError:
        unpacking.insides.note("archive.many_files")
        unpacking.insides.leave_unseen()
    return files is not None


def _take(file: DiskFile, unpacking: Unpacking) -> None:
    if file.is_closed:
        unpacking.insides.note("archive.locked_entry", file.name)  # all that is known of it is its name
        unpacking.insides.leave_unseen(file.name)
        return
    room = unpacking.find_room(file.size_bytes)
    content = file.read(room)
    if len(content) == room < file.size_bytes:
        unpacking.add_beginning(file.name, content, file.size_bytes)
    if len(content) < file.size_bytes:
        unpacking.insides.note("archive.damaged", file.name)
    unpacking.add(file.name, content)
