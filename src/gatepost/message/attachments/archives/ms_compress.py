"""Undoes what Microsoft's COMPRESS.EXE packed, for setups on floppy disks: SZDD, and the simple forms of KWAJ.

Source: the description of both formats in libmspack (szdd.h, kwaj.h): LZSS over a window of 4,096 blanks.
Trust: the content comes from a stranger.
Fails: never; what is cut off ends there.
"""

from gatepost.message.attachments.archives.zip_data import Unpacked

SZDD_HEAD_BYTES = 14
KWAJ_HEAD_BYTES = 14
MAX_BYTES = 2 * 1024 * 1024  # as much as a floppy disk held
_WINDOW_BYTES = 4_096
_RING_START = 16  # the ring is written from 16 bytes before its end
_INVERT = bytes(255 - value for value in range(256))


def unpack_szdd(content: bytes, room_bytes: int) -> Unpacked:
    """Give the file in an SZDD file."""
    declared = int.from_bytes(content[10:14], "little")
    found = _slide(content, SZDD_HEAD_BYTES, min(declared, room_bytes, MAX_BYTES))
    is_whole = declared <= min(room_bytes, MAX_BYTES)
    return Unpacked(found, is_whole, is_damaged=is_whole and len(found) < declared, used_bytes=len(content))


def unpack_kwaj(content: bytes, room_bytes: int) -> Unpacked | None:
    """Give the file in a KWAJ file, None where it is packed in a way that is not undone here."""
    method, start = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    room = min(room_bytes, MAX_BYTES)
    match method:
        case 0:
            packed = content[start:]
        case 1:
            packed = content[start:].translate(_INVERT)
        case 2:
            packed = _slide(content, start, room + 1)
        case _:
            return None
    return Unpacked(packed[:room], is_whole=len(packed) <= room, used_bytes=len(content))


def _slide(content: bytes, at: int, size_bytes: int) -> bytes:
    """Undo LZSS: each byte of flags stands for eight literals or copies out of the window."""
    out = bytearray(b" " * _WINDOW_BYTES)  # the window is what came last
    end = _WINDOW_BYTES + size_bytes
    while at < len(content) and len(out) < end:
        flags, at = content[at], at + 1
        for bit in range(8):
            if at >= len(content) or len(out) >= end:
                break
            if flags >> bit & 1:
                out.append(content[at])
                at += 1
            elif at + 1 < len(content):
                place = content[at] | (content[at + 1] & 0xF0) << 4
                _copy(out, place, (content[at + 1] & 0x0F) + 3)
                at += 2
            else:
                return bytes(out[_WINDOW_BYTES:end])
    return bytes(out[_WINDOW_BYTES:end])


def _copy(out: bytearray, place: int, count: int) -> None:
    """Append bytes of the window; `place` counts round it, first written 16 bytes before its end."""
    position = len(out) - _RING_START  # where a ring would be written next, had it no end
    back = (position - place - 1) % _WINDOW_BYTES + 1
    start = len(out) - back
    piece = out[start : start + count]
    out += (piece * (count // back + 1))[:count]
