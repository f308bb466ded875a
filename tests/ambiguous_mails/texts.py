"""Tricks that hide a link of a text, not a file: by its charset, its encoding, its type, or the place it stands in."""

import base64
import binascii
import quopri
from collections.abc import Iterator

from ambiguous_mails.payload import ENCODING, HEAD, MIXED

LINK = b"http://192.0.2.7/login"
PAGE = b'<html><body><p>Your account is locked. <a href="' + LINK + b'">Confirm your password</a></p></body></html>'
CODED_PAGE = PAGE.replace(b"http:", b"&#104;ttp:")  # only who reads it as a page finds the link
HTML = b"Content-Type: text/html"
TEXT_PART = b"--foo\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
CODED_PART = HTML + b"\r\n\r\n" + CODED_PAGE + b"\r\n"
FIELDS_OF_TEXT = HEAD + b"Content-Type: text/plain\r\nX-A: b"

UTF_7_LABELS = (
    b"utf-7", b"UTF7", b"unicode-1-1-utf-7", b"csUnicode11UTF7", b"x-unicode-2-0-utf-7", b"cp65000",
    b"=?us-ascii?q?utf-7?=", b'"utf-7" (x)',
)  # fmt: skip
WIDE_LABELS = {
    "utf-16-le": (b"utf-16le", b"utf-16", b"unicode", b"ucs-2", b"cp1200"),
    "utf-16-be": (b"utf-16be", b"utf-16", b"unicode", b"iso-10646-ucs-2", b"cp1201", b"unicodefffe"),
    "utf-32-le": (b"utf-32le", b"utf-32", b"ucs-4", b"cp12000"),
    "utf-32-be": (b"utf-32be", b"utf-32", b"cp12001"),
    "utf-16": (b"utf-8", b"us-ascii"),  # with a byte order mark
    "cp037": (b"ibm037", b"ibm1047", b"ebcdic-cp-us", b"x-ebcdic-koreanextended"),
    "cp500": (b"cp500", b"ibm277"),
    "cp1026": (b"ibm1026",),
    "cp1140": (b"ibm01140",),
    "cp273": (b"ibm273",),
    "cp875": (b"cp875",),
}
SHIFTS = {  # a charset, and what may stand between the letters of a page without changing it
    b"iso-2022-jp": b"\x1b(B",
    b"iso-2022-jp-2": b"\x1b(J\x1b(B",
    b"us-ascii": b"\x1b(B",
    b"iso-2022-kr": b"\x0f",
    b"iso-2022-cn": b"\x0e\x0f",
    b"hz-gb-2312": b"~{~}",
    b"hz": b"~\n",
    b"utf-8": b"\0",
}
QUOTED = {  # what stands in the middle of the address
    "soft break": b"=\r\n",
    "blank before the break": b"= \t \r\n",
    "line feed": b"=\n",
    "carriage return": b"=\r",
    "CR CR LF": b"=\r\r\n",
    "equals sign": b"=",
    "half an escape": b"=3",
}
TYPES = (
    b"text/htm", b"html", b"text html", b"text/html/x", b"text\\html", b"text/x-html", b"application/xhtml+xml",
    b"text/plain, text/html", b"text/plain\r\nContent-Type: text/html", b"text/html\r\nContent-Type: text/plain",
    b"=?us-ascii?q?text/html?=", b"(text/plain) text/html", b"text/\x0bhtml", b"\x0ctext/html", b"text/html\x0c; a=b",
    b"\xa0text/html", b'"text/html"', b"text/\0html", b"text/html\0", b"text/watch-html", b"text/x-amp-html",
    b"text/xml",
    b"image/svg+xml", b"text/ html", b"text /html", b"TEXT/HTML", b"text/html(", b'text/"html"',
    b"text/plain; type=text/html", b"text/html5", b"message/html", b"application/octet-stream", b"multipart/text", b"",
    b"text/rtf\r\nContent-type: text/html", b"text/html:", b"text/plain", b"multipart/mixed; boundary=bar",
)  # fmt: skip
MESSAGES = (
    b"message/rfc822", b"message/global", b"message/news", b"message/http", b"message/x-foo", b"application/mbox",
    b"message/rfc2822", b"message/delivery-status", b"text/rfc822", b"message/feedback-report",
)  # fmt: skip
HEADER_ENDS = {
    "blanks": b"\r\n \r\nPlease-see:" + LINK,
    "tab and a folded line": b"\r\n\t\r\n\tYour account is locked: " + LINK,
    "two CR": b"\r\rPlease-see:" + LINK,
    "LF and a line": b"\n\r\nPlease-see:" + LINK,
    "hard blank": b"\r\n\xc2\xa0\r\nPlease-see:" + LINK,
    "vertical tab": b"\r\n\x0b\r\nPlease-see:" + LINK,
}
MARKS = {
    "From": b"From ann Tue Oct 14 08:00:00 2025\r\n",
    ">From": b">From ann Tue Oct 14 2025\r\n",
    "tab": b"\x0b\r\n",
}
EXTERNAL = b"Content-Type: message/external-body; access-type=URL; "
OUTSIDE = b"\r\n\r\nContent-Type: text/html\r\nContent-ID: <1@woodwork.example>\r\n\r\n"


