"""Groups of mails that belong together, their weights, and which of them are left out together.

A model that is examined on the source it learned from looks brilliant and is worthless; so whole sources are left out
in turn, and a large unwanted source is cut into pieces by time, so that later months are left out, too.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gatepost.learn.table import MADE, Row

FOLDS = 5
BLOCK_MAILS = 600  # an unwanted source is cut so that no piece is smaller ...
MAX_BLOCKS = 3  # ... and into no more pieces
MADE_SHARE = 0.25  # of the weight of real mail
PADDED_SHARE = 0.3  # of the weight of a mail, for the same mail padded with honest words
SOURCE_POWER = 0.25  # of its size, by which a group weighs more than a small one

Floats = npt.NDArray[np.float64]


def name_groups(rows: Sequence[Row]) -> list[str]:
    """Name each row's group: source and label, and for large unwanted sources the block of months."""
    months: dict[str, list[str]] = {}
    for row in rows:
        if row.is_bad and row.source != MADE:
            months.setdefault(row.source, []).append(row.month)
    cuts = {source: _cut(sorted(known)) for source, known in months.items()}
    return [_name_group(row, cuts) for row in rows]


def choose_folds(rows: Sequence[Row], groups: Sequence[str]) -> npt.NDArray[np.int_]:
    """Give the fold of each row; honest groups and unwanted groups are dealt out by their names. Made mail: -1."""
    folds: dict[str, int] = {}
    for label in ("ham", "bad"):
        names = sorted({group for group in groups if group.partition(" ")[2].startswith(label)})
        folds |= {name: index % FOLDS for index, name in enumerate(names)}
    return np.array(
        [-1 if row.source == MADE else folds[group] for row, group in zip(rows, groups, strict=True)], dtype=np.int_
    )


def weigh_rows(rows: Sequence[Row], groups: Sequence[str]) -> Floats:
    """Weigh the rows: labels alike, groups by a low power of their size, made mail by its share. The mean is 1."""
    is_padded = np.array([row.is_padded for row in rows])
    counts = Counter(group for group, row in zip(groups, rows, strict=True) if not row.is_padded)
    weights = np.array([max(1, counts[group]) ** (SOURCE_POWER - 1) for group in groups])
    weights[is_padded] *= PADDED_SHARE
    is_made = np.array([row.source == MADE for row in rows])
    is_bad = np.array([row.is_bad for row in rows])
    for made, share in ((False, 1.0), (True, MADE_SHARE)):
        for bad in (False, True):
            chosen = (is_made == made) & (is_bad == bad)
            if chosen.any():
                weights[chosen] *= share / weights[chosen].sum()
    normed: Floats = weights * (len(rows) / weights.sum())
    return normed


def _cut(months: Sequence[str]) -> tuple[str, ...]:
    """Give the first months of the blocks after the first."""
    blocks = min(MAX_BLOCKS, max(1, len(months) // BLOCK_MAILS))
    return tuple(months[len(months) * block // blocks] for block in range(1, blocks))


def _name_group(row: Row, cuts: dict[str, tuple[str, ...]]) -> str:
    if not row.is_bad:
        return f"{row.source} ham"
    block = sum(row.month >= cut for cut in cuts.get(row.source, ()))
    return f"{row.source} bad {block + 1}"
