"""Codes that are cut in two, and shown as two pictures side by side, or one above the other; or into more pictures.

Only pictures in black and white are kept, and a pair is read only where one of them shows two corners of a code.

Trust: the pictures come from a stranger.
Fails: never; the last MAX_KEPT pictures of a mail are kept, none larger than MAX_SIDE_PX, and MAX_PAIRS are read; where
there would be more, that is told.
"""

from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from PIL import Image

from gatepost.message.attachments.code_pieces import MAX_UNEQUAL_PX, Budget, Piece, read_pieces
from gatepost.message.attachments.codes import (
    CODE_FOUND,
    MIN_SIDE_PX,
    UNREAD_CODES,
    is_black_and_white,
    note_found,
    read_codes,
)
from gatepost.message.attachments.desk import Desk, Insides

MAX_KEPT = 9
MAX_PAIRS = 40
MAX_SIDE_PX = 1_200
SAMPLE_SIDE_PX = 64  # of each side so many pixels tell whether a picture is in black and white


@dataclass(slots=True)
class _Halves:
    kept: deque[Piece] = field(default_factory=lambda: deque(maxlen=MAX_KEPT))
    pairs_left: int = MAX_PAIRS
    more: Budget = field(default_factory=Budget)  # for more than two pieces


_KEPT: WeakKeyDictionary[Desk, _Halves] = WeakKeyDictionary()


def note_halves(picture: Image.Image, insides: Insides, desk: Desk) -> None:
    """Note the codes that a picture without a code makes with one before it in the same mail."""
    if min(picture.size) < MIN_SIDE_PX // 2 or max(picture.size) > MAX_SIDE_PX:
        return
    if not is_black_and_white(picture.resize((SAMPLE_SIDE_PX, SAMPLE_SIDE_PX), Image.Resampling.NEAREST).convert("L")):
        return
    halves, new = _KEPT.setdefault(desk, _Halves()), Piece(picture.convert("L"))
    for old in reversed(halves.kept):
        if _may_fit(old, new):
            if not halves.pairs_left:
                insides.note(UNREAD_CODES)
                break
            halves.pairs_left -= 1
            note_found(_read_pair(old, new), insides)
    halves.kept.append(new)
    if not any(trait.code == CODE_FOUND for trait in insides.traits):
        note_found(read_pieces(tuple(halves.kept), halves.more), insides)
        if halves.more.is_spent:
            insides.note(UNREAD_CODES)


def _are_beside(one: Piece, other: Piece) -> bool:
    return abs(one.picture.height - other.picture.height) <= MAX_UNEQUAL_PX


def _are_above(one: Piece, other: Piece) -> bool:
    return abs(one.picture.width - other.picture.width) <= MAX_UNEQUAL_PX


def _may_fit(one: Piece, other: Piece) -> bool:
    return (_are_beside(one, other) or _are_above(one, other)) and max(one.corners, other.corners) > 1


def _read_pair(one: Piece, other: Piece) -> list[tuple[str, str]]:
    are_beside, are_above = _are_beside(one, other), _are_above(one, other)
    for first, second in ((one.picture, other.picture), (other.picture, one.picture)):
        if are_beside and (found := read_codes(_join(first, second, right=True))):
            return found
        if are_above and (found := read_codes(_join(first, second, right=False))):
            return found
    return []


def _join(first: Image.Image, second: Image.Image, *, right: bool) -> Image.Image:
    width, height = first.size
    size = (width + second.width, height) if right else (width, height + second.height)
    joined = Image.new("L", size, 255)
    joined.paste(first, (0, 0))
    joined.paste(second, (width, 0) if right else (0, height))
    return joined
