"""Codes that are cut into more than two pictures: bands below or beside each other, or a grid as tables show it.

Standards: ISO/IEC 18004 §6.3.3: three corners of a code are marked.
Trust: the pictures come from a stranger.
Fails: never; the last pictures of a mail are put together, up to MAX_PIECES of them, in at most MAX_TRIED ways in all;
that there would be more is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

from PIL import Image

from gatepost.message.attachments.code_corners import count_corners
from gatepost.message.attachments.codes import read_codes

MIN_PIECES, MAX_PIECES = 3, 9
MAX_SHUFFLED = 4  # so many pieces are tried in every order, more of them as they come, forwards and backwards
MAX_TRIED = 120
MAX_UNEQUAL_PX = 2
MAX_JOINED_PX = 4_000  # of each side
_CORNERS_IN_A_BAND = 2

Found = list[tuple[str, str]]
Grid = Sequence[Sequence["Piece"]]


@dataclass(frozen=True)
class Piece:
    """One picture in grey."""

    picture: Image.Image

    @cached_property
    def corners(self) -> int:
        """Give how many corners of codes it shows, by rows or by columns; asked only where others fit to it."""
        by_rows = count_corners(self.picture)
        if by_rows >= _CORNERS_IN_A_BAND:
            return by_rows
        return max(by_rows, count_corners(self.picture.transpose(Image.Transpose.ROTATE_90)))


class Budget:
    """How much is still tried of one mail."""

    def __init__(self, tries: int = MAX_TRIED) -> None:
        self._left = tries
        self.is_spent = False  # something was not tried

    def spend(self) -> bool:
        """Take one try; say whether there was one."""
        self.is_spent |= not self._left
        self._left -= bool(self._left)
        return not self.is_spent


def read_pieces(pieces: Sequence[Piece], budget: Budget) -> Found:
    """Give the codes that the last pictures make together."""
    for count in range(MIN_PIECES, min(len(pieces), MAX_PIECES) + 1):
        for grid in _arrange(pieces[-count:]):
            if not budget.spend():
                return []
            if found := read_codes(_join(grid)):
                return found
    return []


def _arrange(pieces: Sequence[Piece]) -> Iterator[Grid]:
    """Give every way in which the pieces fit together."""
    orders = permutations(pieces) if len(pieces) <= MAX_SHUFFLED else iter((tuple(pieces), tuple(reversed(pieces))))
    for order in orders:
        for rows in range(1, len(pieces) + 1):
            columns, rest = divmod(len(pieces), rows)
            grid = [order[start : start + columns] for start in range(0, len(order), columns)]
            if not rest and _fits(grid) and _is_plausible(order, rows, columns):
                yield grid


def _is_plausible(order: Sequence[Piece], rows: int, columns: int) -> bool:
    """Say whether corners may stand where those of a code do: two of them in a band, fewest in the last of a grid."""
    if 1 in (rows, columns):
        return max(piece.corners for piece in order[:2]) >= _CORNERS_IN_A_BAND
    corners = [piece.corners for piece in order]
    return sum(corners) >= _CORNERS_IN_A_BAND and corners[-1] == min(corners)


def _fits(grid: Grid) -> bool:
    heights = all(_are_equal([piece.picture.height for piece in row]) for row in grid)
    return heights and all(_are_equal([piece.picture.width for piece in column]) for column in zip(*grid, strict=True))


def _are_equal(sizes: Sequence[int]) -> bool:
    return max(sizes) - min(sizes) <= MAX_UNEQUAL_PX


def _join(grid: Grid) -> Image.Image:
    width = max(sum(piece.picture.width for piece in row) for row in grid)
    height = sum(max(piece.picture.height for piece in row) for row in grid)
    joined = Image.new("L", (min(width, MAX_JOINED_PX), min(height, MAX_JOINED_PX)), 255)
    top = 0
    for row in grid:
        left = 0
        for piece in row:
            joined.paste(piece.picture, (left, top))
            left += piece.picture.width
        top += max(piece.picture.height for piece in row)
    return joined
