"""Opens UDF images; where an ISO 9660 list stands in the same image, what only one of the two lists names is told."""

import hashlib

from gatepost.message.attachments.archives.udf import read_pieces, read_udf
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.UDF})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open all files that the other list did not give."""
    unpacking = Unpacking(file, insides, desk)
    known = {inner.sha256 for inner in insides.files}
    for inner in read_udf(file.content):
        content, is_whole = read_pieces(file.content, inner, unpacking.find_room())
        if not is_whole:
            unpacking.add_beginning(inner.name, content, inner.size_bytes)
        if hashlib.sha256(content).hexdigest() in known:
            continue
        if known:
            insides.note("archive.hidden_entry", inner.name)
        unpacking.add(inner.name, content)
