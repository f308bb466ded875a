"""Which mails say nearly the same: copies of one text must not outvote all others.

Mails are alike when they share a third of their words and pairs of words; what they have beyond that (a name, some
padding against filters) does not make them different. Candidates come from MinHash, so that no step is quadratic.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from gatepost.screen.classifier.ngrams import Buckets

ALIKE = 0.3  # share of common buckets in all buckets of both (Jaccard)
BANDS = 48
ROWS = 2  # of a band: two mails with a share of 0.3 meet in some band with probability 0.99
SEED = 5


class Groups:
    """Things that belong together, joined pair by pair."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def find(self, place: int) -> int:
        """Give the place that stands for a thing's whole group."""
        while self._above[place] != place:
            self._above[place] = self._above[self._above[place]]
            place = self._above[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Put two things and their groups together; the first place stands for all."""
        low, high = sorted((self.find(one), self.find(other)))
        self._above[high] = low

    def tell(self) -> list[int]:
        """Give for each thing the place that stands for its group."""
        return [self.find(place) for place in range(len(self._above))]


def group_alike(texts: Sequence[Buckets]) -> list[int]:
    """Give for each text the first one of those that are like it, or like one that is."""
    groups, first_of = Groups(len(texts)), dict[Hashable, list[int]]()
    for place, text in enumerate(texts):
        compared: dict[int, bool] = {}  # each pair once, in however many bands it meets
        for band in _sign(text):
            known = first_of.setdefault(band, [])
            for other in known:
                if other not in compared:
                    compared[other] = measure_likeness(texts[other], text) >= ALIKE
            match = next((other for other in known if compared[other]), None)
            if match is not None:
                groups.join(match, place)
            elif len(known) < BANDS:
                known.append(place)
    return groups.tell()


def group_same(names: Sequence[Hashable]) -> list[int]:
    """Give for each name the place where it stands first."""
    first: dict[Hashable, int] = {}
    return [first.setdefault(name, place) for place, name in enumerate(names)]


def measure_likeness(one: Buckets, other: Buckets) -> float:
    """Give the share of common buckets; 1 for two empty texts."""
    common = np.intersect1d(one, other, assume_unique=True).size
    return common / (one.size + other.size - common) if one.size or other.size else 1.0


def _sign(text: Buckets) -> list[tuple[int, ...]]:
    """Give for each band its number and the least hashes of the text in it."""
    if not text.size:
        return [(0,)]
    least = (text[None, :].astype(np.uint32) * FACTORS[:, None] ^ MASKS[:, None]).min(axis=1)
    return [(band, *row) for band, row in enumerate(least.reshape(BANDS, ROWS).tolist())]


def _draw(low: int) -> npt.NDArray[np.uint32]:
    dice = np.random.default_rng(SEED + low)
    return dice.integers(0, 2**31, BANDS * ROWS, dtype=np.uint32) * np.uint32(2) + np.uint32(low)


FACTORS, MASKS = _draw(1), _draw(0)
