"""Undo Content-Transfer-Encoding, skipping junk as mail clients do.

Standards: RFC 2045 §6 (quoted-printable, base64); uuencode as POSIX describes it.
Trust: the bytes come from the mail's author.
Fails: never; the code of what was wrong is given beside the content.
"""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

MAX_BASE64_SEGMENTS = 10_000  # ended by padding; more are joined as if there were none

SAMPLE_BYTES = 4096
PIECE_BYTES = 256 * 1024
GROUP = 4  # characters of base64, that make three bytes

KNOWN_ENCODINGS = frozenset(
    {"7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue"},
)
_USUAL_VALUES = {b" " + name.encode(): name for name in KNOWN_ENCODINGS}
_ENCODED = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue"})
_TOKEN = re.compile(rb"[\s\"'(]*([A-Za-z0-9-]+)")
BASE64_SYMBOLS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_ALPHABET = bytes(set(range(256)) - set(BASE64_SYMBOLS))
_BLANKS = b" \t\r\n"
_BASE64_TEXT = BASE64_SYMBOLS + b"=" + _BLANKS
_CONTROLS = bytes(set(range(32)) - set(b"\t\r\n\f\x1b")) + b"\x7f"
_SOFT_BREAK_BLANKS = re.compile(rb"=[ \t]++(?=\r?\n|\Z)")
_BARE_CR_AFTER_EQUALS = re.compile(rb"=\r(?!\n)")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:\r?\n|\Z))")

Body = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Decoded:
    """The content of a body, and the defect's code where its encoding was broken."""

    content: bytes
    defect: str = ""


def read_encoding(value: bytes) -> str:
    """Give the encoding's name in lower case from the value of Content-Transfer-Encoding."""
    if usual := _USUAL_VALUES.get(value):
        return usual
    match = _TOKEN.match(value)
    return match[1].decode("ascii").lower() if match else ""


def is_identity(encoding: str) -> bool:
    """Say whether the encoded body is the content itself."""
    return encoding not in _ENCODED


def decode_body(body: bytes, encoding: str) -> Decoded:
    """Give the content of a body; an unknown encoding is taken as none, as clients do."""
    if encoding == "base64":
        return _decode_base64_body(body)
    if encoding == "quoted-printable":
        return _decode_quoted_printable_body(body)
    if is_identity(encoding):
        return Decoded(body)
    return Decoded(decode_uuencode(body))


def _decode_quoted_printable_body(body: bytes) -> Decoded:
    if _holds_whole_breaks(body):
        content = binascii.a2b_qp(body)
        long_break_count = body.count(b"=\r\n") if b"\r" in body else 0
        if len(body) - len(content) == 2 * body.count(b"=") + long_break_count:
            return Decoded(content)  # each sign has taken two or three bytes away; one that is misplaced takes fewer
    content = decode_quoted_printable(body)
    return Decoded(content, "encoding.quoted_printable" if _has_bad_escape(body, content) else "")


def _has_bad_escape(body: bytes, content: bytes) -> bool:
    """Say whether an equals sign escapes nothing: mostly told by counting those that are left over."""
    if b"==" in body or not _holds_whole_breaks(body):
        return _BAD_ESCAPE.search(body) is not None
    return content.count(b"=") != body.count(b"=3D") + body.count(b"=3d")


def _holds_whole_breaks(data: bytes) -> bool:
    """Say whether a line feed follows each carriage return behind an equals sign."""
    return b"\r" not in data or data.count(b"=\r") == data.count(b"=\r\n")


def _decode_base64_body(body: bytes) -> Decoded:
    if body.translate(None, _BASE64_TEXT):
        return Decoded(decode_base64(body), "encoding.base64_junk")
    if b"=" in body.rstrip(b"= \t\r\n"):
        return Decoded(decode_base64(body), "encoding.base64_after_padding")
    try:
        return Decoded(binascii.a2b_base64(body))
    except binascii.Error:
        return Decoded(decode_base64(body), "encoding.base64_length")


def looks_binary(content: bytes) -> bool:
    """Say whether what came out as text is none: what was never encoded decodes to noise."""
    sample = content[:SAMPLE_BYTES]
    return len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 50


