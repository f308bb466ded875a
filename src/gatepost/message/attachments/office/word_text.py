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
_TEMPLATE_END = re.compile(rb"\.\x00d\x00o\x00t\x00(?:[mx]\x00)?", re.IGNORECASE)
_TEMPLATE = re.compile(r"(?:https?://|\\\\)[!-~]{3,300}$", re.IGNORECASE)
MAX_TEMPLATE_BYTES = 600


def note_templates(table: bytes, insides: Insides) -> None:
    """Note where the table stream of a document says that its template lies."""
    for match in islice(_TEMPLATE_END.finditer(table), MAX_TEMPLATES):
        start = max(match.start() - MAX_TEMPLATE_BYTES, match.start() % 2)
        found = _TEMPLATE.search(table[start : match.end()].decode("utf-16-le", "replace"))
        if found:
            note_template(found[0], insides)


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
