"""Give every content that a body may have: by each encoding that may be meant, as differing decoders undo it.

Decoders differ about what stands in the way: some end base64 at the first padding, some go on, some take the padding
for an A; some skip an equals sign that escapes nothing, others also what stands behind it.

Standards: RFC 2045 §6.7, §6.8; POSIX uuencode; yEnc 1.3; RFC 1741 (BinHex 4.0).
Trust: the bytes come from the mail's author.
Fails: never. Linear in the size of the body: each way of decoding reads it once.
"""

import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from gatepost.message.blocks import find_blocks
from gatepost.message.encoded_words import decode_words, unfold
from gatepost.message.transfer import decode_base64, decode_quoted_printable, decode_uuencode

MAX_NAME_BYTES = 4_096
MAX_LOOK_BYTES = 4_000
MAX_UUENCODE_LINES = 200_000
MAX_BROKEN_ESCAPES = 100_000  # are taken out of one body

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_ALPHABET = bytes(set(range(256)) - set(_ALPHABET))
_NOT_ALPHABET_OR_LINE = bytes(set(_NOT_ALPHABET) - set(b"\n"))
_BASE64_TEXT = _ALPHABET + b"= \t\r\n"
_JUNK_AND_REST = re.compile(rb"[^A-Za-z0-9+/=\s][^\n]*+")
_LINE_WITH_JUNK = re.compile(rb"^[A-Za-z0-9+/= \t\r]*+[^A-Za-z0-9+/=\s][^\n]*+\n?", re.MULTILINE)
_BROKEN_GROUP = re.compile(rb"^((?:[A-Za-z0-9+/]{4}|(?!))*+)[A-Za-z0-9+/]{1,3}\n", re.MULTILINE)  # (?!): see loose.py
_UNPRINTABLE = bytes({*range(32), *range(127, 256)} - set(b"\t\r\n"))
_URL_ALPHABET = bytes.maketrans(b"-_", b"+/")
_COMMENT = re.compile(r"\([^()]*\)?")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_KNOWN = re.compile(r"base64|b64|quotedprint|uuencod|uue|xuu|yenc|binhex|7bit|8bit|binary")
_NAMES = {"b64": "base64", "quotedprint": "quoted-printable", "uuencod": "uuencode", "uue": "uuencode",
          "xuu": "uuencode", "yenc": "yenc", "binhex": "binhex", "7bit": "", "8bit": "", "binary": ""}  # fmt: skip
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n)")
_LOOSE_BREAK = re.compile(rb"=[ \t\r]*+\n")
_BROKEN_ESCAPES = (
    re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|\Z)"),
    re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|\Z)[^=\n]?"),
    re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|\Z)[^=\n]{0,2}"),
)
_UUENCODE_LOOK = re.compile(rb"(?:\A|\n)(?:begin [0-7]{3,4} |M[ -`]{60}\r?\n)")
_BASE64_LOOK = re.compile(
    rb"\s*+(?:(?:[A-Za-z0-9+/]\s*+){16}|(?:[A-Za-z0-9+/]{4}){2,16}\s*+\Z"
    rb"|(?:[A-Za-z0-9+/]{4}){1,16}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)\s*+\Z)"
)


def read_encodings(value: bytes) -> tuple[str, ...]:
    """Give each encoding that some program may read in the value of a field; "" is none, () tells nothing.

    >>> read_encodings(b" bas(x)e64, quoted-printable"), read_encodings(b" x-none")
    (('base64', 'quoted-printable'), ())
    """
    text = decode_words(unfold(value[:MAX_NAME_BYTES]).decode("latin-1")).lower()
    found = _KNOWN.findall(_NOT_NAME.sub("", _COMMENT.sub("", text))) + _KNOWN.findall(_NOT_NAME.sub("", text))
    return tuple(dict.fromkeys(_NAMES.get(name, name) for name in found))


