"""Tricks with headers: fields that stand twice, where a header ends, and what a type says."""

import itertools

from ambiguous_mails.payload import ENCODING, HEAD, MIXED, TEXT, Mails, Payload, put

BETWEEN = {  # the last field and the body
    "none": b"\r\n",
    "blank": b"\r\n \r\n",
    "tab": b"\r\n\t\r\n",
    "vertical tab": b"\r\n\x0b\r\n",
    "two blanks": b"\r\n \r\n \r\n",
    "CR": b"\r\n\r",
    "LF": b"\r\n\n",
    "CR CR LF": b"\r\r\n",
    "two CR": b"\r\r",
    "two LF": b"\n\n",
    "LF CR": b"\n\r",
    "CR LF CR CR LF": b"\r\n\r\r\n",
    "LF LF CR": b"\r\n\r\n\r",
    "more lines": b"\r\n\r\n\r\n\r\n",
    "a letter": b"\r\nc\n",
    "a bracket": b"\r\n<\r\n",
    "junk": b"\r\nABCD\r\n\r\n",
    "junk with padding": b"\r\nABC=\r\n\r\n",
    "two lines of junk": b"\r\nABCD\r\nABCD\r\n\r\n",
    "a sentence": b"\r\nIt means nothing.\r\n",
    "colon": b"\r\n:\r\n\r\n",
}
STARTS = {
    "CR": b"\r",
    "LF": b"\n",
    "CR LF": b"\r\n",
    "vertical tab": b"\x0b",
    "blank line": b" \r\n",
    "colon": b":\r\n",
}
HEADERS = {  # {t} is the type, {d} the disposition, {e} the encoding
    "blank line behind the type": b"{t}\r\n{d}{e}\r\n\r\n",
    "CR behind the type": b"{t}\r{d}{e}\r\n\r\n",
    "LF behind the type": b"{t}\n{d}{e}\r\n\r\n",
    "encoding in the body": b"{t}{d}\r\n{e}\r\n\r\n",
    "encoding in the body, no blank line": b"{t}{d}\r\n{e}\r\n",
    "encoding in the body, indented": b"{t}{d}\r\n {e}\r\n\r\n",
    "a sentence before": b"{t}{d}\r\nIt means nothing.\r\n{e}\r\n\r\n",
    "sentences around": b"{t}{d}\r\nIt means nothing.\r\n{e}\r\nNor does it.\r\n\r\n",
    "a sentence in the header": b"{t}{d}It means nothing.\r\n{e}\r\n",
}
BREAKS = {  # the disposition and the encoding
    "CR": b"\r",
    "LF CR LF": b"\n\r\n",
    "CR and a control": b"\r\x13",
    "control and LF": b"\x13\n",
    "CR braces LF": b"\r{}\n",
    "CR and a comment around LF": b"\r(\n)",
    "CR and a blank": b"\r ",
    "CR LF CR": b"\r\n\r",
    "blank and LF": b" \n",
    "LF and a blank": b"\n ",
}
MULTIPART = b"multipart/mixed; boundary=foo"
TYPE_FIELDS = {
    "blank before the colon": b"Content-Type : " + MULTIPART,
    "two colons": b"Content-Type:: " + MULTIPART,
    "indented": b" Content-Type: " + MULTIPART,
    "behind a bare CR": b"X-Foo: bar\rContent-Type: " + MULTIPART,
    "behind a fold": b"X-Foo: bar\r\n Content-Type: " + MULTIPART,
    "behind junk": b"X-Foo-bar\r\n Content-Type: " + MULTIPART,
    "nul first": b"\0Content-Type: " + MULTIPART,
    "nul behind the name": b"Content-Type\0: " + MULTIPART,
    "no colon": b"Content-Type " + MULTIPART,
    "fold": b"Content-Type:\r\n " + MULTIPART,
    "fold before the colon": b"Content-Type\r\n : " + MULTIPART,
    "bare CR": b"Content-Type:\r" + MULTIPART,
    "empty first": b"Content-Type:\r\nContent-Type: " + MULTIPART,
    "case": b"cOnTeNt-TyPe: mUlTiPaRt/MiXeD; BoUnDaRy=foo",
    "byte order mark": b"\xef\xbb\xbfContent-Type: " + MULTIPART,
    "underscore": b"Content_Type: " + MULTIPART,
}
LEAF_TYPES = (
    MULTIPART, b"multipart/mixed", b"x-multipart/mixed; boundary=foo", b"multipart/; boundary=foo", b"multipart",
    b"text/plain", b"text/html", b"message/rfc822", b"message/delivery-status", b"text/plain; boundary=foo", b"", b";",
    b"/", b"image/png", b"text/calendar", b"message/external-body; access-type=local-file", b"application/pkcs7-mime",
    b"text/rfc822-headers",
)  # fmt: skip
TEXT_TYPES = frozenset({b"text/plain", b"text/html", b"message/delivery-status", b"text/plain; boundary=foo"})


