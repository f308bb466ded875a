"""Repair the blocks of a QR code (Reed-Solomon over 256 elements).

Standards: ISO/IEC 18004 §7.5, Annex B (decoding).
Trust: the blocks come from a stranger's mail.
Fails: never; None for a block with too many errors. Work grows with the square of a block, which has 255 bytes at most.
"""

from collections.abc import Sequence
from itertools import zip_longest


def _build_tables() -> tuple[list[int], list[int]]:
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value = value << 1 ^ (value >> 7) * 0x11D
    return powers * 2, logarithms


_POWERS, _LOGARITHMS = _build_tables()


def _multiply(one: int, other: int) -> int:
    return _POWERS[_LOGARITHMS[one] + _LOGARITHMS[other]] if one and other else 0


def _evaluate(polynomial: Sequence[int], value: int) -> int:
    """Give the value of a polynomial, its highest power first."""
    result = 0
    for factor in polynomial:
        result = _multiply(result, value) ^ factor
    return result


def mend(block: list[int], checks: int) -> list[int] | None:
    """Repair a block (Reed-Solomon), None where too much of it is wrong."""
    syndromes = [_evaluate(block, _POWERS[power]) for power in range(checks)]
    if not any(syndromes):
        return block
    locator = _find_locator(syndromes)
    places = [place for place in range(len(block)) if not _evaluate(locator[::-1], _POWERS[255 - place])]
    if len(places) != len(locator) - 1:
        return None
    mended = list(block)
    for place in places:
        mended[len(block) - 1 - place] ^= _find_error(place, locator, syndromes)
    return mended if not any(_evaluate(mended, _POWERS[power]) for power in range(checks)) else None


def _find_locator(syndromes: list[int]) -> list[int]:
    """Give the polynomial whose roots tell the places of errors, lowest power first (Berlekamp and Massey)."""
    locator, former, gap, scale, length = [1], [1], 1, 1, 0
    for number, syndrome in enumerate(syndromes):
        wrong = syndrome
        for place in range(1, min(length, len(locator) - 1) + 1):
            wrong ^= _multiply(locator[place], syndromes[number - place])
        if not wrong:
            gap += 1
            continue
        factor = _multiply(wrong, _POWERS[255 - _LOGARITHMS[scale]])
        shifted = [0] * gap + [_multiply(factor, one) for one in former]
        changed = [one ^ other for one, other in zip_longest(locator, shifted, fillvalue=0)]
        if 2 * length <= number:
            former, scale, gap, length = locator, wrong, 1, number + 1 - length
        else:
            gap += 1
        locator = changed
    while locator[-1] == 0:
        locator.pop()
    return locator


def _find_error(place: int, locator: list[int], syndromes: list[int]) -> int:
    """Give what is wrong at a place (Forney)."""
    inverse = _POWERS[255 - place]
    errors = 0
    for power in range(len(locator) - 1):
        term = 0
        for other in range(power + 1):
            term ^= _multiply(locator[other], syndromes[power - other])
        errors ^= _multiply(term, _POWERS[_LOGARITHMS[inverse] * power % 255])
    slope = 0
    for power in range(1, len(locator), 2):
        slope ^= _multiply(locator[power], _POWERS[_LOGARITHMS[inverse] * (power - 1) % 255])
    if not slope:
        return 0
    return _multiply(_multiply(errors, _POWERS[255 - _LOGARITHMS[slope]]), _POWERS[place % 255])
