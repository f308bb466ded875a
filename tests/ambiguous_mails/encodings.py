"""Tricks with encodings: how they are named, and how what is encoded is written."""

import base64
import re

from ambiguous_mails.payload import ENCODING, HEAD, Mails, Payload, encode_binhex, encode_yenc, put

FIELDS = {
    "no blank": b"Content-Transfer-Encoding:base64",
    "tab": b"Content-Transfer-Encoding:\tbase64",
    "vertical tab": b"Content-Transfer-Encoding:\x0bbase64",
    "bare CR": b"Content-Transfer-Encoding:\rbase64",
    "case": ENCODING + b"bAsE64",
    "x-": ENCODING + b"x-base64",
    "fold": b"Content-Transfer-Encoding:\r\n base64",
    "two folds": b"Content-Transfer-Encoding:\r\n \r\n base64",
    "fold before the colon": b"Content-Transfer-Encoding\r\n :base64",
    "fold inside": ENCODING + b"bas\r\n e64",
    "many blanks": ENCODING + b" " * 2000 + b"base64",
    "quotes": ENCODING + b'"base64"',
    "backslash": ENCODING + b"base\\64",
    "encoded word": ENCODING + b"=?UTF-8?B?YmFzZTY0?=",
    "quoted word": ENCODING + b"=?us-ascii?Q?base=364?=",
    "half an encoded word": ENCODING + b"ba=?us-ascii?Q?se64?=",
    "comment first": ENCODING + b"(x) base64",
    "comment last": ENCODING + b"base64 (x)",
    "comment inside": ENCODING + b"bas(x)e64",
    "comment with a fold": ENCODING + b"bas(x\r\n y)e64",
    "all a comment": ENCODING + b"(base64)",
    "comment not closed": ENCODING + b"base64(quoted-printable",
    "comment in the name": b"Content-Transfer-Encoding(: )base64",
    "word first": ENCODING + b"xx base64",
    "word last": ENCODING + b"base64 xx",
    "letters first": ENCODING + b"xxbase64",
    "letters last": ENCODING + b"base64xx",
    "comma": ENCODING + b"base64,",
    "comma first": ENCODING + b",base64",
    "semicolon": ENCODING + b"base64;",
    "semicolon first": ENCODING + b";base64",
    "two, good first": ENCODING + b"base64, quoted-printable",
    "two, good last": ENCODING + b"8bit, base64",
    "dash": ENCODING + b"base-64",
    "blank before the colon": b"Content-Transfer-Encoding : base64",
    "two colons": b"Content-Transfer-Encoding:: base64",
    "indented": b" Content-Transfer-Encoding: base64",
    "tab before": b"\tContent-Transfer-Encoding: base64",
    "CR before": b"\rContent-Transfer-Encoding: base64",
    "behind a bare CR": b"X-Foo: bar\rContent-Transfer-Encoding: base64",
    "no colon": b"Content-Transfer-Encoding base64",
    "nul first": b"\0Content-Transfer-Encoding: base64",
    "nul before the colon": b"Content-Transfer-Encoding\0: base64",
    "nul in the value": ENCODING + b"bas\0e64",
    "nul before the value": ENCODING + b"\0base64",
    "nul behind": ENCODING + b"base64\0",
    "junk line before": b"XXXXXXXXXX\r\n" + ENCODING + b"base64",
    "8-bit line before": b"\x01\x02\x03\r\n" + ENCODING + b"base64",
    "blank line before": b" \r\n" + ENCODING + b"base64",
    "empty line before": b"\r\n" + ENCODING + b"base64",
    "gzip64": ENCODING + b"gzip64",
    "utf-7": ENCODING + b"utf-7",
    "parenthesis in the name": b"Content-Transfe(r-Encoding: base64",
}
QUOTED_NAMES = (
    b"x-quoted-printable", b"quoted-printabl", b"quoted-print", b"quotedprint", b"quoted_printable",
    b"(x)quoted-printable", b"quoted-printable, 7bit", b"quoted-(x)printable",
)  # fmt: skip
JUNK = {
    "blanks": b" ",
    "tabs": b"\t",
    "vertical tabs": b"\x0b",
    "CR": b"\r",
    "hashes": b"#",
    "dots": b".",
    "percents": b"%",
    "dashes": b"-",
    "underscores": b"_",
    "colons": b":",
    "nul": b"\0",
    "high bytes": b"\xff",
}
UU_NAMES = (b"uuencode", b"x-uuencode", b"uue", b"x-uue", b"x-uu")


def encoding_fields(payload: Payload) -> Mails:
    for name, field in FIELDS.items():
        yield name, put(payload.fields + field + b"\r\n\r\n" + payload.base64)
        yield f"{name}, first", put(field + b"\r\n" + payload.fields + b"\r\n" + payload.base64)
    for value in QUOTED_NAMES:
        yield value.decode(), put(payload.fields + ENCODING + value + b"\r\n\r\n" + payload.quoted)


def not_encoded(payload: Payload) -> Mails:
    """Give mails whose encoding is told, but not used; only a file that can stand in a mail as it is can do so."""
    if payload.content.isascii() and b"\0" not in payload.content:
        for name, field in FIELDS.items():
            yield name, put(payload.fields + field + b"\r\n\r\n" + payload.content + b"\r\n")
        for value in (b"base64", b"quoted-printable"):
            both = ENCODING + b"7bit\r\n" + ENCODING + value + b"\r\n"
            yield f"7bit, {value.decode()}", put(payload.fields + both + b"\r\n" + payload.content + b"\r\n")


