"""Opens files of the Mac that keep two forks in one: the data fork is the file that other systems see."""

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.mac_forks import read_forks
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.MAC_FILE})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open the data fork; the other one holds what a Mac of the last century needed."""
    unpacking = Unpacking(file, insides, desk)
    for name, content in read_forks(file.content):
        unpacking.add(name, content)
