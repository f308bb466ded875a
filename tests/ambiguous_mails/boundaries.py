"""Tricks with boundaries: how they are told, how their lines are written, and how they stand within each other."""

import base64
import binascii

from ambiguous_mails.payload import HEAD, MIXED, TEXT, Mails, Payload, put

LONG = b"a" * 80
PARAMETERS = {  # what the header says, and the boundary that is used
    "twice, good first": (b"boundary=foo; boundary=faa", b"foo"),
    "twice, good last": (b"boundary=faa; boundary=foo", b"foo"),
    "comma, good first": (b"boundary=foo, boundary=faa", b"foo"),
    "2231 and plain": (b"boundary*=''faa; boundary=foo", b"foo"),
    "plain and 2231": (b"boundary=faa; boundary*=''foo", b"foo"),
    "2231": (b"boundary*=us-ascii''f%6Fo", b"foo"),
    "2231 without a charset": (b"boundary*=f%6Fo", b"foo"),
    "pieces": (b"boundary*0=fo; boundary*1=o", b"foo"),
    "pieces out of order": (b"boundary*1=o; boundary*0=fo", b"foo"),
    "pieces with a gap": (b"boundary*0=fo; boundary*2=o", b"foo"),
    "pieces from one": (b"boundary*1=fo; boundary*2=o", b"foo"),
    "a piece twice": (b"boundary*0=fo; boundary*0=fa; boundary*1=o", b"foo"),
    "encoded word": (b'boundary="=?us-ascii?Q?foo?="', b"foo"),
    "encoded word as it stands": (b'boundary="=?us-ascii?Q?foo?="', b"=?us-ascii?Q?foo?="),
    "blank before =": (b"boundary =foo", b"foo"),
    "blank behind =": (b"boundary= foo", b"foo"),
    "fold before =": (b"boundary\r\n =foo", b"foo"),
    "fold behind =": (b"boundary=\r\n foo", b"foo"),
    "nul before =": (b"boundary\0=foo", b"foo"),
    "nul inside": (b"boundary=\0foo", b"foo"),
    "fold inside": (b"boundary=fo\r\n o", b"foo"),
    "half of a fold": (b"boundary=foo\r\n bar", b"foo"),
    "comment inside": (b"boundary=fo(x)o", b"foo"),
    "comment as it stands": (b"boundary=fo(x)o", b"fo(x)o"),
    "comment not closed": (b"boundary=foo(x", b"foo"),
    "blank inside": (b"boundary=foo bar", b"foo bar"),
    "before the blank": (b"boundary=foo bar", b"foo"),
    "blank first": (b'boundary=" foo"', b"foo"),
    "blank first, kept": (b'boundary=" foo"', b" foo"),
    "blank last": (b'boundary="foo "', b"foo"),
    "semicolon": (b"boundary=foo;bar", b"foo"),
    "semicolon kept": (b"boundary=foo;bar", b"foo;bar"),
    "comma before": (b"boundary=foo,bar", b"foo"),
    "comma behind": (b"boundary=foo,bar", b"bar"),
    "quote not closed": (b'boundary="foo', b"foo"),
    "quote not closed, kept": (b'boundary="foo', b'"foo'),
    "quoted, more behind": (b'boundary="foo"bar', b"foo"),
    "quoted, joined": (b'boundary="foo"bar', b"foobar"),
    "quoted, as it stands": (b'boundary="foo"bar', b'"foo"bar'),
    "quotes in the middle": (b'boundary=foo"bar"', b"foo"),
    "empty quotes first": (b'boundary=""foo', b"foo"),
    "single quotes": (b"boundary='foo'", b"foo"),
    "single quotes kept": (b"boundary='foo'", b"'foo'"),
    "backslash": (b"boundary=f\\oo", b"foo"),
    "backslash kept": (b"boundary=f\\oo", b"f\\oo"),
    "backslash in quotes": (b'boundary="f\\oo"', b"foo"),
    "empty": (b'boundary=""', b""),
    "nothing": (b"boundary=", b""),
    "missing": (b"charset=utf-8", b"foo"),
    "misspelled": (b"bound=foo", b"foo"),
    "another": (b"boundary=foo", b"faa"),
    "another case": (b"boundary=FOO", b"foo"),
    "longer than 70": (b"boundary=" + LONG, LONG),
    "cut at 70": (b"boundary=" + LONG, LONG[:70]),
    "high bytes": (b"boundary=f\xf6o", b"f\xf6o"),
    "utf-8": (b"boundary=f\xc3\xb6o", b"f\xc3\xb6o"),
    "behind a blank": (b"x=y boundary=foo", b"foo"),
    "behind a quote": (b'x=y"boundary=foo', b"foo"),
    "behind an escaped semicolon": (b"x=y\\;boundary=foo", b"foo"),
    "in quotes": (b'x="y;boundary=foo"', b"foo"),
    "in quotes, kept": (b'x="y;boundary=foo"', b'foo"'),
    "behind an open quote": (b'x="y;boundary=foo', b"foo"),
    "behind an escaped quote": (b'x="y\\";boundary=foo', b"foo"),
    "its name as value": (b"boundary=boundary=foo", b"boundary"),
    "its name before it": (b"boundary=boundary=foo", b"foo"),
    "its name with it": (b"boundary=boundary=foo", b"boundary=foo"),
    "a parameter in quotes": (b'"boundary=foo"', b"foo"),
    "comment before =": (b"boundary(x)=foo", b"foo"),
    "comment behind =": (b"boundary=(x)foo", b"foo"),
    "comment behind": (b"boundary=foo(x)", b"foo"),
    "comment behind, kept": (b"boundary=foo(x)", b"foo(x)"),
    "before the comment": (b"boundary=fo(x)o", b"fo"),
    "another in a comment": (b"boundary=(boundary=bar)foo", b"foo"),
    "the one in a comment": (b"boundary=(boundary=foo)bar", b"foo"),
    "comment in the name": (b"boun(x)dary=foo", b"foo"),
    "comment before the name": (b"(x)boundary=foo", b"foo"),
    "all in a comment": (b"( boundary=foo )", b"foo"),
    "comment in a comment": (b"((x) boundary=foo )", b"foo"),
}
TYPES = {
    "no semicolon": b"multipart/mixed boundary=foo",
    "no type": b"boundary=foo",
    "no subtype": b"multipart; boundary=foo",
    "type in quotes": b'"multipart/mixed"; boundary=foo',
    "type with a comment": b"multi(x)part/mixed; boundary=foo",
    "type with a backslash": b"multi\\part/mixed; boundary=foo",
    "unknown multipart": b"multipart/invalid; boundary=foo",
    "multiparts": b"multiparts/mixed; boundary=foo",
    "two types": b"text/plain, multipart/mixed; boundary=foo",
    "two types, multipart first": b"multipart/mixed, text/plain; boundary=foo",
    "blank fold": b"\r\n \r\n multipart/mixed; boundary=foo",
    "no semicolon but a comma": b"multipart/mixed, boundary=foo",
    "comment before": b"(x)multipart/mixed; boundary=foo",
    "comment behind": b"multipart/mixed(x); boundary=foo",
    "encoded word": b"=?UTF-8?B?bXVsdGlwYXJ0?=/mixed; boundary=foo",
    "letter missing": b"ultipart/mixed; boundary=foo",
    "single part": b"singlepart/mixed; boundary=foo",
}
LINES = {
    "text behind": b"--foox\r\n",
    "blank and text behind": b"--foo x\r\n",
    "tab behind": b"--foo\t\r\n",
    "many blanks behind": b"--foo" + b" " * 300 + b"\r\n",
    "blank before": b" --foo\r\n",
    "tab before": b"\t--foo\r\n",
    "one dash": b"-foo\r\n",
    "three dashes": b"---foo\r\n",
    "end line": b"--foo--\r\n",
    "end line and text": b"--foo--x\r\n",
    "bare CR before": b"\r--foo\r\n",
    "bare CR behind": b"--foo\r",
    "CR CR LF": b"--foo\r\r\n",
    "bare LF": b"--foo\n",
    "nul behind": b"--foo\0\r\n",
    "blank line behind": b"--foo\r\n\r\n",
    "no line end": b"text --foo\r\n",
    "vertical tab behind": b"--foo\x0b\r\n",
    "form feed before": b"\x0c--foo\r\n",
    "end and epilogue": b"--foo--\r\n\r\n--foo\r\n",
    "other case": b"--FOO\r\n",
    "blank line with a blank": b"--foo\r\n \r\n",
    "dash behind": b"--foo-\r\n",
    "LF CR before": b"\n\r--foo\r\n",
    "blank and CR before": b" \r--foo\r\n",
}
INNER = {"same": b"foo", "longer": b"foobar", "outer with dashes": b"foo--", "shorter": b"fo", "other": b"bar"}