def write_lures() -> Iterator[tuple[str, bytes]]:
    """Give mails in which LINK stands, each with the name of its trick."""
    yield from _write_charsets()
    yield from _write_encodings()
    for value in TYPES:
        yield f"type {value.decode('latin-1')}", HEAD + b"Content-Type: " + value + b"\r\n\r\n" + CODED_PAGE
    yield from _write_headers()
    yield from _write_multiparts()
    yield from _write_messages()


def _write_charsets() -> Iterator[tuple[str, bytes]]:
    seven_bit = b"".join(_to_utf_7(PAGE[place : place + 1]) for place in range(len(PAGE)))
    for label in UTF_7_LABELS:
        yield f"UTF-7 as {label.decode()}", _encode(seven_bit, b"; charset=" + label)
    yield "UTF-7 as a long parameter", _encode(seven_bit, b"; charset*=us-ascii''utf-7")
    yield "UTF-7 as the second charset", _encode(seven_bit, b"; charset=us-ascii; charset=utf-7")
    yield "UTF-7 told within", _encode(b"<meta charset=utf-7>" + seven_bit, b"")
    for codec, labels in WIDE_LABELS.items():
        for label in labels:
            yield f"{codec} as {label.decode()}", _encode(PAGE.decode().encode(codec), b"; charset=" + label)
    for label, shift in SHIFTS.items():
        page = PAGE.replace(b"href", b"hr" + shift + b"ef").replace(b"http", b"ht" + shift + b"tp")
        yield f"shifts of {label.decode()}", _encode(page, b"; charset=" + label)


def _to_utf_7(letter: bytes) -> bytes:
    if letter.isalnum() or letter in (b" ", b":", b"/", b".", b","):
        return letter
    return b"+" + base64.b64encode(letter.decode().encode("utf-16-be")).rstrip(b"=") + b"-"


def _encode(page: bytes, charset: bytes, extra: bytes = b"\r\n") -> bytes:
    return HEAD + HTML + charset + b"\r\n" + ENCODING + b"base64\r\n" + extra + base64.encodebytes(page)


def _write_encodings() -> Iterator[tuple[str, bytes]]:
    quoted = PAGE.replace(b"=", b"=3D")
    start = HEAD + HTML + b"\r\n" + ENCODING
    for name, middle in QUOTED.items():
        yield name, start + b"quoted-printable\r\n\r\n" + quoted.replace(b"http", b"ht" + middle + b"tp")
    yield "quoted, but nothing escaped", start + b"quoted-printable\r\n\r\n" + PAGE
    yield "base64, but plain", start + b"base64\r\n\r\n" + CODED_PAGE
    yield "words before base64", _encode(CODED_PAGE, b"", b"\r\nHello friend!\r\n\r\n")
    yield "uuencode", start + b"x-uuencode\r\n\r\n" + _write_uuencode(CODED_PAGE)


