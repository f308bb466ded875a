"""The body of a large part, decoded a piece at a time and never kept: a mail of 100 MB must not lie in memory twice.

Standards: RFC 2045 §6.8 (base64).
Trust: the bytes come from the mail's author.
Fails: never; what is not encoded as it says is no LargeBody, and is decoded as a whole.
"""

import binascii
from collections.abc import Iterator
from io import BytesIO

from gatepost.message.transfer import BASE64_SYMBOLS, PIECE_BYTES, is_identity
from gatepost.model.finding import Span

LARGE_BYTES = 4 * 1024 * 1024  # of a body, as it stands in the mail
_BLANKS = b" \t\r\n"
_GROUP = 4  # characters, that make three bytes


class LargeBody:
    """Where a large body stands, and how much it holds."""

    __slots__ = ("_body", "_is_encoded", "size_bytes")

    def __init__(self, body: memoryview, size_bytes: int, *, is_encoded: bool) -> None:
        self._body = body
        self._is_encoded = is_encoded
        self.size_bytes = size_bytes  # of the content

    def __len__(self) -> int:
        """Give the size of the content."""
        return self.size_bytes

    def iterate(self) -> Iterator[bytes]:
        """Give the content, a piece at a time."""
        pieces = _cut(self._body)
        return _decode_base64(pieces) if self._is_encoded else pieces

    def read(self, most_bytes: int | None = None) -> bytes:
        """Give the content, or its first bytes, made anew each time."""
        most_bytes = self.size_bytes if most_bytes is None else most_bytes
        whole = BytesIO()
        for piece in self.iterate():
            whole.write(piece[: most_bytes - whole.tell()])
            if whole.tell() >= most_bytes:
                break
        return whole.getvalue()

    def read_edges(self, most_bytes: int) -> bytes:
        """Give the first bytes, and behind them the last ones."""
        return self.read(most_bytes) + self._read_end(most_bytes)

    def _read_end(self, most_bytes: int) -> bytes:
        if not self._is_encoded:
            return bytes(self._body[-most_bytes:])
        text = bytes(self._body[-2 * most_bytes - PIECE_BYTES :]).translate(None, _BLANKS)
        return binascii.a2b_base64(text[len(text) % _GROUP :])[-most_bytes:]


def find_large(buffer: bytes, extent: Span, encoding: str) -> LargeBody | None:
    """Give the body where it is large and stands as it is, or in base64 without a fault; None for all others."""
    if extent.end - extent.start < LARGE_BYTES:
        return None
    body = memoryview(buffer)[extent.start : extent.end]
    if is_identity(encoding):
        return LargeBody(body, len(body), is_encoded=False)
    size_bytes = _measure_base64(body) if encoding == "base64" else None
    return None if size_bytes is None else LargeBody(body, size_bytes, is_encoded=True)


def _cut(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield bytes(body[start : start + PIECE_BYTES])


def _measure_base64(body: memoryview) -> int | None:
    """Give how many bytes are encoded; None where there is junk, text behind the padding, or half a group."""
    symbols = padding = 0
    for piece in _cut(body):
        text = piece.translate(None, _BLANKS)
        data = text.rstrip(b"=")
        if (padding and data) or data.translate(None, BASE64_SYMBOLS):
            return None
        symbols += len(data)
        padding += len(text) - len(data)
    is_whole = (symbols + padding) % _GROUP == 0 and padding < _GROUP - 1
    return symbols * 3 // _GROUP if is_whole else None


def _decode_base64(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text = rest + piece.translate(None, _BLANKS)
        end = len(text) - len(text) % _GROUP
        yield binascii.a2b_base64(text[:end])
        rest = text[end:]