def base64_forms(payload: Payload) -> Mails:
    plain = base64.b64encode(payload.content)
    for name, body in (*write_lines(payload, plain), *write_paddings(payload, plain), *write_junk(plain)):
        yield name, put(payload.fields + ENCODING + b"base64\r\n\r\n" + body)


def write_lines(payload: Payload, plain: bytes) -> Mails:
    lines = base64.encodebytes(payload.content).replace(b"\n", b"\r\n")
    yield "empty lines", lines.replace(b"\r\n", b"\r\n\r\n")
    yield "one line", plain + b"\r\n"
    yield "uuencode's line", b"begin-base64 744 a\r\n" + lines + b"====\r\n"
    yield "line of junk", b"#### junk ####\r\n" + lines
    yield "letter and blank lines", b"A\r\n\r\n" + lines
    yield "two letters and blank lines", b"AB\r\n\r\n" + lines
    yield "junk behind each line", lines.replace(b"\r\n", b"#abce01234567fghj\r\n")
    for size in (1, 3, 5, 6, 7):
        yield f"lines of {size}", re.sub(rb"(.{1,%d})" % size, rb"\1\r\n", plain)


def write_paddings(payload: Payload, plain: bytes) -> Mails:
    lines = base64.encodebytes(payload.content).replace(b"\n", b"\r\n")
    other = base64.encodebytes(b"An innocent text, and nothing else.").replace(b"\n", b"\r\n")
    cut = len(payload.content) // 6 * 3 + 1
    for name, size in (("padding in the middle", 5), ("padding twice in the middle", 7), ("two pieces", cut)):
        pieces = (payload.content[start : start + size] for start in range(0, len(payload.content), size))
        yield name, b"".join(base64.b64encode(piece) + b"\r\n" for piece in pieces)
    yield "another behind", plain + b"====\r\n" + other
    yield "padding first", b"=\r\n" + lines
    yield "four padding first", b"====\r\n" + lines
    yield "padding at line ends", lines.replace(b"\r\n", b"=\r\n")
    yield "padding at line starts", re.sub(rb"(?m)^", b"=", lines.rstrip()) + b"\r\n"
    yield "too much padding", plain + b"===\r\n"
    yield "no padding", plain.rstrip(b"=") + b"\r\n"
    yield "padding for A", plain[:-4].replace(b"A", b"=") + plain[-4:] + b"\r\n"


def write_junk(plain: bytes) -> Mails:
    yield "url alphabet", plain.translate(bytes.maketrans(b"+/", b"-_")) + b"\r\n"
    for name, junk in JUNK.items():
        yield name, b"".join(plain[place : place + 1] + junk for place in range(len(plain))) + b"\r\n"


def quoted_forms(payload: Payload) -> Mails:
    each = [b"=%02X" % byte for byte in payload.content]
    forms = {
        "soft breaks": payload.quoted,
        "lower case": b"=\r\n".join(one.lower() for one in each) + b"=\r\n",
        "one line": b"".join(each) + b"\r\n",
        "blank behind the break": b"= \r\n".join(each) + b"\r\n",
        "tab behind the break": b"=\t\r\n".join(each) + b"\r\n",
        "LF": b"=\n".join(each) + b"\r\n",
        "CR": b"=\r".join(each) + b"\r\n",
        "equals before": b"=\r\n".join(b"=" + one for one in each),
        "half an escape before": b"=\r\n".join(b"=0" + one for one in each),
        "wrong escape before": b"=\r\n".join(b"=XX" + one for one in each),
        "equals and blank before": b"=\r\n".join(b"= " + one for one in each),
        "equals at the end": b"".join(each) + b"=",
        "CR CR LF": b"=\r\r\n".join(each) + b"\r\n",
        "two equals at the end": b"".join(each) + b"==\r\n",
    }
    for name, body in forms.items():
        yield name, put(payload.fields + ENCODING + b"quoted-printable\r\n\r\n" + body)


def other_encodings(payload: Payload) -> Mails:
    begin = b"begin 644 " + payload.name.encode() + b"\r\n"
    block = begin + payload.uuencoded + b"`\r\nend\r\n"
    bodies = {"lines": payload.uuencoded, "begin": begin + payload.uuencoded, "begin and end": block}
    for encoding in UU_NAMES:
        for name, body in bodies.items():
            yield f"{encoding.decode()}, {name}", put(payload.fields + ENCODING + encoding + b"\r\n\r\n" + body)
    yield "block in a text", HEAD + b"\r\nSee the file.\r\n\r\n" + block
    yield "block alone", HEAD + b"\r\n" + block
    text = put(b"Content-Type: text/plain\r\n\r\nbye\r\n")
    yield "block in the text of a multipart", text.replace(b"See the file.\r\n", b"See the file.\r\n" + block)
    yield "block in base64", HEAD + ENCODING + b"base64\r\n\r\n" + base64.encodebytes(b"See:\n" + block)
    yield "block without an end", HEAD + b"\r\n" + begin + payload.uuencoded
    yield "base64 block", HEAD + b"\r\n" + begin.replace(b"begin", b"begin-base64") + payload.base64 + b"====\r\n"
    yenc, binhex = encode_yenc(payload), encode_binhex(payload)
    yield "yenc", put(payload.fields + ENCODING + b"x-yencode\r\n\r\n" + yenc)
    yield "yenc in a text", HEAD + b"\r\nSee:\r\n" + yenc
    yield "binhex", put(payload.fields + ENCODING + b"binhex\r\n\r\n" + binhex)
    yield "binhex in a text", HEAD + b"\r\nSee:\r\n" + binhex
    yield "binhex as a type", put(b"Content-Type: application/mac-binhex40\r\n\r\n" + binhex)
