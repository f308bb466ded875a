"""Foreign letters written plainly: compatible forms made one, invisible ones left out, and what is no letter marked.

Standards: UAX 15 (NFKC).
Trust: the text is a mail author's, who may disguise words.
Fails: never.
"""

import re
import unicodedata
from functools import lru_cache

from gatepost.screen.exchange import exchange_letters
from gatepost.screen.skeleton import keep_foreign

KEPT = "!?$%€£¥"  # marks that say something
NOISE = "\udcff"  # stands for a foreign mark; encoded by `encode_plain` it is the one byte that UTF-8 never holds
NOISE_BYTE = b"\xff"

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
# All but characters that are normalised alike wherever they stand: none of these here joins the one before it. The
# sigma is not among them, because how it is written in lower case depends on what stands around it.
_DEPENDS_ON_OTHERS = re.compile(
    "[^\x80-\u02ff\u0370-\u03a2\u03a4-\u03f8\u03fa-\u0482\u048a-\u052f\u1e00-\u20cf\u2100-\u2cee\u3000-\u3029\u3030-\u3096"
    "\u309b-\u30ff\u3400-\ua4cf\uac00-\ud7a3\uf900-\ufb1d\ufe00-\ufe0f\ufe30-\uff9d\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)


def write_plainly(text: str) -> str:
    r"""Give a text in which every foreign character is a small letter, one of KEPT, or NOISE; ASCII stays as it is.

    >>> write_plainly("Ｐay\u200bPаl\u00a0№ 5 …É") == "payPаl no 5 ...é"
    True
    """
    foreign = keep_foreign(text)
    if _DEPENDS_ON_OTHERS.search(foreign):
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
        foreign = keep_foreign(text)
    return exchange_letters(text, foreign, _write)


def encode_plain(text: str) -> bytes:
    """Encode what `write_plainly` gave."""
    return text.encode("utf-8", "surrogateescape")


def decode_plain(raw: bytes) -> str:
    """Decode what `encode_plain` gave."""
    return raw.decode("utf-8", "surrogateescape")


@lru_cache(maxsize=4096)
def _write(letter: str) -> str:
    return "".join(map(_mark, _INVISIBLE.sub("", unicodedata.normalize("NFKC", letter)).lower()))


def _mark(letter: str) -> str:
    if letter.isascii() or letter.isalnum() or letter in KEPT:
        return letter
    return " " if letter.isspace() else NOISE
