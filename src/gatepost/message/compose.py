r"""Build small mails of our own: notices, the mails of the demo.

Standards: RFC 5322 §2.1.1 (line lengths), §2.2.3 (folding), RFC 2047 §2 (encoded words), RFC 2045 §6 (encodings).
Trust: names and texts may come from a peer; CR, LF and NUL in a header are refused, all else is encoded.
Fails: BadInput, with the header's name and the remedy, for what may not stand in a header.

What is written is seven-bit ASCII with CRLF, so that it passes any server.

>>> build_text_mail([("Subject", "Grüße")], "Hallo\n").splitlines()[0]
b'Subject: =?utf-8?B?R3LDvMOfZQ==?='
"""

import base64
import re
from collections.abc import Iterable, Iterator

from gatepost.model.errors import BadInput

MAX_LINE_CHARS = 78  # RFC 5322 §2.1.1: should
MAX_FIELD_LINE_CHARS = 998  # and must
ENCODED_WORD_BYTES = 42  # base64 of so much stays within the 75 characters of an encoded word (RFC 2047 §2)
BASE64_LINE_CHARS = 76

_NAME = re.compile(r"[!-9;-~]{1,70}")
_FORBIDDEN = re.compile(r"[\r\n\x00]")
_PLAIN = re.compile(r"[\t\x20-\x7e]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


def build_text_mail(headers: Iterable[tuple[str, str]], text: str) -> bytes:
    """Build a mail of one text part; MIME headers are added, Date and Message-ID are the caller's to give."""
    is_plain = _PLAIN.fullmatch(text.replace("\n", "").replace("\r", "")) and _lines_are_short(text)
    encoding = "7bit" if is_plain else "base64"
    charset = "us-ascii" if is_plain else "utf-8"
    mime = (
        ("MIME-Version", "1.0"),
        ("Content-Type", f"text/plain; charset={charset}"),
        ("Content-Transfer-Encoding", encoding),
    )
    head = b"".join(format_header(name, value) for name, value in (*headers, *mime))
    return head + b"\r\n" + (_to_crlf(text).encode("ascii") if is_plain else _encode_base64(text))


def format_header(name: str, value: str) -> bytes:
    """Write one header field, folded, its words encoded where they are not ASCII."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} is no name for a header: use printable ASCII without spaces and colons")
    if _FORBIDDEN.search(value):
        raise BadInput(f"the header {name} holds a line end or NUL: remove it, a header is one line")
    words = value.split(" ") if _PLAIN.fullmatch(value) else _encode_words(value)
    return (_fold(f"{name}:", words) + "\r\n").encode("ascii")


def format_mailbox(display_name: str, address: str) -> str:
    """Write `name <address>` for an address header, the name quoted or encoded as it needs.

    >>> format_mailbox("Doe, Jane", "jane@example.org")
    '"Doe, Jane" <jane@example.org>'
    """
    if not _PLAIN.fullmatch(display_name):
        return f"{' '.join(_encode_words(display_name))} <{address}>"
    if not _ATOMS.fullmatch(display_name) or "=?" in display_name:
        display_name = '"' + re.sub(r'(["\\])', r"\\\1", display_name) + '"'
    return f"{display_name} <{address}>" if display_name else address


def _encode_words(text: str) -> list[str]:
    """Encode a text in words that each decode by themselves: no character is split."""
    return [f"=?utf-8?B?{base64.b64encode(piece).decode('ascii')}?=" for piece in _split_utf8(text)]


def _split_utf8(text: str) -> Iterator[bytes]:
    piece = b""
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(piece) + len(encoded) > ENCODED_WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece


def _fold(line: str, words: Iterable[str]) -> str:
    """Put words on lines; a line break stands only before a word, so none is made of blanks alone."""
    lines: list[str] = []
    for word in words:
        if len(line) + 1 + len(word) > MAX_LINE_CHARS and line.strip() and word.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    if max(map(len, lines)) > MAX_FIELD_LINE_CHARS:
        raise BadInput("a header holds a word of more than 900 characters: shorten it")
    return "\r\n".join(lines)


def _lines_are_short(text: str) -> bool:
    return all(len(line) <= MAX_LINE_CHARS for line in _LINE_END.split(text))


def _to_crlf(text: str) -> str:
    return "\r\n".join(_LINE_END.split(text.rstrip("\r\n"))) + "\r\n"


def _encode_base64(text: str) -> bytes:
    encoded = base64.b64encode(_to_crlf(text).encode("utf-8", "replace"))
    lines = [encoded[start : start + BASE64_LINE_CHARS] for start in range(0, len(encoded), BASE64_LINE_CHARS)]
    return b"\r\n".join(lines) + b"\r\n"
