"""What is in the reader's sight at each place of an HTML tree.

Standards: CSS 2.1 §6.1-6.2 (what is inherited): display none takes all inside with it, letters of size zero and
invisibility can be undone inside.
Trust: styles and classes come from the mail's author.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gatepost.message.css import HIDDEN, PLAIN, READABLE, FontSize, Look, read_style

MAX_CLASSES = 50  # of one element

Attributes = Mapping[str, str | None]


class Sight(NamedTuple):
    """Whether text is seen, and why not."""

    is_gone: bool = False
    is_invisible: bool = False
    font_is_zero: bool = False

    @property
    def is_clear(self) -> bool:
        """Say whether text here is seen."""
        return not (self.is_gone or self.is_invisible or self.font_is_zero)

    def inside(self, look: Look) -> "Sight":
        """Give the sight inside an element of this look."""
        return Sight(
            self.is_gone or look.is_gone is True,
            self.is_invisible if look.is_invisible is None else look.is_invisible,
            self.font_is_zero if look.font_size is FontSize.UNSAID else look.font_size is FontSize.ZERO,
        )


CLEAR = Sight()


@dataclass(slots=True)
class Stylist:
    """Finds the look of an element."""

    sheet: Mapping[str, Look]

    def find_look(self, tag: str, attributes: Attributes) -> Look:
        """Give what the element's own style, its classes and its attributes say."""
        style = attributes.get("style")
        look = read_style(style) if style else PLAIN
        if self.sheet and ("class" in attributes or "id" in attributes):
            names = [f".{name}" for name in (attributes.get("class") or "").lower().split()[:MAX_CLASSES]]
            for name in (*names, f"#{(attributes.get('id') or '').lower()}"):
                look = look.over(self.sheet.get(name, PLAIN))
        if "hidden" in attributes:
            look = look.over(HIDDEN)
        if tag == "font" and "size" in attributes:
            look = look.over(READABLE)
        return look