def decode_base64(data: bytes) -> bytes:
    """Decode base64; what is not of its alphabet is skipped, and padding in the middle does not end it."""
    return b"".join(_iterate_base64(data))


def iterate_body(body: Body, encoding: str) -> Iterator[bytes]:
    """Give the content of a body a piece at a time, so that a large one need not lie in memory as a whole."""
    if encoding == "base64":
        return _iterate_base64(body)
    if encoding == "quoted-printable":
        return (_decode_quoted_printable_body(piece).content for piece in _cut_lines(body))
    return _cut(body) if is_identity(encoding) else _iterate_uuencode(body)


def find_defect(body: Body, encoding: str) -> str:
    """Give the code of what is wrong with the encoding of a body, as decode_body does, a piece at a time."""
    if encoding == "base64":
        return _find_base64_defect(body)
    if encoding == "quoted-printable":
        return next((code for piece in _cut_lines(body) if (code := _decode_quoted_printable_body(piece).defect)), "")
    return ""


def _cut(body: Body) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield bytes(body[start : start + PIECE_BYTES])


def _cut_lines(body: Body) -> Iterator[bytes]:
    """Give whole lines; a line that is longer than a piece stays whole."""
    begun: list[bytes] = []
    for piece in _cut(body):
        if end := piece.rfind(b"\n") + 1:
            yield b"".join((*begun, piece[:end]))
            begun = [piece[end:]]
        else:
            begun.append(piece)
    yield b"".join(begun)


def _iterate_base64(body: Body) -> Iterator[bytes]:
    rest, ends_left = b"", MAX_BASE64_SEGMENTS
    for piece in _cut(body):
        segments = piece.split(b"=", ends_left)
        ends_left -= len(segments) - 1
        for number, segment in enumerate(segments):
            if number:
                yield _decode_last(rest)
                rest = b""
            symbols = rest + segment.translate(None, _NOT_ALPHABET)
            end = len(symbols) - len(symbols) % GROUP
            yield binascii.a2b_base64(symbols[:end])
            rest = symbols[end:]
    yield _decode_last(rest)


def _find_base64_defect(body: Body) -> str:
    symbols = padding = 0
    is_behind_padding = False
    for piece in _cut(body):
        if piece.translate(None, _BASE64_TEXT):
            return "encoding.base64_junk"
        text = piece.translate(None, _BLANKS)
        data = text.rstrip(b"=")
        is_behind_padding |= bool(padding and data) or b"=" in data
        symbols += len(data)
        padding += len(text) - len(data)
    if is_behind_padding:
        return "encoding.base64_after_padding"
    left = symbols % GROUP
    return "encoding.base64_length" if (left and padding < GROUP - left) or left == 1 else ""


def _decode_last(symbols: bytes) -> bytes:
    """Decode what is left of a group at its end; one symbol alone makes no byte."""
    return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % GROUP)) if len(symbols) > 1 else b""


def decode_quoted_printable(data: bytes) -> bytes:
    """Decode quoted-printable; an equals sign before trailing blanks is a soft line break, too."""
    if b"= " in data or b"=\t" in data:
        data = _SOFT_BREAK_BLANKS.sub(b"=", data)
    if not _holds_whole_breaks(data):
        data = _BARE_CR_AFTER_EQUALS.sub(b"=0D", data)  # a2b_qp would swallow the text up to the next line feed
    return binascii.a2b_qp(data)


def decode_uuencode(data: bytes) -> bytes:
    """Decode the lines between `begin` and `end`; a line that is none of uuencode's is skipped."""
    return b"".join(_iterate_uuencode(data))


def _iterate_uuencode(body: Body) -> Iterator[bytes]:
    for piece in _cut_lines(body):
        decoded: list[bytes] = []
        for line in piece.split(b"\n"):
            text = line.rstrip(b"\r")
            if text == b"end":
                yield b"".join(decoded)
                return
            if text and not text.startswith(b"begin "):
                with suppress(binascii.Error):
                    decoded.append(binascii.a2b_uu(text)[: len(text) * 3 // 4])  # a line may claim more than it holds
        yield b"".join(decoded)
