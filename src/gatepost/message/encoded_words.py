"""Read the text of header values: unfolded, encoded words decoded, raw 8-bit guessed.

Standards: RFC 5322 §2.2.3 (folding), RFC 2047 (encoded words), RFC 2231 §5 (language), RFC 6532 (UTF-8 headers).
Trust: the bytes come from the mail's author; broken forms seen in real mail are read as clients read them.
Fails: never. Linear in the length of the value.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.charset import decode_text, guess_text
from gatepost.message.transfer import decode_base64

_LINE_FEED, _RETURN = b"\n\r"  # as numbers they are found six times as quickly as bytes
_OPEN = re.compile(r"=\?([^?\s=()<>@,;:\"/\[\]]{1,60})\?([bBqQ])\?")
_CONTROLS = dict.fromkeys((*range(32), 127), " ")


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    encoding: str  # "b" or "q"
    text: str

    def is_of_kind(self, other: "_Word") -> bool:
        return self.encoding == other.encoding and self.charset == other.charset


def decode_value(value: bytes) -> str:
    """Give the text of a whole header value as a reader sees it.

    >>> decode_value(b" =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= =?x?=")
    'café =?x?='
    """
    line = unfold(value)
    return line.decode("ascii") if line.isascii() and b"=?" not in line else decode_words(guess_text(line))


def unfold(value: bytes) -> bytes:
    """Join the lines of a folded value, a space between them, and strip it."""
    if _LINE_FEED in value or _RETURN in value:
        return b" ".join(filter(None, map(bytes.strip, value.splitlines())))
    return value.strip()


def decode_words(text: str) -> str:
    """Replace the encoded words of an unfolded text.

    Blanks between two of them vanish, and adjacent ones of one charset are decoded as one: mailers split characters
    between words, and base64 anywhere.
    """
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[_Word] = []
    position = 0
    for start, end, word in _find_words(text):
        gap = text[position:start]
        if gap.strip() or (gap and not run):
            pieces += (_decode_run(run), gap)
            run = []
        run.append(word)
        position = end
    return "".join((*pieces, _decode_run(run), text[position:]))


def _find_words(text: str) -> Iterator[tuple[int, int, _Word]]:
    position = text.find("=?")
    while position >= 0:
        head = _OPEN.match(text, position)
        if head is None:
            position = text.find("=?", position + 1)
            continue
        if (end := text.find("?=", head.end())) < 0:
            return
        charset = head[1].partition("*")[0].lower()  # RFC 2231 §5: the language stands behind a star
        yield position, end + 2, _Word(charset, head[2].lower(), text[head.end() : end])
        position = text.find("=?", end + 2)


def _decode_run(run: list[_Word]) -> str:
    pieces: list[str] = []
    start = 0
    for end in range(1, len(run) + 1):
        if end == len(run) or not run[end].is_of_kind(run[start]):
            data = _decode_bytes(run[start].encoding, "".join(word.text for word in run[start:end]))
            pieces.append(decode_text(data, run[start].charset).translate(_CONTROLS))
            start = end
    return "".join(pieces)


def _decode_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return decode_base64(data) if encoding == "b" else binascii.a2b_qp(data, header=True)
