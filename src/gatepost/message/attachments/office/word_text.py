"""The text of binary Word documents, as far as fields stand in it, and where their template lies.

Standards: MS-DOC 2.8.25 (field characters), 2.4.1 (text lies in pieces, of one byte or of two a letter), 2.9.273
(associated texts, in the table stream).
Trust: the streams are a stranger's. Pieces are not followed: the letters around a field are found wherever they lie.
Fails: never.
"""

import re
from itertools import islice

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.fields import BEGIN, note_fields
from gatepost.message.attachments.office.relations import note_template

MAX_TEMPLATES = 10
MAX_STREAM_BYTES = 16 * 1024 * 1024
_FIELD_WORD = re.compile(r"DDE|LINK|INCLUDE|IMPORT|QUOTE|DATABASE|\bRD\b", re.IGNORECASE)
_TEMPLATE = re.compile(
    rb"(?:h\x00t\x00t\x00p\x00(?:s\x00)?:\x00|\\\x00\\\x00)(?:[!-~]\x00){3,300}?\.\x00d\x00o\x00t\x00(?:[mx]\x00)?",
    re.IGNORECASE,
)


def note_templates(table: bytes, insides: Insides) -> None:
    """Note where the table stream of a document says that its template lies."""
    for match in islice(_TEMPLATE.finditer(table), MAX_TEMPLATES):
        note_template(match[0].replace(b"\x00", b"").decode("ascii"), insides)


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
