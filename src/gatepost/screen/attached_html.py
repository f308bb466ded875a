"""HTML files that are attached: a browser opens them outside the mail program, where scripts and forms work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gatepost.message.charset import decode_text
from gatepost.message.html import find_meta_charset, read_html
from gatepost.message.message import HtmlView, Message, Part
from gatepost.message.once import keep_with
from gatepost.model.file_kinds import FileKind
from gatepost.screen.carried import Carried, list_roots
from gatepost.screen.case import Case

MAX_PAGES = 10
MAX_BYTES = 1_048_576  # of all pages of a mail; what goes beyond is read where files are opened
_EXTENSIONS = (".html", ".htm", ".xhtml", ".shtml", ".shtm", ".xht", ".svg")
_TYPES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})


@dataclass(frozen=True, slots=True)
class AttachedPage:
    """One attached HTML file."""

    part: Part
    source: str
    view: HtmlView
    is_whole: bool  # the source is all that there is

    @property
    def is_picture(self) -> bool:
        """Say whether this is SVG: a picture that may hold scripts and forms."""
        return self.part.content_type == "image/svg+xml" or self.part.filename.lower().rstrip(" .").endswith(".svg")


def read_attached_html(message: Message) -> Sequence[AttachedPage]:
    """Give the attached HTML files, read once for each mail."""
    return keep_with(message, _read_pages)


def list_rest(case: Case) -> Iterator[Carried]:
    """Give the attached pages that are not read to their end here; what they do was noted as they were opened."""
    whole = {page.part.path for page in read_attached_html(case.message) if page.is_whole}
    return (root for root in list_roots(case) if root.file.path not in whole and _is_attached_page(root))


def _is_attached_page(carried: Carried) -> bool:
    """Say whether a browser opens a file of the mail as a page, also one of XML; what the mail itself shows is none."""
    if (part := carried.part) is None or not part.is_attachment:
        return False
    return is_page(part) or (carried.file.kind is FileKind.XML and FileKind.HTML in carried.kinds)


def _read_pages(message: Message) -> tuple[AttachedPage, ...]:
    return tuple(_find_pages(message))


def _find_pages(message: Message) -> Iterator[AttachedPage]:
    left = MAX_BYTES
    pages = (part for part in message.attachments if is_page(part))
    for part in islice(pages, MAX_PAGES):
        content = part.read_beginning(left)
        is_whole = len(content) < left
        left -= len(content)
        source = decode_text(content, part.parameters.get("charset", "") or find_meta_charset(content))
        yield AttachedPage(part, source, read_html(source, part.locator), is_whole)


def is_page(part: Part) -> bool:
    """Say whether a browser opens an attachment as a page, by its type or its name."""
    return part.content_type in _TYPES or part.filename.lower().rstrip(" .").endswith(_EXTENSIONS)
