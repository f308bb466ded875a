"""Mails made to cost much: each is read whole in less than a second of one core."""

import base64
import time
from collections.abc import Callable

import pytest

from gatepost.message.message import Message
from gatepost.message.parse import parse_message

MAX_CPU_S = 1.0

HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


def each(pattern: bytes, count: int) -> bytes:
    """Write a pattern `count` times, the number in each place that it has for one."""
    return b"".join(pattern % ((number,) * pattern.count(b"%")) for number in range(count))


def nest_encoded(depth: int) -> bytes:
    raw = HEAD + b"\r\nhello"
    for _ in range(depth):
        raw = (
            HEAD
            + b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(raw)
        )
    return raw


BASE64 = HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n"
QUOTED = HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
REPORT = (
    HEAD + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
)

CASES: dict[str, Callable[[], bytes]] = {
    "multiparts 10,000 deep": lambda: each(b"Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%d.\r\n", 10_000),
    "multiparts of one boundary": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 10_000,
    "messages 10,000 deep": lambda: b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "encoded messages 25 deep": lambda: nest_encoded(25),
    "10,000 parts": lambda: MIXED + b"--b\r\n\r\nhttp://x.example/\r\n" * 10_000,
    "800,000 false boundaries": lambda: MIXED + b"--bx\r\n" * 800_000,
    "100,000 headers": lambda: each(b"X-%d: y\r\n", 100_000),
    "9,000 From": lambda: b"From: a@b.example\r\n" * 9_000,
    "a megabyte of folds": lambda: b"Subject: a" + b"\r\n " * 300_000,
    "a megabyte of blanks": lambda: b"Subject: a" + b" " * 1_000_000 + b"b",
    "encoded words without end": lambda: b"Subject: " + b"=?utf-8?q?" * 25_000,
    "60,000 encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?=\r\n " * 60_000,
    "quotes": lambda: b"From: " + b'"\\' * 120_000,
    "comments": lambda: b"From: " + b"(" * 250_000,
    "commas": lambda: b"From: " + b",a" * 120_000,
    "brackets": lambda: b"To: " + b"<" * 250_000,
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + b';a="\\"' * 40_000,
    "separators of parameters": lambda: HEAD + b"Content-Type: text/plain" + b" ;" * 120_000,
    "a parameter without value": lambda: HEAD + b"Content-Type: text/plain; " + b"a" * 250_000,
    "continuations": lambda: HEAD + b"Content-Disposition: x; " + each(b"filename*%d=a; ", 15_000),
    "base64 paddings": lambda: BASE64 + b"AAA=" * 2_500_000,
    "base64 junk": lambda: BASE64 + b"A*" * 5_000_000,
    "soft breaks": lambda: QUOTED + b"= " * 2_500_000,
    "bare CR": lambda: QUOTED + b"=\r" * 1_000_000,
    "one long soft break": lambda: QUOTED + b"=" + b" " * 5_000_000,
    "uuencode": lambda: HEAD + b"Content-Transfer-Encoding: uuencode\r\n\r\n" + b"M\r\n" * 1_000_000,
    "200 KB of <div>": lambda: html(b"<div>" * 40_000),
    "<div> below the limit": lambda: html(b"<div>" * 9_990),
    "lists below the limit": lambda: html(b"<ul><li>" * 4_990),
    "a formatting bomb": lambda: html(b"<p>" + each(b"<font c%d>", 5_000) + b"<p>x" * 4_900),
    "a million attributes": lambda: html(b"<a " + each(b"a%d ", 400_000) + b"a=1 " * 600_000 + b">x</a>"),
    "attributes below the limit": lambda: html(b"<a " + each(b"%x ", 7_500) + b">x</a>"),
    "a megabyte URL": lambda: html(b'<a href="http://x.example/' + b"a" * 1_000_000 + b'">x</a>'),
    "a megabyte URL in text": lambda: HEAD + b"\r\nhttp://x.example/" + b"a" * 1_000_000,
    "a megabyte host": lambda: HEAD + b"\r\nhttp://" + b"a." * 500_000,
    "100,000 URLs": lambda: HEAD + b"\r\n" + b"http://x.example/a " * 100_000,
    "dots": lambda: HEAD + b"\r\n" + b"a.b " * 500_000,
    "brackets behind URLs": lambda: HEAD + b"\r\n" + (b"http://x.example/" + b")!" * 300 + b" ") * 300,
    "40,000 anchors": lambda: html(b"<a href=http://x.example/>y</a>" * 40_000),
    "anchors in each other": lambda: html(b"<a href=x><table><tr><td>" * 2_400 + b"text " * 100_000),
    "3 MB of <b>": lambda: html(b"<b>" * 1_000_000),
    "3 MB of comments": lambda: html(b"<!--" * 750_000),
    "50,000 rules": lambda: html(b"<style>" + b".a{display:none}" * 50_000 + b"</style>x"),
    "a sheet without braces": lambda: html(b"<style>" + b"display " * 300_000 + b"</style>x"),
    "digits in a style": lambda: html(b'<p style="font-size:' + b"1" * 500_000 + b";height:" + b"0" * 500_000 + b'">x'),
    "200,000 classes": lambda: html(b'<style>.a{display:none}</style><p class="' + b"b " * 200_000 + b'">x'),
    "srcset": lambda: html(b'<img srcset="' + b"a, " * 300_000 + b'">'),
    "50,000 reported recipients": lambda: REPORT + b"Final-Recipient: rfc822; a@b\r\n\r\n" * 50_000,
    "flowed quotes": lambda: HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"> a \r\n" * 300_000,
    "20 MB of text": lambda: HEAD + b"\r\n" + b"word " * 4_000_000,
}


def ask_everything(message: Message) -> None:
    assert message.text is not None
    assert message.links is not None
    assert message.defects is not None
    assert message.report is None or message.report.recipients
    mailboxes = (*message.from_, *message.to, *message.cc, *message.reply_to, *message.sender)
    assert all(each.address is not None for each in mailboxes)
    assert (message.subject, message.date, message.message_id) is not None
    assert all(part.filename is not None for part in message.walk())


@pytest.mark.parametrize("name", CASES)
def test_no_mail_costs_more_than_a_second(name: str) -> None:
    raw = CASES[name]()
    started = time.process_time()
    ask_everything(parse_message(raw))
    assert time.process_time() - started < MAX_CPU_S
