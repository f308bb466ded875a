"""Where a linked object leads: the addresses in the stream that says what it is linked to.

Standards: MS-OLEDS 2.3.3 (OLEStream), MS-OSHARED 2.3.7 (monikers).
Trust: the stream is a stranger's. It is not parsed: whatever reads as an address in it counts.
"""

import re
from collections.abc import Iterator

MAX_TARGETS = 20
_NARROW = re.compile(rb"(?:[a-z][a-z0-9+.-]{1,20}:/{1,3}|\\\\|mhtml:|script:)[!-~]{3,2000}", re.IGNORECASE)
_WIDE = re.compile(
    rb"(?:(?:[a-z0-9+.-]\x00){2,20}:\x00(?:/\x00){1,3}|\\\x00\\\x00|(?:s\x00c\x00r\x00i\x00p\x00t\x00|m\x00h\x00t\x00m\x00l\x00):\x00)"
    rb"(?:[!-~]\x00){3,2000}",
    re.IGNORECASE,
)


def find_targets(stream: bytes) -> Iterator[str]:
    r"""Give the addresses in a stream, each once.

    >>> list(find_targets(b"\x01\x00\x00\x02http://a.example/x.hta\x00"))
    ['http://a.example/x.hta']
    """
    found = dict.fromkeys(match[0].decode("ascii") for match in _NARROW.finditer(stream))
    found |= dict.fromkeys(match[0].replace(b"\x00", b"").decode("ascii") for match in _WIDE.finditer(stream))
    return iter(list(found)[:MAX_TARGETS])
