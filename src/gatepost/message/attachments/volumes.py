"""The pieces of archives that were cut into several files of one mail, put together when the last of them is here.

Source: how 7-Zip names volumes (a.7z.001, a.zip.001), and how Info-ZIP and WinZip do (a.z01 and at last a.zip).
Trust: names and contents come from a stranger.
Fails: never; what is not whole is not given. At most MAX_PIECES are kept of one mail.
"""

import re
from dataclasses import dataclass, field

from gatepost.message.attachments.container_kinds import find_zip_end

MAX_PIECES = 200
_NUMBERED = re.compile(r"(.{1,400}\.(?:7z|zip))\.([0-9]{3})", re.IGNORECASE | re.DOTALL)
_OTHER_NUMBERED = re.compile(
    r".*\.(?:(?:rar|tar|iso|img|arj|gz|xz|bz2|cab|exe)\.[0-9]{3}|r[0-9]{2})", re.IGNORECASE | re.DOTALL
)
_SPLIT = re.compile(r"(.{1,400})\.z([0-9]{2})", re.IGNORECASE | re.DOTALL)
_SPLIT_END = re.compile(r"(.{1,400})\.zip", re.IGNORECASE | re.DOTALL)
_SEVEN_ZIP, _SEVEN_ZIP_START_BYTES = b"7z\xbc\xaf\x27\x1c", 32
_ZIP = (b"PK\x03\x04", b"PK\x07\x08", b"PK00")


@dataclass(frozen=True, slots=True)
class Piece:
    """What the name of a piece says: of which archive it is, and which one; 0 where it is not known."""

    archive: str
    number: int


def read_piece(name: str, content: bytes) -> Piece | None:
    """Say which piece a file is, None where it is none."""
    if match := _NUMBERED.fullmatch(name):
        return Piece(match[1], int(match[2]))
    if match := _SPLIT.fullmatch(name):
        return Piece(f"{match[1]}.zip", int(match[2]))
    if (match := _SPLIT_END.fullmatch(name)) and (disk := _read_disk(content)):
        return Piece(f"{match[1]}.zip", disk + 1)
    return Piece(name, 0) if _OTHER_NUMBERED.fullmatch(name) else None


def _read_disk(content: bytes) -> int:
    """Give the number of the last volume of a ZIP archive, counted from 0; 0 where it has one only, too."""
    end = find_zip_end(content)
    number = int.from_bytes(content[end + 4 : end + 6], "little") if end >= 0 else 0
    return number if number < MAX_PIECES else 0


@dataclass(slots=True)
class Shelf:
    """The pieces of one mail."""

    _pieces: dict[str, dict[int, bytes]] = field(default_factory=dict)
    _count: int = 0

    def put(self, piece: Piece, content: bytes) -> bytes | None:
        """Keep a piece; give the whole archive if this was the last that it wanted."""
        if not piece.number or self._count >= MAX_PIECES:
            return None
        self._count += 1
        pieces = self._pieces.setdefault(piece.archive.casefold(), {})
        pieces.setdefault(piece.number, content)
        numbers = range(1, len(pieces) + 1)
        if len(pieces) < 2 or set(pieces) != set(numbers):  # noqa: PLR2004 - one is no whole
            return None
        whole = b"".join(pieces[number] for number in numbers)
        return whole if _is_whole(whole, pieces[len(pieces)]) else None


def _is_whole(whole: bytes, last: bytes) -> bool:
    if whole.startswith(_SEVEN_ZIP):
        sizes = (int.from_bytes(whole[at : at + 8], "little") for at in (12, 20))
        return _SEVEN_ZIP_START_BYTES + sum(sizes) <= len(whole)
    return whole.startswith(_ZIP) and find_zip_end(last) >= 0
