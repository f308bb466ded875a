"""Mails with a bad file somewhere in them, built of every container that MIME has, soundly and unsoundly."""

import base64
import binascii
import quopri
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

MARK = b"PE\0\0" + bytes(range(200))
PROGRAM = b"MZ" + bytes(range(58)) + (128).to_bytes(4, "little") + bytes(64) + MARK
HEAD = (
    b"From: Anna <anna@example.com>\r\nTo: you@example.org\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
    b"Message-ID: <1@example.com>\r\nSubject: Minutes\r\nMIME-Version: 1.0\r\n"
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello, the minutes.\r\n"
FLOWED = b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nHello, \r\nthe minutes.\r\n"
CALENDAR = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
NOTES = b"Content-Type: application/octet-stream; name=notes.bin\r\n\r\nagreed\r\n"


def write_uuencode(content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[start : start + 45]).rstrip(b"\n") for start in range(0, len(content), 45)]
    return b"\r\n".join([b"begin 644 tool.exe", *lines, b"`", b"end", b""])


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "base64": lambda content: base64.encodebytes(content).replace(b"\n", b"\r\n"),
    "quoted-printable": lambda content: quopri.encodestring(content).replace(b"\n", b"\r\n"),
    "x-uuencode": write_uuencode,
}
ODD_FIELDS = (
    b"",
    b"Content-Length: 12\r\n",
    b"Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\r\n",
    b"X-\xe4\xf6: 8-bit name\r\n",
    b"Content-Description: a\r\n\tfolded one\r\n",
    b"no field at all\r\n",
    b"Content-Disposition: inline\r\n",
)


def write_program(encoding: str, field: bytes, name: bytes = b"tool.exe") -> bytes:
    head = (
        b"Content-Type: application/octet-stream\r\n" + field + b'Content-Disposition: attachment; filename="' + name
        + b'"\r\nContent-Transfer-Encoding: ' + encoding.encode() + b"\r\n\r\n"
    )  # fmt: skip
    return head + ENCODINGS[encoding](PROGRAM)


@dataclass(frozen=True)
class Container:
    """How a multipart is written."""

    kind: str
    boundary: bytes
    between: bytes = b""  # behind each boundary, on its line
    preamble: bytes = b""
    epilogue: bytes = b""
    has_end: bool = True
    field: bytes = b""


def write_multipart(how: Container, parts: Sequence[bytes]) -> bytes:
    line = b"--" + how.boundary + how.between + b"\r\n"
    head = f"Content-Type: multipart/{how.kind}; boundary=".encode() + b'"' + how.boundary + b'"\r\n'
    head = how.field + head + b"\r\n"
    end = b"--" + how.boundary + b"--\r\n" if how.has_end else b""
    return head + how.preamble + b"".join(line + part + b"\r\n" for part in parts) + end + how.epilogue


def write_message(inner: bytes, encoding: str) -> bytes:
    content = HEAD + inner
    if encoding == "base64":
        field = b"Content-Transfer-Encoding: base64\r\n"
        return b"Content-Type: message/rfc822\r\n" + field + b"\r\n" + ENCODINGS["base64"](content)
    return b"Content-Type: message/rfc822\r\n\r\n" + content


CONTAINERS = st.builds(
    Container,
    st.sampled_from(
        [
            "mixed",
            "alternative",
            "related",
            "digest",
            "report",
            'signed; protocol="application/pgp-signature"',
            'encrypted; protocol="application/pgp-encrypted"',
        ]
    ),
    st.sampled_from([b"b", b"bb", b"b b", b"=_b'()+,-./:=?"]),
    st.sampled_from([b"", b"", b" \t"]),
    st.sampled_from([b"", b"This is MIME.\r\n", b"X: y\r\n\r\n"]),
    st.sampled_from([b"", b"the end\r\n", b"\r\n--b\r\n"]),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([b"", b"", b"", *ODD_FIELDS]),
)
IN_TEXT = FLOWED + write_uuencode(PROGRAM)
LEAVES = st.sampled_from([TEXT, FLOWED, IN_TEXT, CALENDAR, NOTES, b"", b"\r\n"])
PROGRAMS = st.builds(write_program, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(ODD_FIELDS))
LINE_ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\n", b"\r"])


def _wrap(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    multiparts = st.builds(write_multipart, CONTAINERS, st.lists(inner, min_size=1, max_size=4))
    return multiparts | st.builds(write_message, inner, st.sampled_from(["", "", "base64"]))


def _finish(tree: bytes, line_end: bytes, mixed: int) -> bytes:
    raw = HEAD + tree
    raw = raw.replace(b"\r\n", line_end)
    return raw[:mixed] + raw[mixed:].replace(b"\r\n", b"\n") if mixed else raw


TREES = st.recursive(PROGRAMS | LEAVES, _wrap, max_leaves=8)
MAILS = st.builds(_finish, TREES, LINE_ENDS, st.sampled_from([0, 0, 0, 400]))
