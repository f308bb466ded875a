"""How a document is protected against changes, and which of its sheets no menu shows: nothing of it is encrypted.

Standards: ECMA-376-1 §17.15.1.29 (documentProtection), §18.2.29 (workbookProtection), §18.3.1.85 (sheetProtection),
§18.2.19 (states of sheets), §19.2.1.18 (modifyVerifier); OpenDocument 1.3 part 3 §19.694 (protected);
SpreadsheetML of 2003.
Trust: the XML is a stranger's; it is searched as bytes, for sheets of a million cells are ordinary.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from gatepost.message.attachments.desk import Insides

PROTECTED = "office.protected"
VERY_HIDDEN = "office.very_hidden"
_ON = rb"=[\"'](?:1|true|on)[\"']"
_SIGNS: Mapping[bytes, tuple[re.Pattern[bytes], str, str]] = MappingProxyType(
    {
        b"sheetProtection": (re.compile(rb"sheetProtection\b[^<>]{0,1000}?\ssheet" + _ON), PROTECTED, "sheet"),
        b"workbookProtection": (
            re.compile(rb"workbookProtection\b[^<>]{0,1000}?\slock(?:Structure|Windows|Revision)" + _ON),
            PROTECTED,
            "workbook",
        ),
        b"documentProtection": (
            re.compile(rb"documentProtection\b[^<>]{0,1000}?enforcement" + _ON),
            PROTECTED,
            "document",
        ),
        b"writeProtection": (re.compile(rb"writeProtection\b[^<>]{0,1000}?="), PROTECTED, "document"),
        b"modifyVerifier": (re.compile(rb"modifyVerifier\b[^<>]{0,1000}?="), PROTECTED, "document"),
        b"protected=": (re.compile(rb"\btable:(?:structure-)?protected" + _ON), PROTECTED, "sheet"),
        b"ProtectStructure": (re.compile(rb"<(?:\w{1,9}:)?ProtectStructure>True"), PROTECTED, "workbook"),
        b"ProtectObjects": (re.compile(rb"<(?:\w{1,9}:)?ProtectObjects>True"), PROTECTED, "sheet"),
        b"eryHidden": (
            re.compile(rb"\bstate=[\"']veryHidden[\"']|<(?:\w{1,9}:)?Visible>SheetVeryHidden"),
            VERY_HIDDEN,
            "",
        ),
    }
)


def note_protection(content: bytes, insides: Insides) -> None:
    """Note what one part of a document says of its protection."""
    for word, (sign, code, text) in _SIGNS.items():
        if word in content and sign.search(content):
            insides.note(code, text)
