"""The text of binary Word documents, as far as fields stand in it.

Standards: MS-DOC 2.8.25 (field characters), 2.4.1 (text lies in pieces, of one byte or of two a letter).
Trust: the stream is a stranger's. Pieces are not followed: the letters around a field are found wherever they lie.
Fails: never.
"""

import re

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.fields import BEGIN, note_fields

MAX_STREAM_BYTES = 16 * 1024 * 1024
_FIELD_WORD = re.compile(r"DDE|LINK|INCLUDE|IMPORT|QUOTE|DATABASE|\bRD\b", re.IGNORECASE)


def note_text(stream: bytes, insides: Insides) -> None:
    """Note the fields of a document, read as one byte a letter and as two, from either beginning."""
    cut = stream[:MAX_STREAM_BYTES]
    for text in (
        cut.decode("latin-1"),
        cut.decode("utf-16-le", "replace"),
        cut[1:].decode("utf-16-le", "replace"),
    ):
        if BEGIN in text and _FIELD_WORD.search(text):
            note_fields(text, insides)