def repeated_fields(payload: Payload) -> Mails:
    fields, body = payload.fields, b"\r\n" + payload.base64
    for one, other in itertools.permutations((b"base64", b"quoted-printable", b"7bit", b"xxx", b""), 2):
        if b"base64" in (one, other):
            both = ENCODING + one + b"\r\n" + ENCODING + other + b"\r\n"
            yield f"{one.decode()} {other.decode()}", put(fields + both + body)
    encoded, inner = ENCODING + b"base64\r\n", b"Content-Type: multipart/mixed; boundary=bar\r\n"
    yield "file, multipart", put(fields + inner + encoded + body)
    yield "multipart, file", put(inner + fields + encoded + body)
    faa = b"Content-Type: multipart/mixed; boundary=faa\r\n"
    fake = b"--faa\r\nContent-Type: text/plain\r\n\r\nnothing\r\n"
    rest = b"\r\n" + fake + b"--foo\r\n" + TEXT + b"--foo\r\n" + payload.part + b"--foo--\r\n--faa--\r\n"
    yield "boundaries good, bad", HEAD + MIXED + faa + rest
    yield "boundaries bad, good", HEAD + faa + MIXED + rest
    yield "leaf, multipart", put(payload.part, head=b"Content-Type: text/plain\r\n" + MIXED)
    yield "multipart, leaf", put(payload.part, head=MIXED + b"Content-Type: text/plain\r\n")


def header_ends(payload: Payload) -> Mails:
    encoded = ENCODING + b"base64"
    for name, between in BETWEEN.items():
        yield name, put(payload.fields + encoded + between + payload.base64)
    for name, start in STARTS.items():
        yield f"start {name}", put(start + encoded + b"\r\n" + payload.fields + b"\r\n" + payload.base64)
    kind, disposition = payload.fields.splitlines(keepends=True)
    for name, line_end in BREAKS.items():
        yield f"break {name}", put(kind + disposition.rstrip() + line_end + encoded + b"\r\n\r\n" + payload.base64)
    for name, line in {"folded behind": b" Content-ID: 3", "odd behind": b"#Content-ID: 3"}.items():
        yield name, put(payload.fields + encoded + b"\r\n" + line + b"\r\n\r\n" + payload.base64)
    for name, header in HEADERS.items():
        written = header.replace(b"{t}", kind).replace(b"{d}", disposition).replace(b"{e}", encoded)
        yield name, put(written + payload.base64)


def type_fields(payload: Payload) -> Mails:
    rest = b"\r\n\r\n--foo\r\n" + TEXT + b"--foo\r\n" + payload.part + b"--foo--\r\n"
    for name, field in TYPE_FIELDS.items():
        yield name, HEAD + field + rest
    named = b"Content-Disposition: attachment; filename=" + payload.name.encode() + b"\r\n"
    encoded = ENCODING + b"base64\r\n\r\n" + payload.base64
    for value in LEAF_TYPES:
        kind = b"Content-Type: " + value + b"\r\n"
        yield f"leaf as {value.decode()}", put(kind + named + encoded)
        if value not in TEXT_TYPES:  # those are shown as the text that they are not, by everybody
            yield f"only {value.decode()}", put(kind + encoded)
