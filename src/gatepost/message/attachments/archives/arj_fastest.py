"""Undoes the fourth method of ARJ, its fastest: lengths and distances in a code of runs of ones, without tables.

Source: the technical note that comes with ARJ; checked against archives of ARJ 3.10.
Trust: the data comes from a stranger.
Fails: never; what leads in front of the beginning is zeros, and what is missing at the end is left out.
"""

LEAST_MATCH = 3
_LENGTH_BITS, _DISTANCE_BITS = (0, 7), (9, 13)


class _Bits:
    """Reads bits, the highest of each byte first; zeros behind the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._held = 0
        self._count = 0

    @property
    def is_at_end(self) -> bool:
        """Say whether more was taken than there is."""
        return self._at > len(self._data) + 4

    def take(self, count: int) -> int:
        """Give the number that so many bits are."""
        while self._count < count:
            self._held = self._held << 8 | (self._data[self._at] if self._at < len(self._data) else 0)
            self._at += 1
            self._count += 8
        self._count -= count
        value = self._held >> self._count
        self._held &= (1 << self._count) - 1
        return value

    def take_run(self, bounds: tuple[int, int]) -> int:
        """Give a number whose width is told by ones in front of it."""
        width, most = bounds
        base = 0
        while width < most and self.take(1):
            base += 1 << width
            width += 1
        return base + self.take(width)


def unpack_fastest(data: bytes, size_bytes: int) -> bytes:
    """Give the content, at most so much."""
    bits, out = _Bits(data), bytearray()
    while len(out) < size_bytes and not bits.is_at_end:
        length = bits.take_run(_LENGTH_BITS)
        if not length:
            out.append(bits.take(8))
            continue
        length += LEAST_MATCH - 1
        distance = bits.take_run(_DISTANCE_BITS) + 1
        piece = bytes(out[-distance:][:length]) if distance <= len(out) else bytes(length)
        out += (piece * (length // len(piece) + 1))[:length]
    return bytes(out[:size_bytes])
