"""Mails made to be slow: each aims at one place where a scanner may do more work than its input is worth."""

import base64
import quopri

_HEAD = b"From: a@client.test\r\nTo: b@bench.test\r\nSubject: slow\r\nMIME-Version: 1.0\r\n"
_HTML = _HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
_MEGABYTE = 1_000_000


def make_hostile_mails() -> dict[str, bytes]:
    """Give the mails by the name of what is hostile in them."""
    return {
        "deep HTML": _HTML + b"<div>" * 40_000,
        "many links": _HTML + b"".join(b'<a href="http://h%d.test/">h%d.test</a>\r\n' % (n, n) for n in range(20_000)),
        "huge style": _HTML + b"<style>" + b"a{b:c}" * 100_000 + b"</style>" + b"<p style='color:red'>x</p>" * 5_000,
        "unclosed tags": _HTML + b"<a href='x" * 100_000,
        "many headers": _HEAD + b"".join(b"X-H%d: v\r\n" % n for n in range(50_000)) + b"\r\nx\r\n",
        "one huge header": _HEAD + b"X-Long: " + b"a " * 500_000 + b"\r\n\r\nx\r\n",
        "many addresses": _HEAD + b"Cc: " + b'"=?utf-8?q?n?=" <a@b.test>, ' * 30_000 + b"\r\n\r\nx\r\n",
        "encoded words": _HEAD + b"X-Words: " + b"=?utf-8?b?4pyT?= " * 50_000 + b"\r\n\r\nx\r\n",
        "nested multiparts": _HEAD + _nest_multiparts(2_000),
        "nested messages": (_HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 2_000 + _HEAD + b"\r\nx\r\n",
        "many parts": _HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: text/html\r\n\r\n<a href='http://a.test'>x</a>\r\n" * 10_000,
        "boundary look-alikes": _HEAD
        + b"Content-Type: multipart/mixed; boundary=bbbbbb\r\n\r\n"
        + b"--bbbbb\r\n" * 100_000,
        "base64 of text": _HEAD
        + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(b"http://a.test/?" * (_MEGABYTE // 15)),
        "quoted-printable": _HEAD
        + b"Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + quopri.encodestring("é<b>".encode() * 100_000),
        "one long line": _HEAD + b"\r\n" + b"www." * (_MEGABYTE // 4),
        "dots and ats": _HEAD + b"\r\n" + b"a.b@c." * (_MEGABYTE // 6),
    }


def _nest_multiparts(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return opened + b"\r\nx\r\n"
