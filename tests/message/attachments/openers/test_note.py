"""A note is kept for the passwords that it may tell; what is too long for a note is not."""

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.openers import note
from gatepost.message.attachments.told import MAX_TEXT_CHARS
from gatepost.model.file_kinds import FileKind

TEXT = b"Open it with the password Ladder-88."


def tell(content: bytes, kind: FileKind) -> tuple[str, ...]:
    desk = Desk({})
    note.look_inside(File("1", "", content, kind), Insides(), desk)
    return desk.told.find_passwords()


def test_a_note_is_kept() -> None:
    assert "Ladder-88" in tell(TEXT, FileKind.TEXT)


def test_a_log_is_none() -> None:
    assert tell(TEXT + b" " * MAX_TEXT_CHARS, FileKind.TEXT) == ()
    assert tell(TEXT, FileKind.UNKNOWN) == ()
