"""Streams of Excel without a container, as Excel 2 to 4 wrote them; today's Excel opens those of any age."""

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.biff import note_workbook
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.WORKBOOK_STREAM})


def look_inside(file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG001 - all openers are called alike
    """Look at the stream."""
    note_workbook(file.content, insides)
