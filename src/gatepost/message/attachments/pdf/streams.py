"""Decode the streams of a PDF, never further than was asked for.

Standards: ISO 32000-1 §7.4 (filters).
Trust: the stream comes from a stranger; a kilobyte may unpack to a gigabyte.
Fails: never; what cannot be decoded stays as it is, or ends where it is damaged.
"""

import binascii
import re
import zlib
from base64 import a85decode
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pikepdf

MAX_FILTERS = 6  # one after the other; honest files have two at most
MAX_LIBRARY_BYTES = 256 * 1024  # packed, in a filter that only the library knows
_STEP = 4_096  # what stands in a damaged step is lost

_BLANKS = bytes(range(33))
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")
LITERAL_STRING = (  # with re.DOTALL; what it holds is group 1. Bounded: without an end, it is begun at each bracket
    rb"(?<!\\)\(((?:[^()\\]++|\\.|\([^()\\]*+\)|(?!)){0,1000}+)\)"  # (?!): see message/parameters.py
)
HEX_STRING = rb"<([0-9A-Fa-f\s]+)>"
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|\r?\n|(.))", re.DOTALL)
_ESCAPED: Mapping[bytes, bytes] = MappingProxyType({b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"})


def read_filters(stream: pikepdf.Stream) -> list[str]:
    """Give the names of a stream's filters, the outermost first, without their slash."""
    found = stream.stream_dict.get("/Filter")
    if isinstance(found, pikepdf.Name):
        return [read_name(found)[1:]]
    return [read_name(name)[1:] for name in found] if isinstance(found, pikepdf.Array) else []


def read_name(value: object) -> str:
    """Give a name with its slash, "" for anything else; its bytes need not be UTF-8."""
    return bytes(value).decode("utf-8", "replace") if isinstance(value, pikepdf.Name) else ""


def read_stream(stream: pikepdf.Stream, limit: int) -> bytes:
    """Give the decoded content of a stream, at most `limit` bytes of it."""
    filters = read_filters(stream)
    parameters = stream.stream_dict.get("/DecodeParms")
    if len(filters) > MAX_FILTERS:
        return b""
    try:
        raw = bytes(stream.read_raw_bytes())
        if parameters is None and all(name in _DECODERS for name in filters):
            return decode(raw, filters, limit)
        if len(raw) > MAX_LIBRARY_BYTES:
            return b""
        return bytes(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))[:limit]
    except pikepdf.PdfError:
        return b""


def decode(content: bytes, filters: list[str], limit: int) -> bytes:
    """Undo filters that all are in the table here; give at most `limit` bytes."""
    for name in filters[:MAX_FILTERS]:
        content = _DECODERS[name](content, limit)
    return content[:limit]


def inflate(content: bytes, limit: int) -> bytes:
    """Undo deflate as readers do: what comes before the damage counts."""
    unpacker = zlib.decompressobj()
    pieces, left = [], limit
    try:
        for start in range(0, len(content), _STEP):
            piece = unpacker.decompress(content[start : start + _STEP], left)
            pieces.append(piece)
            left -= len(piece)
            if left <= 0 or unpacker.eof:
                break
    except zlib.error:
        pass
    return b"".join(pieces)


def unescape(text: bytes) -> bytes:
    """Give what a literal string holds (ISO 32000-1 §7.3.4.2)."""
    return _ESCAPE.sub(_undo_escape, text) if b"\\" in text else text


def _undo_escape(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 0xFF])
    return _ESCAPED.get(match[2], match[2] or b"")


def read_hex(digits: bytes) -> bytes:
    """Give what a string of hexadecimal digits holds; a last digit that is missing is 0 (ISO 32000-1 §7.3.4.3)."""
    digits = digits.translate(None, _BLANKS)
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


def _decode_hex(content: bytes, limit: int) -> bytes:
    digits = _NOT_HEX.sub(b"", content.partition(b">")[0][: 4 * limit])
    return binascii.unhexlify(digits[: len(digits) - len(digits) % 2])


def _decode_base85(content: bytes, limit: int) -> bytes:
    text = content.strip(_BLANKS).removeprefix(b"<~").partition(b"~")[0]
    try:
        return a85decode(text[: 2 * limit], ignorechars=_BLANKS)
    except ValueError:
        return b""


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = MappingProxyType(
    {
        "FlateDecode": inflate,
        "Fl": inflate,
        "ASCIIHexDecode": _decode_hex,
        "AHx": _decode_hex,
        "ASCII85Decode": _decode_base85,
        "A85": _decode_base85,
    }
)
