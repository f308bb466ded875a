"""Find where in the raw mail a decoded piece of text stands.

Trust: the text comes from the mail's author.
Fails: never; what cannot be found has the place of its part's body.
"""

from dataclasses import dataclass

from gatepost.model.finding import Span

MAX_MISSES = 50  # each costs a search through the whole body; after them nobody looks any more


@dataclass(slots=True)
class Locator:
    """Looks for pieces of one body, mostly in their order; `is_direct` is False where the body is encoded."""

    raw: bytes
    extent: Span  # of the body in `raw`
    place: Span  # of the body in the whole mail
    is_direct: bool
    cursor: int = 0
    miss_count: int = 0

    def find(self, text: str) -> Span:
        """Give the next place of `text` without the blanks around it, its ampersands plain or written as entities."""
        if not self.is_direct or self.miss_count >= MAX_MISSES or not (text := text.strip()):
            return self.place
        for form in (text, text.replace("&", "&amp;")) if "&" in text else (text,):
            needle = form.encode("utf-8", "surrogatepass")
            found = self.raw.find(needle, max(self.cursor, self.extent.start), self.extent.end)
            if found >= 0:
                self.cursor = found + 1
                return Span(found, found + len(needle))
            self.miss_count += 1
            found = self.raw.find(needle, self.extent.start, self.extent.end)
            if found >= 0:
                return Span(found, found + len(needle))
        return self.place
