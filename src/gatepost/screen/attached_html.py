"""HTML files that are attached: a browser opens them outside the mail program, where scripts and forms work."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.charset import decode_text
from gatepost.message.html import find_meta_charset, read_html
from gatepost.message.message import HtmlView, Message, Part

MAX_PAGES = 10
MAX_BYTES = 1_048_576  # of all pages of a mail; what goes beyond is not read
_EXTENSIONS = (".html", ".htm", ".xhtml", ".shtml", ".shtm", ".xht", ".svg")
_TYPES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})


@dataclass(frozen=True, slots=True)
class AttachedPage:
    """One attached HTML file."""

    part: Part
    source: str
    view: HtmlView

    @property
    def is_picture(self) -> bool:
        """Say whether this is SVG: a picture that may hold scripts and forms."""
        return self.part.content_type == "image/svg+xml" or self.part.filename.lower().rstrip(" .").endswith(".svg")


def read_attached_html(message: Message) -> Iterator[AttachedPage]:
    """Give the attached HTML files."""
    left = MAX_BYTES
    pages = (part for part in message.attachments if _is_page(part))
    for part in islice(pages, MAX_PAGES):
        content = part.read_beginning(left)
        left -= len(content)
        source = decode_text(content, part.parameters.get("charset", "") or find_meta_charset(content))
        yield AttachedPage(part, source, read_html(source, part.locator))


def _is_page(part: Part) -> bool:
    return part.content_type in _TYPES or part.filename.lower().rstrip(" .").endswith(_EXTENSIONS)