def boundary_parameters(payload: Payload) -> Mails:
    for name, (parameter, used) in PARAMETERS.items():
        line = b"--" + used
        head = b"Content-Type: multipart/mixed; " + parameter + b"\r\n\r\n"
        body = line + b"\r\n" + TEXT + line + b"\r\n" + payload.part + line + b"--\r\n"
        yield name, HEAD + head + body
    for name, value in TYPES.items():
        yield name, put(payload.part, head=b"Content-Type: " + value + b"\r\n")


def boundary_lines(payload: Payload) -> Mails:
    part, end, start = payload.part, b"--foo--\r\n", HEAD + MIXED + b"\r\n"
    text = b"--foo\r\n" + TEXT
    for name, line in LINES.items():
        yield name, put(part, before=line)
    yield "no end", put(part, end=b"")
    yield "end without dashes", put(part, end=b"--foo\r\n")
    yield "preamble", start + part + b"\r\n" + text + end
    yield "preamble with another boundary", start + b"--faa\r\n" + part + b"--faa--\r\n" + text + end
    yield "epilogue without a boundary", start + text + end + part
    yield "epilogue with another boundary", start + text + end + b"--faa\r\n" + part + b"--faa--\r\n"
    yield (
        "in the middle of base64",
        put(part.replace(payload.base64, payload.base64.replace(b"\r\n", b"\r\n--foox\r\n", 1))),
    )
    yield "no boundary at all", HEAD + b"\r\n" + text + b"--foo\r\n" + part + end
    boundary = b"Content-Type: multipart/mixed; boundary=bar\r\n"
    inner = text.replace(b"foo", b"bar") + b"--bar\r\n" + part + b"--bar--\r\n"
    yield "end in the header", HEAD + MIXED + end + b"\r\n--foo\r\n" + boundary + b"\r\n" + inner + end
    yield "end in an inner header", start + b"--foo\r\n" + boundary + end + b"\r\n" + inner + end
    yield "line in an inner header", start + b"--foo\r\n" + boundary + b"--foo\r\n\r\n" + inner + end
    signs = HEAD + b"Content-Type: multipart/mixed; boundary=#######+\r\n\r\n--#######+\r\n" + boundary + b"\r\n"
    cut = inner.replace(payload.base64, b"--#######+\r\n" + payload.base64)
    yield "of what is not of base64", signs + cut + b"--#######+--\r\n"
    yield "no MIME version", put(part).replace(b"MIME-Version: 1.0\r\n", b"")


