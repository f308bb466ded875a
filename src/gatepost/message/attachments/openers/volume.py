"""Every file that its name makes a piece of an archive: told, and opened together with the other pieces of the mail."""

from gatepost.message.attachments.desk import EVERY_KIND, Desk, File, Insides
from gatepost.message.attachments.volumes import read_piece

OPENS = EVERY_KIND


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Note a piece; the whole archive lies in the one that comes last."""
    piece = read_piece(file.name, file.content)
    if piece is None or file.kind in file.also:
        return
    insides.note("archive.volumes", file.name)
    whole = desk.shelf.put(piece, file.content)
    if whole is not None:
        desk.open_inside(file, insides, piece.archive, whole)
