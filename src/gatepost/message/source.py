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

    raw: bytes  # line ends are LF or CRLF
    original: bytes  # as it came: the same length, but its lines may end in CR alone
    place: Span | None = None
    defects: list[Defect] = field(default_factory=list)
    part_count: int = 0
    header_count: int = 0

    def span(self, start: int, end: int) -> Span:
        """Give the place of raw[start:end] in the mail as it came."""
        return self.place or Span(start, end)

    def note(self, code: str, start: int, end: int) -> None:
        """Record a deviation, up to a limit; what tells of a limit is always recorded."""
        if len(self.defects) < MAX_DEFECTS or code.startswith("limit."):
            self.defects.append(Defect(code, self.span(start, end)))

    def open_nested(self, content: bytes, body: Span) -> "Source":
        """Give a source for a message that was decoded from `body`; the limits go on counting."""
        place = self.span(body.start, body.end)
        return Source(content, content, place, self.defects, self.part_count, self.header_count)

    def count_nested(self, nested: "Source") -> None:
        """Take over what a nested source has used up of the limits."""
        self.part_count, self.header_count = nested.part_count, nested.header_count