def nested(payload: Payload) -> Mails:
    part = payload.part
    for name, inner in INNER.items():
        yield name, put(write_multipart(inner, part))
    yield "none", put(write_multipart(b"foo", part).replace(b"; boundary=foo", b""))
    bar = b"Content-Type: multipart/mixed; boundary=bar\r\n"
    yield "inner uses outer", put(bar + b"\r\n--bar\r\n" + TEXT + b"--foo\r\n" + part + b"--bar--\r\n")
    yield "inner is empty", put(bar + b"\r\n\r\n--foo\r\n" + part)
    yield "in alternative", put(part, head=b"Content-Type: multipart/alternative; boundary=foo\r\n")
    yield "odd start", put(part, head=b'Content-Type: multipart/related; start="<x@y>"; boundary=foo\r\n')
    inside = write_multipart(b"bar", part)
    yield "rfc822", put(b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + inside)
    yield "rfc822 encoded", put(encode_message(b"Subject: x\r\n" + inside))
    yield "rfc822 encoded twice", put(encode_message(encode_message(inside)))
    body = b"--bar\r\n" + part + b"--bar--\r\n"
    yield "multipart encoded", put(bar + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body))
    quoted = binascii.b2a_qp(body, quotetabs=True)
    yield "multipart quoted", put(bar + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted)
    yield "digest", put(b"Subject: x\r\n" + inside, head=b"Content-Type: multipart/digest; boundary=foo\r\n")
    fragment = b'Content-Type: message/partial; number=1; total=2; id="a@b"\r\n\r\n'
    yield "partial", HEAD + fragment + part[: len(part) // 2]


def write_multipart(boundary: bytes, part: bytes) -> bytes:
    line = b"--" + boundary
    head = b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n"
    return head + line + b"\r\n" + TEXT + line + b"\r\n" + part + line + b"--\r\n"


def encode_message(raw: bytes) -> bytes:
    head = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(raw)
