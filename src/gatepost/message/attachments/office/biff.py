"""Binary workbooks of Excel 5 to 2003: macro sheets, names that run, calls to other programs.

Standards: MS-XLS 2.4.21 (BOF), 2.4.28 (BoundSheet8), 2.4.150 (Lbl), 2.4.207 (Protect), 2.4.271 (SupBook), 2.5.198
(formulas).
Trust: the stream is a stranger's.
Fails: never; a record that is cut off ends the walk.
"""

import re
import struct
from collections.abc import Callable, Iterator, Mapping

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office import xlm
from gatepost.message.attachments.office.dde import note_dde
from gatepost.message.attachments.office.protection import PROTECTED, VERY_HIDDEN
from gatepost.message.attachments.office.relations import note_relationship

MAX_RECORDS = 2_000_000
_RECORD = struct.Struct("<HH")
_BOUND_SHEET, _NAME, _SUP_BOOK, _EXTERN_SHEET, _FILE_PASS = 0x85, 0x18, 0x1AE, 0x17, 0x2F
_PROTECT, _PROTECT_WINDOWS = 0x12, 0x19
_BOFS = frozenset({0x0009, 0x0209, 0x0409, 0x0809})
_MACRO_SUBSTREAM, _MACRO_SHEET = 0x40, 1
_VERY_HIDDEN = 2
_STATES = {0: "", 1: "hidden", 2: "very hidden"}
_HIDDEN, _BUILT_IN = 0x1, 0x20
_NAME_AT, _NAME_HEAD_BYTES = 14, 15
_BIFF8 = 0x0600
_APPLICATION = "\x03"
# A function in a formula: PtgFuncVar with the number of its arguments, PtgFunc without.
_FUNCTION = re.compile(
    rb"[\x22\x42\x62][\x00-\xff]([\x00-\xff][\x00\x01\x80\x81])|[\x21\x41\x61]([\x00-\xff][\x00\x01])", re.DOTALL
)
_WEB = re.compile(r"https?://.*", re.IGNORECASE | re.DOTALL)
_URL = re.compile(
    rb"https?://[!-~]{4,2000}|h\x00t\x00t\x00p\x00(?:s\x00)?:\x00/\x00/\x00(?:[!-~]\x00){4,2000}", re.IGNORECASE
)


def note_workbook(stream: bytes, insides: Insides) -> None:
    """Note what a workbook's stream does by itself; nothing of an encrypted one."""
    version, is_macro_sheet = _BIFF8, False
    for kind, data in find_records(stream):
        if kind == _FILE_PASS:
            return
        if kind in _BOFS:
            version = int.from_bytes(data[:2], "little")
            is_macro_sheet = int.from_bytes(data[2:4], "little") == _MACRO_SUBSTREAM
            if is_macro_sheet:
                insides.note("office.xlm")
        elif kind in _LOOKS:
            _LOOKS[kind](data, version, insides)
        elif is_macro_sheet:
            note_formula_bytes(data, insides)
    note_urls(stream, insides)


def find_records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the records of a stream."""
    position = 0
    for _ in range(MAX_RECORDS):
        if position + _RECORD.size > len(stream):
            return
        kind, size = _RECORD.unpack_from(stream, position)
        position += _RECORD.size
        yield kind, stream[position : position + size]
        position += size


def note_formula_bytes(data: bytes, insides: Insides) -> None:
    """Note the functions that a compiled formula of a macro sheet calls."""
    xlm.note_functions((int.from_bytes(match[1] or match[2], "little") for match in _FUNCTION.finditer(data)), insides)


def note_urls(stream: bytes, insides: Insides) -> None:
    """Give the URLs in a stream to those who judge links."""
    for match in _URL.finditer(stream):
        insides.link(match[0].replace(b"\x00", b"").decode("ascii"))


def _note_sheet(data: bytes, version: int, insides: Insides) -> None:
    if len(data) <= 6:  # noqa: PLR2004 - where the name begins
        return
    if data[5] == _MACRO_SHEET:
        name = _read_string(data[7:], data[6], version)
        xlm.note_sheet(name, _STATES.get(data[4] & 3, "hidden"), insides)
    elif data[4] & 3 == _VERY_HIDDEN:
        insides.note(VERY_HIDDEN)


def _note_protection(data: bytes, _version: int, insides: Insides) -> None:
    if int.from_bytes(data[:2], "little") == 1:
        insides.note(PROTECTED, "workbook")


def _note_name(data: bytes, version: int, insides: Insides) -> None:
    if len(data) <= _NAME_HEAD_BYTES:
        return
    flags = int.from_bytes(data[:2], "little")
    name = _read_string(data[_NAME_AT:], data[3], version)
    if flags & _BUILT_IN:
        name = xlm.BUILT_IN_STARTS.get(ord(name[:1] or "\x00"), "")
    xlm.note_name(name, bool(flags & _HIDDEN), insides)


def _note_far_book(data: bytes, version: int, insides: Insides) -> None:
    if version >= _BIFF8 and len(data) > 4:  # noqa: PLR2004 - where the string begins
        _note_book(_read_string(data[4:], int.from_bytes(data[2:4], "little"), version), insides)


def _note_old_far_book(data: bytes, version: int, insides: Insides) -> None:
    if version < _BIFF8 and data:
        _note_book(data[1 : 1 + data[0]].decode("latin-1"), insides)


def _note_book(path: str, insides: Insides) -> None:
    """Note a workbook, a program or an object elsewhere that formulas refer to."""
    if _APPLICATION in path[1:] and not path.startswith("\x01"):
        note_dde(path.strip("\x02").replace(_APPLICATION, " "), insides)
    elif path.startswith("\x01") and len(path) > 2:  # noqa: PLR2004 - more than the sign itself
        note_relationship("externalLinkPath", _decode_path(path), insides)


def _decode_path(path: str) -> str:
    """Undo the marks of an encoded path (MS-XLS 2.5.277)."""
    if url := _WEB.search(path):
        return url[0]
    drive = re.sub("\x01@", r"\\\\", path[1:])
    return re.sub("[\x03-\x08]", r"\\", re.sub("\x01(.)", r"\1:\\", drive)).strip("\x02\x05")


def _read_string(data: bytes, length: int, version: int) -> str:
    """Read a string with its length known; since Excel 97 a byte says how wide its letters are."""
    if version < _BIFF8:
        return data[:length].decode("latin-1")
    if not data:
        return ""
    return (
        data[1 : 1 + 2 * length].decode("utf-16-le", "replace")
        if data[0] & 1
        else data[1 : 1 + length].decode("latin-1")
    )


_LOOKS: Mapping[int, Callable[[bytes, int, Insides], None]] = {
    _BOUND_SHEET: _note_sheet,
    _NAME: _note_name,
    _SUP_BOOK: _note_far_book,
    _EXTERN_SHEET: _note_old_far_book,
    _PROTECT: _note_protection,
    _PROTECT_WINDOWS: _note_protection,
}
