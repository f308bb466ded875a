"""Parts of binary workbooks of Excel 2007 and later (.xlsb).

Standards: MS-XLSB 2.1.4 (records), 2.4.313 (BrtBundleSh), 2.4.703 (BrtName), 2.4.32 (BrtBeginSupBook).
Trust: the parts are a stranger's.
Fails: never; a record that is cut off ends the walk.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office import xlm
from gatepost.message.attachments.office.biff import note_formula_bytes, note_urls
from gatepost.message.attachments.office.dde import note_dde
from gatepost.message.attachments.office.protection import PROTECTED, VERY_HIDDEN

_NAME, _BEGIN_SUP_BOOK = 39, 360
_BUNDLE_SHEET, _BOOK_PROTECTION = 156, 534
_VERY_HIDDEN = b"\x02\0\0\0"
_FORMULAS = frozenset({8, 9, 10, 11})
MAX_RECORDS = 500_000
_DDE, _OLE = 1, 2
_HIDDEN = 0x1
_NAME_AT = 9
_LONGEST_NAME = 0x8000
_PART = re.compile(
    r"^(?:/?xl/)(?!embeddings/|activeX/|ctrlProps/|printerSettings/|vbaProject|media/).*\.bin$", re.IGNORECASE
)
_WITH_NAMES = re.compile(r"/workbook[^/]*\.bin$|/externalLinks?/", re.IGNORECASE)
_MACRO_SHEET = re.compile(r"/macrosheets/|/intlmacrosheets/", re.IGNORECASE)


def note_binary_part(name: str, content: bytes, insides: Insides) -> bool:
    """Note what a part does, and say whether it is one of a binary workbook at all."""
    if not _PART.match(name) or content.startswith((b"\xd0\xcf\x11\xe0", b"MZ", b"PK")):
        return False
    is_macro_sheet = bool(_MACRO_SHEET.search(name))
    for kind, data in find_records(content) if is_macro_sheet or _WITH_NAMES.search(name) else ():
        if kind in _LOOKS:
            _LOOKS[kind](data, insides)
        elif is_macro_sheet and kind in _FORMULAS:
            note_formula_bytes(data, insides)
    if is_macro_sheet:
        note_urls(content, insides)
    return True


def find_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the records of a part; kind and size are numbers of seven bits a byte."""
    position = 0
    for _ in range(MAX_RECORDS):
        if position >= len(content):
            return
        kind, position = _read_number(content, position, 2)
        size, position = _read_number(content, position, 4)
        yield kind, content[position : position + size]
        position += size


def _read_number(content: bytes, position: int, limit: int) -> tuple[int, int]:
    value = 0
    for index in range(limit):
        if position >= len(content):
            break
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, position


def _note_name(data: bytes, insides: Insides) -> None:
    name, _ = _read_string(data, _NAME_AT)
    xlm.note_name(name, bool(int.from_bytes(data[:4], "little") & _HIDDEN), insides)


def _note_state(data: bytes, insides: Insides) -> None:
    if data.startswith(_VERY_HIDDEN):
        insides.note(VERY_HIDDEN)


def _note_protection(_data: bytes, insides: Insides) -> None:
    insides.note(PROTECTED, "workbook")


def _note_book(data: bytes, insides: Insides) -> None:
    kind = int.from_bytes(data[:2], "little")
    first, position = _read_string(data, 2)
    second, _ = _read_string(data, position)
    if kind == _DDE:
        note_dde(f"{first} {second}", insides)
    elif kind == _OLE:
        insides.note("office.linked_object", second)


def _read_string(data: bytes, position: int) -> tuple[str, int]:
    length = int.from_bytes(data[position : position + 4], "little")
    if length > _LONGEST_NAME:
        return "", position + 4
    end = position + 4 + 2 * length
    return data[position + 4 : end].decode("utf-16-le", "replace"), end


_LOOKS: Mapping[int, Callable[[bytes, Insides], None]] = {
    _NAME: _note_name,
    _BEGIN_SUP_BOOK: _note_book,
    _BUNDLE_SHEET: _note_state,
    _BOOK_PROTECTION: _note_protection,
}
