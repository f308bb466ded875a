r"""Addresses that go on in the next line of a page: readers take them for one, and some programs make one link of them.

Trust: the text comes from a stranger.
Fails: never; no more than MAX_LINES lines are looked at, and an address goes on for MAX_MORE_LINES at most.
"""

import re
from collections.abc import Iterator, Sequence

MAX_LINES = 20_000
MAX_MORE_LINES = 4
MAX_CHARS = 4_096  # of one address
FULL = 0.7  # of the longest line: as long is one that may have reached the edge
_NEXT = re.compile(r"[^\s<>\"]{1,2000}")
_BEGINNING = re.compile(r"\b[a-z]{3,5}://|\bwww\.", re.IGNORECASE)
_GOES_ON = re.compile(r"[/?=&%#_~@0-9-]|\.(?=[a-z0-9])", re.IGNORECASE)  # what words do not have
_AROUND = ' \t\r\xa0<>"'
_STOPS = ".,;:!?)"


def join_wrapped(text: str) -> Iterator[str]:
    r"""Give what an address at the end of a line makes with the beginnings of the next lines, each time one more.

    >>> list(join_wrapped("Sign in at https://evil.exa\nmple/login?id=7 today."))
    ['https://evil.example/login?id=7']
    """
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    enough = max(map(len, lines)) * FULL
    for number, line in enumerate(lines):
        if (address := _find_last(line)) and number + 1 < len(lines):
            yield from _go_on(address, line, lines[number + 1 : number + 1 + MAX_MORE_LINES], enough)


def _find_last(line: str) -> str:
    """Give the address that a line ends with, "" where there is none."""
    end = line[-MAX_CHARS:]
    last = end[max(map(end.rfind, _AROUND)) + 1 :]
    begun = _BEGINNING.search(last)
    return last[begun.start() :] if begun else ""


def _go_on(address: str, line: str, others: Sequence[str], enough: float) -> Iterator[str]:
    for other in others:
        first = _NEXT.match(other)
        if first is None or _BEGINNING.match(other) or len(address) > MAX_CHARS:
            return
        ends_within = address.endswith(("-", "/", "?", "=", "&", "%", "#", "_"))
        is_more = _GOES_ON.search(first[0].rstrip(_STOPS)) is not None
        if not (ends_within or is_more) or not (ends_within or len(line) >= enough):
            return
        address, line = address + first[0], other
        yield address
        if first.end() < len(other):
            return
