"""Opens packages of Windows Installer: the cabinets, programs and scripts that lie in their streams.

Source: the tables of Windows Installer (Binary, Icon, _Streams), and how it writes the names of streams, as libmsi of
msitools and Wine know it.
"""

from gatepost.message.attachments.archives.unpacking import Unpacking
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.WINDOWS_INSTALLER})
_TABLE = "\u4840"  # in front of the names of tables: these are rows of numbers
_PROPERTIES = "\x05"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
_PAIRS, _SINGLES = range(0x3800, 0x4800), range(0x4800, 0x4840)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open every stream that is neither a table nor a set of properties."""
    unpacking = Unpacking(file, insides, desk)
    compound = CompoundFile(file.content)
    for path in compound.paths:
        if not path[-1].startswith((_TABLE, _PROPERTIES)):
            content = compound.read(path)
            if content:
                unpacking.add(read_stream_name(path[-1]), content)
    if compound.is_damaged and insides.opening is Opening.OPENED:
        insides.opening = Opening.BROKEN


def read_stream_name(name: str) -> str:
    """Give the name of a stream as the package means it: one or two letters stand in each sign.

    >>> read_stream_name("\u430b\u4131\u4735\u417e")
    'Binary.b'
    """
    return "".join(map(_read_sign, name))


def _read_sign(sign: str) -> str:
    number = ord(sign)
    if number in _PAIRS:
        return _LETTERS[(number - _PAIRS.start) & 0x3F] + _LETTERS[(number - _PAIRS.start) >> 6]
    return _LETTERS[number - _SINGLES.start] if number in _SINGLES else sign
