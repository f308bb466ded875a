"""The canonical forms of header fields and bodies, as signers and verifiers hash them.

Standards: RFC 6376 §3.4 (simple and relaxed), §3.5 (b= is hashed empty), §3.7 (hashing), §5.4.2 (repeated fields).
Trust: every byte comes from the mail's author.
Fails: never; each form is linear in the size of its input. A bare LF counts as CRLF (§5.3): SMTP refuses it before,
and a mail that was kept as a file with LF only must still verify.

A body is brought into its form piece by piece, so that a mail of 50 MB needs no second 50 MB to be hashed.
"""

import enum
import re
from collections.abc import Callable, Iterable, Iterator

from gatepost.message.message import Header, Message

PIECE_BYTES = 65_536  # of a body at once, and on to the end of its line
SPARSE_BYTES = 16  # for each pair of blanks: where they stand closer, replacing is faster than a pattern

_LINE_END = b"\r\n"
_BLANKS = re.compile(rb"   *+")  # begins with two blanks themselves: found as fast as a plain text is
_SIGNATURE_VALUE = re.compile(rb"((?:\A[^:]*+:|;)[ \t\r\n]*+b[ \t\r\n]*+=)[^;]*+")


class Form(enum.StrEnum):
    """The two canonicalisations (RFC 6376 §3.4)."""

    SIMPLE = "simple"
    RELAXED = "relaxed"


def canonicalize_header(field: bytes, form: Form) -> bytes:
    """Give one whole header field in its canonical form, with CRLF at its end."""
    return relax_header(field) if form is Form.RELAXED else _end_line(restore_crlf(field))


def relax_header(field: bytes) -> bytes:
    r"""Give one whole header field in relaxed form (RFC 6376 §3.4.2).

    >>> relax_header(b"Subject : A \r\n\t B  \r\n")
    b'subject:A B\r\n'
    """
    name, _, value = field.partition(b":")
    value = collapse_blanks(value.replace(b"\r\n", b"").replace(b"\n", b""))
    return name.rstrip(b" \t").lower() + b":" + value.strip(b" ") + b"\r\n"


def _relax_plain(field: bytes) -> bytes:
    """Do the same for a field in which all that bytes.split splits at is blank, and each fold stands beside a blank."""
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + b" ".join(value.split()) + b"\r\n"


def restore_crlf(data: bytes) -> bytes:
    """Give the bytes with each bare LF as CRLF."""
    if data.count(b"\n") == data.count(b"\r\n"):
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def canonicalize_body(body: bytes, form: Form) -> bytes:
    """Give a body in its canonical form (RFC 6376 §3.4.3, §3.4.4)."""
    return b"".join(iterate_body(body, 0, form))


def iterate_message_body(message: Message, form: Form) -> Iterator[bytes]:
    """Give the canonical form of a mail's body, in pieces of any size."""
    mend = bytes if message.knows_only_crlf else restore_crlf
    return iterate_body(message.raw, message.root.extent.start, form, mend)


def iterate_body(raw: bytes, start: int, form: Form, mend: Callable[[bytes], bytes] = restore_crlf) -> Iterator[bytes]:
    """Give the canonical form of the body that begins at `start`, in pieces of any size; `mend` sees to line ends."""
    waiting = 0  # empty lines: they count only when text comes after them
    is_empty = True
    while start < len(raw):
        end = raw.find(b"\n", start + PIECE_BYTES) + 1 or len(raw)
        piece = mend(raw[start:end])
        if form is Form.RELAXED:
            piece = collapse_blanks(_end_line(piece)).replace(b" \r\n", b"\r\n")
        text = _cut_empty_lines(piece)
        if text:
            yield from _give_empty_lines(waiting)
            yield text
            waiting, is_empty = 0, False
        waiting += (len(piece) - len(text)) // len(_LINE_END)
        start = end
    if form is Form.SIMPLE or not is_empty:
        yield _LINE_END


def build_signed_data(message: Message, own: Header, names: Iterable[str], form: Form) -> bytes:
    """Give what a signature signs: the fields that h= names, then its own field with an empty b= (RFC 6376 §3.7)."""
    last = canonicalize_header(empty_signature(take_field(message.raw, own)), form)
    return canonicalize_selected(message, names, form, own) + last.removesuffix(b"\r\n")


def canonicalize_selected(message: Message, names: Iterable[str], form: Form, own: Header | None = None) -> bytes:
    """Give the canonical fields that `names` (lower case) select; never the signature's own field."""
    raw, headers = message.raw, select_headers(message, names, own)
    if form is Form.RELAXED and _is_plain(raw[: message.root.extent.start]):
        return b"".join([_relax_plain(take_field(raw, header)) for header in headers])
    return b"".join([canonicalize_header(take_field(raw, header), form) for header in headers])


def _is_plain(head: bytes) -> bool:
    """Say whether a header knows no blanks but spaces and tabs, and no line end but CRLF."""
    line_ends = head.count(b"\r\n")
    return line_ends == head.count(b"\r") == head.count(b"\n") and b"\v" not in head and b"\f" not in head


def select_headers(message: Message, names: Iterable[str], own: Header | None = None) -> Iterator[Header]:
    """Give the fields that `names` (lower case) select, each name from the bottom up (RFC 6376 §5.4.2)."""
    left: dict[str, list[Header]] = {}
    for name in names:
        headers = left.get(name)
        if headers is None:
            headers = left[name] = list(message.all_headers(name))
            if own is not None and own.name == name:
                headers.remove(own)
        if headers:
            yield headers.pop()


def take_field(raw: bytes, header: Header) -> bytes:
    """Give the bytes of a whole field as it came."""
    return raw[header.span.start : header.span.end]


def empty_signature(field: bytes) -> bytes:
    r"""Give a signature's field with nothing in its b= (RFC 6376 §3.5).

    >>> empty_signature(b"DKIM-Signature: v=1; bh=x; b=abc\r\n d; s=t\r\n")
    b'DKIM-Signature: v=1; bh=x; b=; s=t\r\n'
    """
    return _SIGNATURE_VALUE.sub(rb"\1", field, count=1)


def collapse_blanks(data: bytes) -> bytes:
    """Give the bytes with each run of spaces and tabs as one space."""
    data = data.replace(b"\t", b" ")
    pairs = data.count(b"  ")
    if pairs * SPARSE_BYTES < len(data):
        return _BLANKS.sub(b" ", data) if pairs else data
    data = data.replace(b" " * 8, b" ")  # indents have long runs
    while b"  " in data:  # each turn halves the longest run
        data = data.replace(b"  ", b" ")
    return data


def _cut_empty_lines(body: bytes) -> bytes:
    """Cut CRLFs at the end; a bare CR before them is content, and stays."""
    if not body.endswith(b"\r\n"):
        return body
    end = len(body.rstrip(b"\r\n"))
    bare = body.rfind(b"\r\r", end)
    return body[: end if bare == -1 else bare + 1]


def _give_empty_lines(count: int) -> Iterator[bytes]:
    while count > 0:
        yield _LINE_END * min(count, PIECE_BYTES)
        count -= PIECE_BYTES


def _end_line(data: bytes) -> bytes:
    return data if not data or data.endswith(b"\r\n") else data + b"\r\n"
