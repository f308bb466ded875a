"""The lines of a header as programs read them that part lines and names otherwise than ours does.

Standards: RFC 5322 §2.2, §2.3 (CR and LF only together), §4.5 (obsolete forms).
Trust: the bytes come from the mail's author.
Fails: never; no more than MAX_BLOCK_BYTES are searched for line ends, and for lines behind the header.
"""

import re
from collections.abc import Iterator

from gatepost.message.message import Header, Message
from gatepost.model.finding import Span

MAX_VALUE_BYTES = 16_384  # of one header
MAX_BLOCK_BYTES = 262_144

_ALMOST_FROM = re.compile(rb"^[^A-Za-z:\r\n]*From[^A-Za-z:\r\n]*:", re.IGNORECASE | re.MULTILINE)
_FROM_BEHIND_CR = re.compile(rb"\r[ \t]*From[ \t]*:", re.IGNORECASE)
_NO_LETTER = re.compile("[^a-z]+")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def stands_at_bare_line_end(message: Message, header: Header) -> bool:
    """Say whether a bare LF stands at a header, in a mail whose other lines end in CRLF."""
    raw, start = message.raw, header.span.start
    if raw.find(b"\r", 0, MAX_BLOCK_BYTES) < 0:  # one character is found much faster than two
        return False
    if raw.find(b"\r\n", 0, MAX_BLOCK_BYTES) < 0:
        return False
    end = min(header.span.end, start + MAX_VALUE_BYTES)
    return _BARE_LF.search(raw[max(0, start - 2) : end]) is not None


def find_almost_from(message: Message) -> Iterator[Span]:
    """Find fields with nearly that name, From behind a bare CR, and lines that our parser took for no field."""
    raw, headers = message.raw, message.headers
    position = message.span.start
    end = headers[-1].span.end if headers else position
    may_hide = _FROM_BEHIND_CR.search(raw, position, end) is not None
    for header in headers:
        span, name = header.span, header.name
        if span.start > position and _ALMOST_FROM.search(raw[position : span.start]):
            yield Span(position, span.start)
        position = span.end
        is_almost = "from" in name and name != "from" and _NO_LETTER.sub("", name) == "from"
        if is_almost or (may_hide and _FROM_BEHIND_CR.search(header.value)):
            yield span
    yield from _find_behind(message, position)


def _find_behind(message: Message, position: int) -> Iterator[Span]:
    """Find lines that our parser took for the beginning of the body, where no blank line parts it from the header."""
    raw = message.raw
    if raw.startswith((b"\r\n", b"\n"), position):
        return
    rest = raw[position : min(message.span.end, position + MAX_BLOCK_BYTES)]
    blank = _BLANK_LINE.search(rest)
    end = blank.start() if blank else len(rest)
    if _ALMOST_FROM.search(rest, 0, end):
        yield Span(position, position + end)
