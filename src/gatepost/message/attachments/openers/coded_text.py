"""Opens texts that hold files in a code of letters: uuencode, base64 between its own lines, yEnc, BinHex."""

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.blocks import MAX_BLOCKS, find_blocks
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.TEXT, FileKind.SCRIPT})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open each file that stands in the text; a text with more than are looked at is told."""
    unpacking = Unpacking(file, insides, desk)
    blocks = find_blocks(file.content)
    for block in blocks:
        unpacking.add(block.name, block.content)
    if len(blocks) >= MAX_BLOCKS:
        insides.leave_unseen()
