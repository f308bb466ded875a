"""Opens tar archives: every file that any program may see in them."""

from gatepost.message.attachments.archives.tar_layout import TarEntry, read_tar
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.TAR})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note what is odd, and open all files."""
    layout = read_tar(file.content)
    for trait in layout.traits:
        insides.note(*trait)
    if layout.is_cut:
        insides.note("archive.many_files")
        insides.leave_unseen()
    unpacking = Unpacking(file, insides, desk)
    for entry in layout.entries:
        _take(entry, file.content, unpacking)
    if layout.behind:
        insides.note("archive.data_behind", f"{len(layout.behind)} bytes")
        unpacking.add_rest(layout.behind)
    unpacking.note_emptiness()


def _take(entry: TarEntry, content: bytes, unpacking: Unpacking) -> None:
    if entry.is_symlink:
        unpacking.add_symlink(entry.name, entry.link)
    elif entry.is_hardlink:
        unpacking.add_hardlink(entry.name, entry.link)
    elif entry.is_special:
        unpacking.insides.note("archive.device", entry.name)
    elif entry.is_folder:
        unpacking.name(entry.name)
    if entry.size_bytes or not (entry.is_symlink or entry.is_hardlink or entry.is_special or entry.is_folder):
        unpacking.add(entry.name, content[entry.data_at : entry.data_at + entry.size_bytes])
