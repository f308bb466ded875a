"""Turn bytes into text: by their label where it tells the truth, by their look where it does not.

Standards: RFC 2046 §4.1.2 (charset); WHATWG Encoding for what labels mean in practice.
Trust: label and bytes come from the mail's author.
Fails: never; what cannot be decoded becomes U+FFFD.

Only codecs named here are ever used: Python's own list also holds `idna`, `punycode` and `unicode_escape`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gatepost.message.charset_labels import CODECS

MAX_LABEL_CHARS = 40
SAMPLE_BYTES = 4096
MIN_HIGH_BYTES = 6  # fewer may be valid in several multi-byte charsets by chance

_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "euc_jp", "cp932", "cp949", "johab"})
_UTF = frozenset({"", "ascii", "utf-8"})
_EBCDIC = frozenset({"cp037", "cp273", "cp500", "cp875", "cp1026", "cp1140"})
_ASCII_IS_NOT_ITSELF = ("iso2022", "utf-7", "utf-16", "utf-32", "hz", *sorted(_EBCDIC))
_ESCAPE, _SHIFT_OUT, _SHIFT_IN = b"\x1b", b"\x0e", b"\x0f"
_JAPANESE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")  # how ISO-2022-JP goes from one set to another
_DESIGNATION = re.compile(rb"\x1b\$[)*+][A-Z]")  # of ISO-2022-CN
_SHIFTED = re.compile(rb"\x0e([^\x0e\x0f\n]*)[\x0f]?")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_HIGH = bytes(range(0x80, 0x100))
_LOW = bytes(range(0x80))
_FIRST_HIGH = re.compile(rb"[\x80-\xff]")
_FIRST_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_HANZI = re.compile(rb"(?:[\xb0-\xf7\xa1-\xa3][\xa1-\xfe])+")  # GB 2312: the characters, and their punctuation
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text, and the defect's code where its label was wrong."""

    text: str
    defect: str = ""


@lru_cache(maxsize=512)
def find_codec(label: str) -> str:
    """Give the codec that a charset label means in practice, "" for an unknown label.

    >>> find_codec("GB2312"), find_codec("ISO-8859-1"), find_codec("idna")
    ('gb18030', 'cp1252', '')
    """
    name = label[:MAX_LABEL_CHARS].strip("\"' \t").lower()
    return CODECS.get(name) or CODECS.get(name.replace("_", "-")) or ""


def decode_text(data: bytes, label: str) -> str:
    """Decode `data`, believing its label as far as the bytes bear it out."""
    return read_text(data, label).text


def read_text(data: bytes, label: str) -> Text:
    """Decode `data` and say whether its label was right; a byte order mark is stronger than any label."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return Text(_SURROGATES.sub("\ufffd", data[len(mark) :].decode(codec, "replace")))
    codec = find_codec(label)
    if codec.startswith(_ASCII_IS_NOT_ITSELF):
        return _read_special(data, codec)
    if data.isascii():
        return _read_ascii(data, label, codec)
    if codec in _UTF:
        return _read_unlabelled(data, label)
    if _is_utf8_by_look(data, codec):
        return Text(data.decode("utf-8"), "charset.wrong_label")
    return Text(data.decode(codec, "replace"))


def _read_ascii(data: bytes, label: str, codec: str) -> Text:
    """Decode bytes that are all ASCII; those of ISO-2022-JP are shown as such without its label, too."""
    if _ESCAPE in data and codec in _UTF and _JAPANESE.search(data):
        return Text(data.decode("iso2022_jp_ext", "replace"), "charset.wrong_label" if codec else "charset.unlabelled")
    return Text(data.decode("ascii"), "" if codec or not label else "charset.unknown")


def guess_text(data: bytes) -> str:
    """Decode bytes of which nothing is known: UTF-8, else GB 18030 where it looks so, else Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _looks_chinese(data):
        return data.decode("gb18030", "replace")
    return _decode_western(data)


def _read_special(data: bytes, codec: str) -> Text:
    """Decode a charset whose ASCII bytes may mean something else."""
    if codec in _EBCDIC:
        return _read_ebcdic(data, codec)
    is_wide = codec.startswith(("utf-16", "utf-32"))
    if is_wide == data.isascii() and b"\x00" not in data:  # wide text is not all ASCII, seven-bit text nothing else
        return Text(guess_text(data), "charset.wrong_label")
    if codec in ("utf-16", "utf-32"):
        codec += _find_order(data)
    elif codec == "hz" and (_SHIFT_OUT in data or _SHIFT_IN in data):
        data = _write_shifts_as_hz(data)
    text = _SURROGATES.sub("\ufffd", data.decode(codec, "replace"))
    return Text(text, "charset.utf7" if codec == "utf-7" else "")


def _read_ebcdic(data: bytes, codec: str) -> Text:
    """Decode the charset of old large machines, where all letters have their high bit set."""
    if len(data.translate(None, _LOW)) * 2 < len(data):
        return Text(guess_text(data), "charset.wrong_label")
    return Text(data.decode(codec, "replace"))


def _find_order(data: bytes) -> str:
    """Say in which order the bytes of wide text stand, where no mark tells: most letters begin with zeros."""
    sample = data[:SAMPLE_BYTES]
    return "-be" if sample[::4].count(0) > sample[3::4].count(0) else "-le"


def _write_shifts_as_hz(data: bytes) -> bytes:
    """Write ISO-2022-CN, which Python has no codec for, as HZ: both shift into GB 2312 and out of it."""
    plain = _DESIGNATION.sub(b"", data).replace(b"~", b"~~")
    return _SHIFTED.sub(rb"~{\1~}", plain).replace(_SHIFT_IN, b"")


def _read_unlabelled(data: bytes, label: str) -> Text:
    """Decode 8-bit text whose label is UTF-8, tells nothing, or is missing."""
    codec = find_codec(label)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        if codec == "utf-8" and not _looks_chinese(data) and _count_intact(text)[0]:
            return Text(text, "charset.invalid_bytes")
        return Text(guess_text(data), "charset.wrong_label" if codec else "charset.unlabelled")
    defect = "" if codec == "utf-8" else "charset.unknown" if label and not codec else "charset.unlabelled"
    return Text(text, defect)


def _decode_western(data: bytes) -> str:
    """Decode as UTF-8 where most of it is, with some bytes broken; else as Windows-1252."""
    text = data.decode("utf-8", "replace")
    intact_count, broken_count = _count_intact(text)
    return text if intact_count > broken_count else data.decode("cp1252", "replace")


def _count_intact(text: str) -> tuple[int, int]:
    """Give how many characters beyond ASCII are intact and how many were replaced, near the beginning."""
    first = _FIRST_BEYOND_ASCII.search(text)
    start = first.start() if first else 0
    sample = text[start : start + SAMPLE_BYTES]
    broken_count = sample.count("\ufffd")
    return len(sample) - len(sample.encode("ascii", "ignore")) - broken_count, broken_count


def _looks_chinese(data: bytes) -> bool:
    first = _FIRST_HIGH.search(data)
    start = first.start() if first else 0
    sample = data[start : start + SAMPLE_BYTES]
    high_count = len(sample.translate(None, _LOW))
    paired_count = sum(map(len, _HANZI.findall(sample)))
    return high_count > 1 and paired_count * 10 >= high_count * 9


def _is_utf8_by_look(data: bytes, codec: str) -> bool:
    if codec in _MULTIBYTE and len(data.translate(None, _LOW)) < MIN_HIGH_BYTES:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
