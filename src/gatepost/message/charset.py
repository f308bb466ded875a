"""Turn bytes into text: by their label where it tells the truth, by their look where it does not.

Standards: RFC 2046 §4.1.2 (charset), WHATWG Encoding (labels and what they mean in practice).
Trust: label and bytes come from the mail's author.
Fails: never; what cannot be decoded becomes U+FFFD.

Only codecs named here are ever used: Python's own list also holds `idna`, `punycode` and `unicode_escape`.
"""

import re
from functools import lru_cache

MAX_LABEL_CHARS = 40
_SAMPLE_BYTES = 4096
_FEW_HIGH_BYTES = 6

_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 utf8mb4 utf-8-sig",
    "ascii": "ascii us-ascii ansi_x3.4-1968 iso646-us us 7bit",
    "utf-16": "utf-16 unicode iso-10646-ucs-2 ucs-2",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-32": "utf-32",
    "utf-7": "utf-7 unicode-1-1-utf-7 csunicode11utf7",
    "gb18030": "gb18030 gbk gb2312 gb_2312 gb_2312-80 cp936 ms936 windows-936 x-gbk euc-cn hz-gb-2312-x chinese csgb2312",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs big-5 cn-big5 x-x-big5 csbig5 cp950 ms950",
    "euc_jp": "euc-jp x-euc-jp ujis",
    "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji windows-31j cp932 ms932",
    "iso2022_jp_ext": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ext iso-2022-jp-ms cp50220 cp50221",
    "iso2022_jp_2": "iso-2022-jp-2",
    "iso2022_jp_3": "iso-2022-jp-3",
    "iso2022_kr": "iso-2022-kr",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601 ksc5601 ks_c_5601-1989 korean cp949 windows-949 uhc",
    "johab": "johab",
    "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 latin1 latin-1 l1 ansi x-ansi 8bit x-unknown-8bit",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1254": "windows-1254 cp1254 iso-8859-9 iso8859-9 latin5",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "cp874": "windows-874 cp874 tis-620 iso-8859-11 dos-874",
    "iso8859-2": "iso-8859-2 iso8859-2 iso_8859-2 latin2",
    "iso8859-3": "iso-8859-3 latin3",
    "iso8859-4": "iso-8859-4 latin4",
    "iso8859-5": "iso-8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 iso-8859-6-e iso-8859-6-i arabic",
    "iso8859-7": "iso-8859-7 greek",
    "iso8859-8": "iso-8859-8 iso-8859-8-e iso-8859-8-i hebrew",
    "iso8859-10": "iso-8859-10 latin6",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r koi8 koi",
    "koi8-u": "koi8-u koi8-ru",
    "koi8-t": "koi8-t",
    "mac-roman": "macintosh mac x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp437": "cp437 ibm437",
    "cp850": "cp850 ibm850",
    "cp852": "cp852 ibm852",
    "cp866": "cp866 ibm866",
    "viscii": "",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_MULTIBYTE = frozenset({"gb18030", "big5hkscs", "euc_jp", "cp932", "cp949", "johab"})
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_HANZI_RUN = re.compile(rb"(?:[\xb0-\xf7][\xa1-\xfe]|[\xa1-\xa3][\xa1-\xfe])+")
_ASCII = bytes(range(128))


@lru_cache(maxsize=512)
def find_codec(label: str) -> str:
    """Give the codec that a charset label means in practice, "" for an unknown label.

    >>> find_codec("GB2312"), find_codec("ISO-8859-1"), find_codec("idna")
    ('gb18030', 'cp1252', '')
    """
    name = label[:MAX_LABEL_CHARS].strip("\"' \t").lower()
    return _CODECS.get(name) or _CODECS.get(name.replace("_", "-")) or ""


def decode_text(data: bytes, label: str) -> str:
    """Decode `data`, believing its label as far as the bytes bear it out."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    codec = find_codec(label)
    if codec in ("", "ascii", "utf-8"):
        return guess_text(data)
    if data.isascii():
        return data.decode(codec, "replace") if _uses_ascii_bytes(codec) else data.decode("ascii")
    if _is_utf8_by_look(data, codec):
        return data.decode("utf-8")
    return data.decode(codec, "replace")


def guess_text(data: bytes) -> str:
    """Decode bytes of which nothing is known: UTF-8, else GB 18030 where it looks so, else Windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _looks_chinese(data):
        return data.decode("gb18030", "replace")
    return _decode_mostly_utf8(data)


def _decode_mostly_utf8(data: bytes) -> str:
    as_utf8 = data.decode("utf-8", "replace")
    broken = as_utf8.count("\ufffd")
    intact = sum(character > "\x7f" for character in as_utf8[:_SAMPLE_BYTES]) - broken
    return as_utf8 if intact > broken else data.decode("cp1252", "replace")


def _looks_chinese(data: bytes) -> bool:
    sample = data.translate(None, b"")[:_SAMPLE_BYTES] if len(data) <= _SAMPLE_BYTES else _sample_high(data)
    high = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    paired = sum(map(len, _HANZI_RUN.findall(sample)))
    return high >= 2 and paired * 10 >= high * 9


def _sample_high(data: bytes) -> bytes:
    first = re.search(rb"[\x80-\xff]", data)
    start = first.start() if first else 0
    return data[start : start + _SAMPLE_BYTES]


def _uses_ascii_bytes(codec: str) -> bool:
    return codec.startswith(("iso2022", "utf-7", "utf-16", "utf-32", "hz"))


def _is_utf8_by_look(data: bytes, codec: str) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if codec in _MULTIBYTE and len(data.translate(None, _ASCII)) < _FEW_HIGH_BYTES:
        return False
    return True
