"""The QR codes that a mail draws from cells or letters, each with what it says.

Trust: the mail comes from a stranger.
Fails: never; at most MAX_PARTS text parts of each kind are looked at, and MAX_TRIED squares of modules are read.
"""

from itertools import islice
from typing import NamedTuple

from gatepost.message.drawn.modules import cut_codes, find_drawn_codes
from gatepost.message.message import Message, Part
from gatepost.message.once import keep_with
from gatepost.screen.qr_modules import read_modules

MAX_PARTS = 5
MAX_SOURCE_CHARS = 500_000
MAX_TRIED = 20  # of each part


class DrawnCode(NamedTuple):
    """A part that draws a code; the text is "" where the code cannot be read."""

    part: Part
    text: str


def read_drawn_codes(message: Message) -> tuple[DrawnCode, ...]:
    """Give the parts of a mail that draw codes; worked out once for each mail."""
    return keep_with(message, _read_all)


def _read_all(message: Message) -> tuple[DrawnCode, ...]:
    parts = (*message.html_parts[:MAX_PARTS], *message.text_parts[:MAX_PARTS])
    return tuple(code for part in parts if (code := _read(part)) is not None)


def _read(part: Part) -> DrawnCode | None:
    is_drawn, tried = False, 0
    for rows in find_drawn_codes(part.text[:MAX_SOURCE_CHARS], is_html=part.is_html):
        is_drawn = True
        for square in islice(cut_codes(rows), MAX_TRIED - tried):
            tried += 1
            if text := read_modules(square):
                return DrawnCode(part, text)
    return DrawnCode(part, "") if is_drawn else None
