"""Opens UDF images; where an ISO 9660 list stands in the same image, what only one of the two lists names is told."""

import hashlib

from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from gatepost.message.attachments.archives.udf import UnknownLayoutError, read_pieces, read_udf
from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.UDF})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open all files that the other list did not give; that nothing is understood here is told though it gave some."""
    try:
        _open_all(file, insides, desk)
    except TooManyMembersError:
        insides.note("archive.many_files")
        insides.leave_unseen()
    except UnknownLayoutError:
        insides.note("archive.not_opened", file.kind)
        insides.leave_unseen()
    if not insides.files and insides.opening is Opening.OPENED:  # nobody sends an empty disk
        insides.note("archive.not_opened", file.kind)
        insides.opening = Opening.LIMIT


def _open_all(file: File, insides: Insides, desk: Desk) -> None:
    unpacking = Unpacking(file, insides, desk)
    known = {inner.sha256 for inner in insides.files}
    for inner in read_udf(file.content):
        content, is_whole = read_pieces(file.content, inner, unpacking.find_room())
        if not is_whole:
            unpacking.add_beginning(inner.name, content, inner.size_bytes)
        if len(content) < inner.size_bytes:
            insides.note("archive.locked_entry", inner.name)  # more than its name is not known for sure
            insides.leave_unseen(inner.name)
        if hashlib.sha256(content).hexdigest() in known:
            continue
        if known:
            insides.note("archive.hidden_entry", inner.name)
        unpacking.add(inner.name, content)
