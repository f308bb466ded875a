"""A file to be hidden, in each of its codes, and the mail around it."""

import base64
import binascii
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

Mails = Iterator[tuple[str, bytes]]

ENCODING = b"Content-Transfer-Encoding: "
TEXT = b"Content-Type: text/plain; charset=us-ascii\r\n\r\nSee the file.\r\n"
HEAD = (
    b"From: Ann <ann@woodwork.example>\r\nTo: bo@mill-street.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\n"
    b"Message-ID: <1@woodwork.example>\r\nSubject: The file\r\nMIME-Version: 1.0\r\n"
)
MIXED = b"Content-Type: multipart/mixed; boundary=foo\r\n"

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BINHEX = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


@dataclass(frozen=True)
class Payload:
    """A file to be hidden."""

    name: str
    kind: str
    content: bytes

    @property
    def base64(self) -> bytes:
        """Give the content as base64 in lines of several lengths, which no heuristic takes for base64 by chance."""
        text = base64.b64encode(self.content)
        pieces, lengths = [], itertools.cycle((4, 4, 8, 8, 16, 16, 32, 32, 64))
        while text:
            length = next(lengths)
            pieces.append(text[:length] + b"\r\n")
            text = text[length:]
        return b"".join(pieces)

    @property
    def quoted(self) -> bytes:
        """Give the content as quoted-printable, each byte escaped."""
        return b"".join(b"=%02X=\r\n" % byte for byte in self.content) + b"\r\n"

    @property
    def uuencoded(self) -> bytes:
        """Give the content as the lines of uuencode, without begin and end."""
        lines = (self.content[start : start + 45] for start in range(0, len(self.content), 45))
        return b"".join(binascii.b2a_uu(line).rstrip(b"\n") + b"\r\n" for line in lines)

    @property
    def fields(self) -> bytes:
        """Give the header of its part, without an encoding."""
        kind, name = self.kind.encode(), self.name.encode()
        return b"Content-Type: %s\r\nContent-Disposition: attachment; filename=%s\r\n" % (kind, name)

    @property
    def part(self) -> bytes:
        """Give it as an honest part."""
        return self.fields + ENCODING + b"base64\r\n\r\n" + self.base64


def put(part: bytes, *, head: bytes = MIXED, before: bytes = b"--foo\r\n", end: bytes = b"--foo--\r\n") -> bytes:
    """Put a part into a mail, behind a text."""
    return HEAD + head + b"\r\n--foo\r\n" + TEXT + before + part + end


def encode_yenc(payload: Payload) -> bytes:
    """Encode a file as yEnc does, in one line."""
    shifted = bytes((byte + 42) % 256 for byte in payload.content)
    pieces = (b"=" + bytes([(byte + 64) % 256]) if byte in b"\0\r\n=" else bytes([byte]) for byte in shifted)
    size, line = len(payload.content), b"".join(pieces)
    begin = b"=ybegin line=%d size=%d name=%s\r\n" % (len(line), size, payload.name.encode())
    return begin + line + b"\r\n=yend size=%d\r\n" % size


def encode_binhex(payload: Payload) -> bytes:
    """Encode a file as BinHex 4.0 does; the checksums, which nobody needs, are zero."""
    name = payload.name.encode()
    header = bytes([len(name)]) + name + b"\0" + b"????????" + b"\0\0"
    lengths = len(payload.content).to_bytes(4) + b"\0" * 4 + b"\0\0"
    data = (header + lengths + payload.content + b"\0\0\0\0").replace(b"\x90", b"\x90\0")
    symbols = base64.b64encode(data + b"\0" * (-len(data) % 3)).translate(bytes.maketrans(_BASE64, _BINHEX))
    lines = b"\r\n".join(symbols[start : start + 64] for start in range(0, len(symbols), 64))
    return b"(This file must be converted with BinHex 4.0)\r\n\r\n:" + lines + b":\r\n"
