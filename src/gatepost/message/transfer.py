"""Undo Content-Transfer-Encoding, skipping junk as mail clients do.

Standards: RFC 2045 §6 (quoted-printable, base64); uuencode as POSIX describes it.
Trust: the bytes come from the mail's author.
Fails: never; the codes of what was wrong are returned beside the content.
"""

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_AFTER_PADDING = re.compile(rb"=+[^=]*[A-Za-z0-9+/]")
_SOFT_BREAK_SPACE = re.compile(rb"=[ \t]+(?=\r?\n|\Z)")
_BARE_CR_AFTER_EQUALS = re.compile(rb"=\r(?!\n)")
_TOKEN = re.compile(rb"[\s\"'(]*([A-Za-z0-9-]+)")
_UNENCODED = frozenset({"", "7bit", "8bit", "binary"})


def read_encoding(value: bytes) -> str:
    """Give the encoding's name in lower case from the value of Content-Transfer-Encoding."""
    match = _TOKEN.match(value)
    return match[1].decode("ascii").lower() if match else ""


def is_identity(encoding: str) -> bool:
    """Say whether the encoded body is the content itself."""
    return encoding not in ("base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue")


def decode_body(body: bytes, encoding: str) -> bytes:
    """Give the content of a body."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding == "quoted-printable":
        return decode_quoted_printable(body)
    if not is_identity(encoding):
        return decode_uuencode(body)
    return body


def decode_base64(data: bytes) -> bytes:
    """Decode base64; what is not of its alphabet is skipped, and padding in the middle does not end it."""
    try:
        if b"=" not in data.rstrip(b"=\r\n \t"):
            return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    return b"".join(_decode_segment(segment) for segment in data.split(b"="))


def _decode_segment(segment: bytes) -> bytes:
    symbols = re.sub(rb"[^A-Za-z0-9+/]+", b"", segment)
    if len(symbols) % 4 == 1:
        symbols = symbols[:-1]
    return binascii.a2b_base64(symbols + b"=" * (-len(symbols) % 4))


def decode_quoted_printable(data: bytes) -> bytes:
    """Decode quoted-printable; an equals sign before trailing blanks is a soft line break too."""
    if b"= " in data or b"=\t" in data:
        data = _SOFT_BREAK_SPACE.sub(b"=", data)
    if data.count(b"=\r") != data.count(b"=\r\n"):
        data = _BARE_CR_AFTER_EQUALS.sub(b"=0D", data)
    return binascii.a2b_qp(data)


def decode_uuencode(data: bytes) -> bytes:
    """Decode the lines between `begin` and `end`; a line that is none of uuencode's is skipped."""
    pieces: list[bytes] = []
    for line in data.split(b"\n"):
        text = line.rstrip(b"\r")
        if text.startswith(b"begin ") or not text:
            continue
        if text == b"end":
            break
        try:
            pieces.append(binascii.a2b_uu(text))
        except binascii.Error:
            continue
    return b"".join(pieces)
