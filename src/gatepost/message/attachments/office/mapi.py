"""What Outlook keeps of a mail as properties: packed rich text, and addresses in it.

Standards: MS-OXRTFCP 2.1 and 3.1 (packed rich text), MS-OXCDATA 2.11 (property types).
Trust: everything is a stranger's; sizes may lie.
Fails: never.
"""

import re
from collections.abc import Iterator

from gatepost.message.attachments.desk import Insides
from gatepost.model.contents import LinkSource

MAX_RTF_BYTES = 4 * 1024 * 1024
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW_BYTES = 4096
_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEAD_BYTES = 16
_URL = re.compile(r"https?://[^\s\"'<>\\{}\x00-\x1f]{4,2000}", re.IGNORECASE)


def unpack_rtf(packed: bytes, limit: int = MAX_RTF_BYTES) -> bytes:
    """Unpack rich text as Outlook packs it; what cannot be read ends it."""
    if packed[8:12] == _PLAIN:
        return packed[_HEAD_BYTES : _HEAD_BYTES + limit]
    if packed[8:12] != _PACKED:
        return b""
    text = bytearray(_DICTIONARY)
    for run in _find_runs(packed):
        if isinstance(run, bytes):
            text += run
        elif run[0] == len(text) % _WINDOW_BYTES or len(text) >= limit:
            break
        else:
            _copy(text, *run)
    return bytes(text[len(_DICTIONARY) :][:limit])


def _find_runs(packed: bytes) -> Iterator[bytes | tuple[int, int]]:
    """Give bytes as they are, and (place in the window, length) of what is there already."""
    position = _HEAD_BYTES
    while position < len(packed):
        flags = packed[position]
        position += 1
        for bit in range(8):
            if flags >> bit & 1:
                token = int.from_bytes(packed[position : position + 2], "big")
                position += 2
                yield token >> 4, (token & 0xF) + 2
            else:
                yield packed[position : position + 1]
                position += 1


def _copy(text: bytearray, place: int, length: int) -> None:
    """Copy byte by byte, for a run may read what it writes itself."""
    start = len(text) - (len(text) - place) % _WINDOW_BYTES
    for index in range(start, start + length):
        text.append(text[index] if 0 <= index < len(text) else 0)


def note_text_links(content: bytes, insides: Insides) -> None:
    """Give the addresses in a text or in HTML to those who judge links, in whatever charset it is."""
    for text in (content.decode("utf-8", "replace"), content.decode("utf-16-le", "replace")):
        for match in _URL.finditer(text):
            insides.link(match[0], LinkSource.TEXT)
