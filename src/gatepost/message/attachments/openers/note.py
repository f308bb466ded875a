"""Plain texts: whatever they say may be the password of a file beside them."""

from gatepost.message.attachments.desk import EVERY_KIND, Desk, File, Insides
from gatepost.message.attachments.told import MAX_TEXT_CHARS
from gatepost.model.file_kinds import FileKind

OPENS = EVERY_KIND


def look_inside(file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG001 - all openers are called alike
    """Keep a text as long as people write it beside a file, not a log or a table."""
    if file.kind is FileKind.TEXT and len(file.content) <= MAX_TEXT_CHARS:
        desk.told.tell(file.content)