def decode_in_every_way(body: bytes, encoding: str) -> Iterator[bytes]:
    """Give the contents that a body may have by this encoding, the usual one first; "" is no encoding."""
    return _DECODERS.get(encoding, _decode_plain)(body)


def guess_encodings(body: bytes) -> tuple[str, ...]:
    """Give the encodings that a body may have by its look; that it may have none goes without saying."""
    found = ["base64"] if _BASE64_LOOK.match(body) else []
    if _ESCAPE.search(body, 0, MAX_LOOK_BYTES):
        found.append("quoted-printable")
    if _UUENCODE_LOOK.search(body, 0, MAX_LOOK_BYTES):
        found.append("uuencode")
    return tuple(found)


def _decode_plain(body: bytes) -> Iterator[bytes]:
    yield body


def _decode_base64(body: bytes) -> Iterator[bytes]:
    yield decode_base64(body)
    inner = body.rstrip(b"= \t\r\n")
    junk = inner.translate(None, _BASE64_TEXT)
    if b"=" in inner:
        yield _decode_symbols(inner.partition(b"=")[0])
        yield _decode_symbols(inner)
        yield _decode_symbols(inner.replace(b"=", b"A"))
    if junk:
        yield decode_base64(body.translate(_URL_ALPHABET))
        yield _decode_symbols(body[: body.find(junk[:1])])
        yield _decode_symbols(_JUNK_AND_REST.sub(b"", inner))
        yield _decode_symbols(_LINE_WITH_JUNK.sub(b"", inner))
    lines = inner.translate(None, _NOT_ALPHABET_OR_LINE)
    whole_groups = _BROKEN_GROUP.sub(rb"\1\n", lines)
    if len(whole_groups) < len(lines):
        yield _decode_symbols(whole_groups)  # as those do who read each line by itself


def _decode_symbols(data: bytes) -> bytes:
    """Decode what is of the alphabet as one run, whatever else stands between."""
    symbols = data.translate(None, _NOT_ALPHABET)
    if len(symbols) % 4 == 1:
        symbols = symbols[:-1]
    return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))


def _decode_quoted_printable(body: bytes) -> Iterator[bytes]:
    yield decode_quoted_printable(body)
    if any(pattern.search(body) for pattern in _BROKEN_ESCAPES[:1]):
        for pattern in _BROKEN_ESCAPES:
            yield decode_quoted_printable(pattern.sub(b"", body, MAX_BROKEN_ESCAPES))
    if len(printable := body.translate(None, _UNPRINTABLE)) != len(body):
        yield decode_quoted_printable(printable)
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        yield binascii.a2b_qp(body)  # which swallows what stands between a sign, a carriage return and a line feed
        yield binascii.a2b_qp(_LOOSE_BREAK.sub(b"", body))
        yield decode_quoted_printable(body.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    if b"\n" in body and re.search(rb"[^=\s][ \t]+\r?\n", body):
        yield decode_quoted_printable(re.sub(rb"[ \t]+(?=\r?\n)", b"", body))


def _decode_uuencode(body: bytes) -> Iterator[bytes]:
    yield decode_uuencode(body)
    yield from (block.content for block in find_blocks(body))
    yield b"".join(map(_decode_broken_line, body.split(b"\n")[:MAX_UUENCODE_LINES]))


def _decode_broken_line(line: bytes) -> bytes:
    """Undo a line of uuencode, though its blanks at the end are lost, or more stands there than it says to hold."""
    text = line.rstrip(b"\r")
    if not text or text.startswith((b"begin ", b"end")):
        return b""
    length = ((((text[0] - 32) & 63) * 4) + 5) // 3
    with suppress(binascii.Error):
        return binascii.a2b_uu(text[:length])
    return b""


def _decode_block(body: bytes) -> Iterator[bytes]:
    yield from (block.content for block in find_blocks(body))


_DECODERS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "base64": _decode_base64,
    "quoted-printable": _decode_quoted_printable,
    "uuencode": _decode_uuencode,
    "yenc": _decode_block,
    "binhex": _decode_block,
}
