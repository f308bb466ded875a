"""Bytes to a Message: the one parser.

Standards: RFC 5322, RFC 2045-2047, RFC 2231, RFC 6532.
Trust: the bytes come from a stranger.
Fails: never; what is broken is told as a Defect.
"""

from gatepost.message.message import Message
from gatepost.message.mime import build_message
from gatepost.message.source import Source
from gatepost.model.finding import Span


def parse_message(raw: bytes, path: str = "1", place: Span | None = None) -> Message:
    """Parse any bytes; linear in their size, with limits named in source.py.

    The root has this path. With a `place`, in the mail that these bytes were taken out of, every span is that place.

    Lines may end in CRLF or LF, or all of them in a bare CR. A bare CR or LF among CRLF is a defect: between two
    readers that differ about it a second message can hide.
    """
    if b"\r" not in raw:
        return build_message(Source(raw, raw, place), path)
    if b"\n" not in raw:
        return build_message(Source(raw.replace(b"\r", b"\n"), raw, place), path)
    source = Source(raw, raw, place)
    crlf_count = raw.count(b"\r\n")
    if raw.count(b"\r") != crlf_count:
        source.note("line.bare_cr", 0, len(raw))
    if crlf_count and raw.count(b"\n") != crlf_count:
        source.note("line.bare_lf", 0, len(raw))
    return build_message(source, path)
