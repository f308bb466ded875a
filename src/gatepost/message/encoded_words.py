"""Read the text of header values: unfolded, encoded words decoded, raw 8-bit guessed.

Standards: RFC 5322 §2.2.3 (folding), RFC 2047 (encoded words), RFC 2231 §5 (language), RFC 6532 (UTF-8 headers).
Trust: the bytes come from the mail's author; broken forms seen in real mail are read as clients read them.
Fails: never. Linear in the length of the value.
"""

import binascii
import re

from gatepost.message.charset import decode_text, guess_text
from gatepost.message.transfer import decode_base64

_FOLD = re.compile(rb"[ \t]*(?:\r\n|\r|\n)[ \t]*")
_OPEN = re.compile(r"=\?([^?\s=()<>@,;:\"/\[\]]{1,60})\?([bBqQ])\?")
_CONTROLS = {code: " " for code in (*range(32), 127)}


def decode_value(value: bytes) -> str:
    """Give the text of a whole header value as a reader sees it.

    >>> decode_value(b" =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= =?x?=")
    'café =?x?='
    """
    if value.find(b"=?") < 0 and value.isascii():
        return unfold(value).decode("ascii")
    return decode_words(guess_text(unfold(value)))


def unfold(value: bytes) -> bytes:
    """Join the lines of a folded value and strip it."""
    if b"\n" in value or b"\r" in value:
        value = _FOLD.sub(b" ", value.strip())
    return value.strip()


def decode_words(text: str) -> str:
    """Replace the encoded words of an unfolded text; adjacent words of one charset are decoded as one."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[tuple[str, str, str]] = []
    position = 0
    while (start := text.find("=?", position)) >= 0:
        head = _OPEN.match(text, start)
        end = text.find("?=", head.end()) if head else -1
        if head is None or end < 0:
            if head is not None:
                break
            gap = text[position : start + 2]
            pieces += (_decode_run(run), gap)
            run, position = [], start + 2
            continue
        gap = text[position:start]
        if gap and (gap.strip() or not run):
            pieces += (_decode_run(run), gap)
            run = []
        run.append((head[1].partition("*")[0], head[2].lower(), text[head.end() : end]))
        position = end + 2
    pieces += (_decode_run(run), text[position:])
    return "".join(pieces)


def _decode_run(run: list[tuple[str, str, str]]) -> str:
    pieces: list[str] = []
    index = 0
    while index < len(run):
        charset, encoding, _ = run[index]
        end = index
        while end < len(run) and run[end][0].lower() == charset.lower() and run[end][1] == encoding:
            end += 1
        joined = "".join(word for _, _, word in run[index:end])
        pieces.append(decode_text(_decode_word(encoding, joined), charset).translate(_CONTROLS))
        index = end
    return "".join(pieces)


def _decode_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding == "b":
        return decode_base64(data)
    return binascii.a2b_qp(data, header=True)
