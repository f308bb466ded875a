"""Bytes to a Message: the one parser.

Standards: RFC 5322, RFC 2045-2047, RFC 2231, RFC 6532.
Trust: the bytes come from a stranger.
Fails: never; what is broken is told as a Defect.
"""

from gatepost.message.message import Message
from gatepost.message.mime import build_message
from gatepost.message.source import Source


def parse_message(raw: bytes) -> Message:
    """Parse any bytes; linear in their size, with limits named in source.py."""
    buffer = raw
    if b"\r" in raw and b"\n" not in raw:
        buffer = raw.replace(b"\r", b"\n")
    return build_message(Source(buffer), 0, len(buffer))
