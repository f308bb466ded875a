"""Opens disk images that systems mount at a double click: VHD, VHDX, and plain images with FAT or NTFS on them."""

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.disks.fat import read_fat
from gatepost.message.attachments.disks.ntfs import read_ntfs
from gatepost.message.attachments.disks.volumes import DiskFile, find_volumes, open_disk
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.VHD, FileKind.VHDX, FileKind.DISK_IMAGE})
_READERS = (read_ntfs, read_fat)
_FOOTER_BYTES = 512


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the files of all volumes."""
    if file.kind is FileKind.DISK_IMAGE and file.content[-_FOOTER_BYTES:].startswith(b"conectix"):
        return  # it is opened as the VHD that it is, too
    unpacking = Unpacking(file, insides, desk)
    for volume in find_volumes(open_disk(file.content)):
        files = next((found for reader in _READERS if (found := reader(volume)) is not None), None)
        for one in files or ():
            _take(one, unpacking)
    if not insides.files:  # nobody sends an empty disk
        insides.note("archive.not_opened", file.kind)
        insides.opening = Opening.LIMIT


def _take(file: DiskFile, unpacking: Unpacking) -> None:
    room = unpacking.find_room(file.size_bytes)
    content = file.read(room)
    if len(content) == room < file.size_bytes:
        unpacking.add_beginning(file.name, content, file.size_bytes)
    if len(content) < file.size_bytes:
        unpacking.insides.note("archive.damaged", file.name)
    unpacking.add(file.name, content)
