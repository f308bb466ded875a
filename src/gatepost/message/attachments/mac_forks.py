"""Reads files of the Mac that keep two forks in one: AppleSingle, AppleDouble and MacBinary.

Standards: RFC 1740 §App. A and B (AppleSingle, AppleDouble); the MacBinary II and III Standard.
Trust: the file comes from a stranger.
Fails: never; what is not understood gives nothing.
"""

import binascii
from collections.abc import Iterator

APPLE_SINGLE, APPLE_DOUBLE = b"\x00\x05\x16\x00\x00", b"\x00\x05\x16\x07\x00"
MAX_ENTRIES = 100
_HEAD_BYTES, _ENTRY_BYTES = 26, 12
_DATA, _NAME = 1, 3
_BLOCK = 128
_MAX_NAME_BYTES = 63


def read_forks(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Give the name and the bytes of the data fork; an AppleDouble file has none, its data is a file of its own."""
    if content.startswith((APPLE_SINGLE, APPLE_DOUBLE)):
        yield from _read_apple(content)
    elif is_mac_binary(content):
        size = int.from_bytes(content[83:87], "big")
        second_head = int.from_bytes(content[120:122], "big")
        start = _BLOCK + -(-second_head // _BLOCK) * _BLOCK
        yield content[2 : 2 + content[1]].decode("mac_roman"), content[start : start + size]


def _read_apple(content: bytes) -> Iterator[tuple[str, bytes]]:
    count = min(int.from_bytes(content[24:26], "big"), MAX_ENTRIES)
    entries: dict[int, bytes] = {}
    for at in range(_HEAD_BYTES, _HEAD_BYTES + count * _ENTRY_BYTES, _ENTRY_BYTES):
        kind, start, size = (int.from_bytes(content[place : place + 4], "big") for place in (at, at + 4, at + 8))
        entries.setdefault(kind, content[start : start + size])
    if data := entries.get(_DATA):
        yield entries.get(_NAME, b"").decode("mac_roman"), data


def is_mac_binary(content: bytes) -> bool:
    """Say whether a file begins with the header of MacBinary: by zeros at their places, and by its checksum."""
    if len(content) < _BLOCK or content[0] or content[74] or not 0 < content[1] <= _MAX_NAME_BYTES:
        return False
    return binascii.crc_hqx(content[:124], 0) == int.from_bytes(content[124:126], "big")