def _write_uuencode(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[start : start + 45]) for start in range(0, len(content), 45))
    return b"begin 644 a\r\n" + b"".join(lines) + b"`\r\nend\r\n"


def _write_headers() -> Iterator[tuple[str, bytes]]:
    for name, end in HEADER_ENDS.items():
        yield f"header ends by {name}", FIELDS_OF_TEXT + end + b"\r\n\r\nHello\r\n"
    yield "page in a header", HEAD + HTML + b"\r\n \r\nA:" + CODED_PAGE + b"\r\n\r\nHello\r\n"
    mail = _encode(CODED_PAGE, b"")
    for name, line in MARKS.items():
        yield f"line of {name} in the header", mail.replace(HTML, line + HTML)
    yield "line of From first", MARKS["From"] + mail
    yield "no MIME version", mail.replace(b"MIME-Version: 1.0\r\n", b"")
    yield "nothing about MIME", HEAD + b"\r\n" + CODED_PAGE
    relative = HTML + b"\r\n\r\n" + PAGE.replace(LINK, b"login")
    for field in (b"Content-Base: ", b"Content-Location: "):
        yield field.decode(), HEAD + field + b"http://192.0.2.7/\r\n" + relative
    yield "address outside", HEAD + EXTERNAL + b'URL="' + LINK + b'"' + OUTSIDE
    yield "address outside, folded", HEAD + EXTERNAL + b'URL="http://192.0.\r\n 2.7/login"' + OUTSIDE
    yield "address outside, in a part", _put(EXTERNAL + b'URL="' + LINK + b'"' + OUTSIDE)


def _put(part: bytes, kind: bytes = b"mixed", before: bytes = b"", behind: bytes = b"") -> bytes:
    head = HEAD + MIXED.replace(b"mixed", kind) + b"\r\n"
    return head + before + TEXT_PART + b"--foo\r\n" + part + b"--foo--\r\n" + behind


def _write_multiparts() -> Iterator[tuple[str, bytes]]:
    for kind in (b"alternative", b"related; start=x", b"appledouble", b"digest", b"byteranges", b"form-data", b"x-y"):
        yield f"in multipart/{kind.decode()}", _put(CODED_PART, kind)
    yield "part without a header", _put(b"\r\n" + CODED_PAGE + b"\r\n")
    yield "part without a blank line", _put(CODED_PAGE + b"\r\n")
    yield "page in front", _put(b"\r\n", before=CODED_PAGE + b"\r\n")
    yield "page behind", _put(b"\r\n", behind=CODED_PAGE)
    yield "text behind another boundary", _put(b"\r\n", behind=b"--bar\r\n\r\nSee " + LINK + b"\r\n--bar--\r\n")
    yield "attachment without a name", _put(b"Content-Disposition: attachment\r\n" + CODED_PART)
    yield "page as a picture", _put(CODED_PART.replace(b"text/html", b"image/png; name=a.html"))
    yield "empty boundary", HEAD + b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n" + CODED_PART + b"----\r\n"
    yield "base64 without parts", _encode(CODED_PAGE, b"").replace(b"text/html", b"multipart/mixed; boundary=bar")


def _write_messages() -> Iterator[tuple[str, bytes]]:
    mail = _encode(CODED_PAGE, b"")
    for kind in MESSAGES:
        yield f"in {kind.decode()}", _put(b"Content-Type: " + kind + b"\r\n\r\n" + mail)
    coded = {b"quoted-printable": quopri.encodestring(mail), b"base64": base64.encodebytes(mail)}
    for encoding, body in {**coded, b"x-uuencode": _write_uuencode(mail)}.items():
        part = b"Content-Type: message/rfc822\r\n" + ENCODING + encoding + b"\r\n\r\n" + body
        yield f"in a message in {encoding.decode()}", _put(part)
