"""Find files that stand in a text without MIME: uuencode, base64 between its own lines, yEnc, BinHex.

Outlook and others make attachments of them.

Standards: POSIX uuencode (`begin`, `begin-base64`); yEnc 1.3; RFC 1741 §App. A (BinHex 4.0).
Trust: the text comes from the mail's author.
Fails: never. Linear in the size of the text; at most MAX_BLOCKS are read.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gatepost.message.transfer import decode_base64, decode_uuencode

MAX_BLOCKS = 20
MAX_BINHEX_BYTES = 16 * 1024 * 1024
MAX_RUN_BYTES = 64 * 1024 * 1024  # what runs may unpack to

_UUENCODE = re.compile(rb"^begin(-base64)? ++[0-7]{3,4} ++([^\r\n]{0,200})\r?\n", re.MULTILINE)
_YENC = re.compile(rb"^=ybegin [^\r\n]*?name=([^\r\n]{0,200})\r?\n(?:=ypart [^\r\n]*\r?\n)?", re.MULTILINE)
_BINHEX = re.compile(rb"^\(This file must be converted with BinHex[^\r\n]*\r?\n\s*:([^:]*):?", re.MULTILINE)
_UUENCODE_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)
_YENC_END = re.compile(rb"^=yend", re.MULTILINE)
_YENC_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_YENC_SHIFT = bytes((byte - 42) % 256 for byte in range(256))
_BINHEX_ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
_BASE64_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64 = bytes.maketrans(_BINHEX_ALPHABET, _BASE64_ALPHABET)
_NOT_BINHEX = bytes(set(range(256)) - set(_BINHEX_ALPHABET))
_RUN = re.compile(rb"([\x00-\xff])\x90([\x01-\xff])|\x90\x00", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One file in a text: its name as it stands there, and its content."""

    name: str
    content: bytes = field(repr=False)


def find_blocks(text: bytes) -> tuple[Block, ...]:
    """Give the files in a text."""
    found: list[Block] = []
    for mark, find in _FINDERS:
        if mark in text:
            found += find(text)
    return tuple(block for block in found if block.content)


def _find_uuencode(text: bytes) -> Iterator[Block]:
    position = 0
    for _ in range(MAX_BLOCKS):
        if (match := _UUENCODE.search(text, position)) is None:
            return
        end = _UUENCODE_END.search(text, match.end())
        stop = end.start() if end else len(text)
        data = text[match.end() : stop]
        yield Block(_read_name(match[2]), decode_base64(data) if match[1] else decode_uuencode(data))
        position = stop


def _find_yenc(text: bytes) -> Iterator[Block]:
    position = 0
    for _ in range(MAX_BLOCKS):
        if (match := _YENC.search(text, position)) is None:
            return
        end = _YENC_END.search(text, match.end())
        stop = end.start() if end else len(text)
        yield Block(_read_name(match[1]), _decode_yenc(text[match.end() : stop]))
        position = stop


def _decode_yenc(data: bytes) -> bytes:
    """Undo the shift by 42, and the escapes of what must not stand in a line: they are shifted by 64 more."""
    joined = data.replace(b"\r", b"").replace(b"\n", b"")
    return _YENC_ESCAPE.sub(lambda match: bytes([(match[1][0] - 64) % 256]), joined).translate(_YENC_SHIFT)


def _find_binhex(text: bytes) -> Iterator[Block]:
    for match, _ in zip(_BINHEX.finditer(text), range(MAX_BLOCKS), strict=False):
        data = match[1][:MAX_BINHEX_BYTES].translate(None, _NOT_BINHEX).translate(_TO_BASE64)
        data = data[:-1] if len(data) % 4 == 1 else data
        unpacked = _unpack_runs(binascii.a2b_base64(data + b"=" * (-len(data) % 4)))
        if block := _read_binhex(unpacked):
            yield block


def _unpack_runs(data: bytes) -> bytes:
    """Write out what is repeated: a byte, 0x90, how often; 0x90 0x00 is 0x90 itself."""
    room = MAX_RUN_BYTES

    def write(match: re.Match[bytes]) -> bytes:
        nonlocal room
        if match[1] is None:
            return b"\x90"
        room -= match[2][0]
        return match[1] * match[2][0] if room > 0 else match[1]

    return _RUN.sub(write, data)


def _read_binhex(data: bytes) -> Block | None:
    """Read the header: length of the name, name, 0, type and creator, flags, lengths of both forks, a checksum."""
    name_end = 1 + data[0] if data else 0
    lengths = name_end + 1 + 4 + 4 + 2
    if len(data) < lengths + 10:
        return None
    size = int.from_bytes(data[lengths : lengths + 4])
    start = lengths + 4 + 4 + 2
    return Block(_read_name(data[1:name_end]), data[start : start + size])


def _read_name(name: bytes) -> str:
    return name.decode("utf-8", "replace").strip().strip('"')


_FINDERS = ((b"begin", _find_uuencode), (b"=ybegin ", _find_yenc), (b"with BinHex", _find_binhex))
