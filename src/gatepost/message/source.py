"""The raw bytes under the reader's finger: places, defects found, and what is left of each limit.

Trust: the bytes come from a stranger; the limits here bound what one mail may cost.
"""

from dataclasses import dataclass, field

from gatepost.message.pieces import Defect
from gatepost.model.finding import Span

MAX_PARTS = 2_000
MAX_HEADERS = 10_000  # in the whole mail, all parts together
MAX_DEPTH = 32  # of multiparts and messages within each other
MAX_DEFECTS = 200  # the rest would tell nothing new


@dataclass(slots=True)
class Source:
    """One buffer being read. `place` is set where the buffer was decoded: then every span is the encoded body's."""

    raw: bytes
    place: Span | None = None
    defects: list[Defect] = field(default_factory=list)
    part_count: int = 0
    header_count: int = 0

    def span(self, start: int, end: int) -> Span:
        """Give the place of raw[start:end] in the mail as it came."""
        return self.place or Span(start, end)

    def note(self, code: str, start: int, end: int) -> None:
        """Record a deviation, up to a limit."""
        if len(self.defects) < MAX_DEFECTS:
            self.defects.append(Defect(code, self.span(start, end)))

    def open_nested(self, raw: bytes, place: Span) -> "Source":
        """Give a source for a decoded message inside this one; limits go on counting."""
        return Source(raw, place, self.defects, self.part_count, self.header_count)
