"""Opens OpenPGP messages that are not encrypted: signed as one piece or merely packed, which needs no key to be read.

Programs that know OpenPGP show what is in one as the mail itself.
Standards: RFC 9580 §4 (packets), §5.6 (compressed data), §5.9 (literal data), §6 (ASCII armour), §10.3 (messages).
Trust: every byte comes from a stranger; no signature is verified.
Fails: never; what is damaged, and may be read by others, is left unseen.
"""

import binascii
import bz2
import re
import zlib
from collections.abc import Iterator

from gatepost.message.attachments.desk import Desk, File, Insides, LimitReachedError
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.PGP})
MAX_MESSAGES = 100  # in one file
MAX_PACKETS = 10_000
MAX_PIECES = 100_000  # that one packet comes in
MAX_DEPTH = 16  # of what is packed within what is packed

_BEGIN, _END = b"-----BEGIN PGP MESSAGE-----", b"-----END PGP MESSAGE"
_BLANK_LINE = re.compile(rb"\n[ \t\r]*\n")
_CHECKSUM = re.compile(rb"\n=[A-Za-z0-9+/]{4}\s*\Z")
_CODE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NO_CODE = bytes(set(range(256)) - set(_CODE))
_TAIL_BYTES = 64  # in which the checksum stands
_COMPRESSED, _LITERAL = 8, 11
_ENCRYPTED = frozenset({1, 3, 9, 18, 20})
_PASSED_OVER = frozenset({2, 4, 10, 21})  # signatures, what announces them, a marker, padding
_MESSAGE = _ENCRYPTED | _PASSED_OVER | {_COMPRESSED, _LITERAL}
_RAW, _ZLIB, _BZIP2 = 1, 2, 3


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Open what messages hold, as a mail where it is one."""
    insides.opening = Opening.LEAF
    _, *armours = file.content.split(_BEGIN, MAX_MESSAGES + 1)
    if len(armours) > MAX_MESSAGES:
        insides.leave_unseen()
    for armour in armours[:MAX_MESSAGES]:
        _open(_Message(desk), armour.partition(_END)[0], file, insides)


def _open(message: "_Message", armour: bytes, file: File, insides: Insides) -> None:
    try:
        for name, content in message.read(_take_off(armour)):
            insides.opening = Opening.OPENED
            message.desk.open_signed(file, insides, name or file.name.rpartition(".")[0], content)
    except (ValueError, IndexError, EOFError, OSError, zlib.error):
        if message.has_begun and not message.is_locked:  # what does not even begin as a message is none to anybody
            insides.leave_unseen()
    if message.is_locked and insides.opening is Opening.LEAF:
        insides.opening = Opening.LOCKED


def _take_off(armour: bytes) -> bytes:
    """Give the bytes in an armour, which stand behind its headers, as far as they are code."""
    blank = _BLANK_LINE.search(armour)
    body = armour[blank.end() if blank else 0 :].rstrip()
    code = (body[:-_TAIL_BYTES] + _CHECKSUM.sub(b"", body[-_TAIL_BYTES:])).translate(None, _NO_CODE)
    return binascii.a2b_base64(code[: len(code) // 4 * 4])


class _Message:
    """Reads the packets of one message."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.has_begun = False
        self.is_locked = False
        self._left = MAX_PACKETS

    def read(self, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
        """Give name and bytes of each piece of literal data; raise ValueError for what is no message."""
        if depth > MAX_DEPTH:
            raise LimitReachedError
        for tag, body in _split(data):
            self._left -= 1
            if self._left < 0:
                raise LimitReachedError
            self.has_begun |= tag in _MESSAGE
            if tag == _LITERAL:
                end = 2 + body[1]
                yield body[2:end].decode("utf-8", "replace"), body[end + 4 :]
            elif tag == _COMPRESSED:
                yield from self.read(self._unpack(body), depth + 1)
            elif tag in _ENCRYPTED:
                self.is_locked = True
                return
            elif tag not in _PASSED_OVER:
                raise ValueError("no packet of a message")

    def _unpack(self, body: bytes) -> bytes:
        limit = self.desk.allowance_bytes
        method, packed = body[0], body[1:]
        if method == _BZIP2:
            unpacked = bz2.BZ2Decompressor().decompress(packed, limit + 1)
        elif method in (_RAW, _ZLIB):
            unpacked = zlib.decompressobj(-15 if method == _RAW else 15).decompress(packed, limit + 1)
        elif not method:
            unpacked = packed
        else:
            raise ValueError("packed in an unknown way")
        if len(unpacked) > limit:
            raise LimitReachedError
        self.desk.spend(len(unpacked))
        return unpacked


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and body of each packet; raise ValueError for what is none, and behind one that is cut off."""
    at = 0
    while at < len(data):
        tag = data[at]
        if not tag & 0x80:
            raise ValueError("no packet")
        if tag & 0x40:
            body, at = _read_pieces(data, at + 1)
            yield tag & 0x3F, body
            if at > len(data):
                raise ValueError("cut off")
        else:
            size_bytes = 1 << (tag & 3)
            start = at + 1 + size_bytes
            end = start + int.from_bytes(data[at + 1 : start], "big")
            if size_bytes > 4:  # noqa: PLR2004 - it has no length, and goes on to the end
                start, end = at + 1, len(data)
            yield tag >> 2 & 0xF, data[start:end]
            if end > len(data):
                raise ValueError("cut off")
            at = end


def _read_pieces(data: bytes, at: int) -> tuple[bytes, int]:
    """Give the body of a packet in the newer form, and where it ends, or would; it may come in pieces."""
    pieces: list[bytes] = []
    for _ in range(MAX_PIECES):
        size, at, is_last = _read_length(data, at)
        pieces.append(data[at : at + size])
        at += size
        if is_last or at > len(data):
            return b"".join(pieces), at
    raise LimitReachedError


def _read_length(data: bytes, at: int) -> tuple[int, int, bool]:
    """Give a length, where the bytes begin that have it, and whether they are the last ones."""
    first = data[at : at + 1] or b"\xff"
    if first < b"\xc0":
        return first[0], at + 1, True
    if first < b"\xe0":
        return (first[0] - 0xC0 << 8) + int.from_bytes(data[at + 1 : at + 2], "big") + 0xC0, at + 2, True
    if first == b"\xff":
        return int.from_bytes(data[at + 1 : at + 5], "big"), at + 5, True
    return 1 << (first[0] & 0x1F), at + 1, False
