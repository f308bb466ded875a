"""Mail addresses that a URL carries, plain or in code: whom a page is made for.

Standards: RFC 4648 §5 (Base64 in URLs), §8 (Base16).
Trust: the URL comes from a mail's author.
Fails: never; no more than MAX_TOKENS words of one text are decoded.
"""

import binascii
import re
from itertools import islice

from gatepost.screen.unwrap import decode_percent

MAX_TOKENS = 20
MIN_TOKEN_CHARS = 12
MAX_TOKEN_CHARS = 120

_ADDRESS = re.compile(r"@(?<=[\w.+-]@)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}", re.IGNORECASE)
_WHOLE_ADDRESS = re.compile(rb"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_HEX = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{2}){8,60}(?![0-9a-z])", re.IGNORECASE)
_FOREIGN_LETTER = re.compile(r"[^\W\x00-\x7f]")
_FOREIGN = b"\xff"  # stands for each of them
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes({*range(256)} - {*_BASE64, *_FOREIGN, *b"-_"})
_BASE64_WORDS = bytes.maketrans(_OTHERS + b"-_", b" " * len(_OTHERS) + b"+/")
_ADDRESS_STARTS = frozenset(b"KLMNOQRSTUVWXYZabcde")  # of four letters of Base64 whose first byte stands in an address


def carries_address(text: str) -> bool:
    """Say whether a mail address stands in a text, plain, percent-encoded or in code."""
    return bool(_ADDRESS.search(decode_percent(text))) or carries_coded_address(text)


def carries_coded_address(text: str) -> bool:
    """Say whether Base64 or hexadecimal digits give a mail address.

    >>> carries_coded_address("/in/bm9yYUBtaWxsLmV4YW1wbGU="), carries_coded_address("?q=nora@mill.example")
    (True, False)
    """
    if len(text) < MIN_TOKEN_CHARS:
        return False
    text = decode_percent(text)
    if any(map(_is_base64_address, _list_base64(text))):
        return True
    hexadecimal = islice(_HEX.finditer(text), MAX_TOKENS) if "40" in text else ()
    return any(_WHOLE_ADDRESS.fullmatch(bytes.fromhex(match[0])) for match in hexadecimal)


def _list_base64(text: str) -> list[bytes]:
    if not text.isascii():
        text = _FOREIGN_LETTER.sub(_FOREIGN.decode("latin-1"), text)
    words = text.encode("latin-1", "replace").translate(_BASE64_WORDS).split()
    words += [piece for word in words if b"/" in word for piece in word.split(b"/")]  # a digit, or the path's own
    return [word for word in words if MIN_TOKEN_CHARS <= len(word) <= MAX_TOKEN_CHARS][:MAX_TOKENS]


def _is_base64_address(word: bytes) -> bool:
    if not _ADDRESS_STARTS.issuperset(word[:MIN_TOKEN_CHARS:4]):  # few words that hold no address pass this
        return False
    word = word[: len(word) - (len(word) % 4 == 1)]
    return _FOREIGN not in word and _WHOLE_ADDRESS.fullmatch(binascii.a2b_base64(word + b"==")) is not None
