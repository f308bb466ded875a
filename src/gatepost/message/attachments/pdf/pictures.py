"""Read the codes in the pictures of a PDF, and those that its pages draw without a picture.

Trust: the file comes from a stranger; a picture may say that it is as large as a house.
Fails: never; what cannot be read as a picture is passed over, and no more than MAX_PICTURES are looked at.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import pikepdf

from gatepost.message.attachments.code_halves import note_halves
from gatepost.message.attachments.codes import MIN_MODULES, UNREAD_CODES, note_codes, note_found, read_codes
from gatepost.message.attachments.desk import Desk, Insides
from gatepost.message.attachments.pdf.drawings import draw_codes, may_draw_code
from gatepost.message.attachments.pdf.pages import UNREADABLE

MAX_PAGES = 10
MAX_ASKED_PAGES = 500  # whether there are more pictures
MAX_PICTURES = 20
MAX_PIXELS = 16_000_000  # of one picture
MAX_PIXELS_IN_ALL = 48_000_000
MAX_PACKED_BYTES = 8 * 1024 * 1024
MAX_FORM_DEPTH = 3
MAX_PARSED_BYTES = 256 * 1024  # of one page, where pictures stand in its drawing
MAX_INNER_PIXELS = 1_000_000
MAX_DRAWN_BYTES = 1024 * 1024  # unpacked, of all pages together
MAX_RESOURCES = 200
_INNER = re.compile(rb"\bBI\s[^()]{1,300}?\bID\s")


def note_pictures(pdf: pikepdf.Pdf, insides: Insides, desk: Desk) -> None:
    """Note the codes in the pictures of the first pages, and whether there are more pictures than that."""
    seen: set[tuple[int, int]] = set()
    left = MAX_PIXELS_IN_ALL
    for count, stream in enumerate(_find_pictures(pdf, seen)):
        is_bearable = _is_bearable(stream.stream_dict)
        left -= _count_pixels(stream.stream_dict) if is_bearable else 0
        if left < 0 or count >= MAX_PICTURES or not is_bearable:
            insides.note(UNREAD_CODES)
        if left < 0 or count >= MAX_PICTURES:
            return
        if not is_bearable:
            continue
        try:
            with warnings.catch_warnings(action="ignore"):  # of colours that no code needs
                found = read_codes(picture := pikepdf.PdfImage(stream).as_pil_image())
                note_found(found, insides)
                if not found:
                    note_halves(picture, insides, desk)
        except Exception:  # noqa: BLE001 - a damaged picture may raise anything in the libraries that read it
            insides.note("pdf.unreadable_picture")
    if any(True for _ in _find_pictures(pdf, seen, MAX_PAGES, MAX_ASKED_PAGES)):
        insides.note(UNREAD_CODES)


@dataclass(slots=True)
class DrawnCodes:
    """Finds the codes that the first pages draw square by square."""

    insides: Insides
    bytes_left: int = MAX_DRAWN_BYTES
    pages_left: int = MAX_PAGES

    def look_at(self, drawings: Iterable[bytes]) -> None:
        """Look at what one page draws, and what it calls; where that is too much and may be a code, it is told."""
        drawn = b"\n".join(drawings)
        content = drawn[: self.bytes_left] if self.pages_left > 0 else b""
        if len(content) < len(drawn) and may_draw_code(drawn):
            self.insides.note(UNREAD_CODES)
        self.pages_left -= 1
        self.bytes_left -= len(content)
        if b"EI" in content and _INNER.search(content):
            self._look_at_inner(content)
        if (picture := draw_codes(content)) is not None:
            note_codes(picture, self.insides)

    def _look_at_inner(self, content: bytes) -> None:
        """Look at pictures that stand in the drawing itself (ISO 32000-1 §8.9.7), as programs write small ones."""
        with pikepdf.new() as pdf, suppress(pikepdf.PdfError):
            found = pikepdf.parse_content_stream(pikepdf.Stream(pdf, content[:MAX_PARSED_BYTES]), "BI ID EI")
            for one in islice(found, MAX_PICTURES):
                if isinstance(one, pikepdf.ContentStreamInlineImage):
                    self._read_inner(one.iimage)

    def _read_inner(self, picture: pikepdf.PdfInlineImage) -> None:
        try:
            if min(picture.width, picture.height) >= MIN_MODULES and picture.width * picture.height <= MAX_INNER_PIXELS:
                with warnings.catch_warnings(action="ignore"):
                    note_codes(picture.as_pil_image(), self.insides)
        except Exception:  # noqa: BLE001 - as above
            self.insides.note("pdf.unreadable_picture")


def _find_pictures(
    pdf: pikepdf.Pdf, seen: set[tuple[int, int]], first: int = 0, last: int = MAX_PAGES
) -> Iterator[pikepdf.Stream]:
    for page in islice(pdf.pages, first, last):
        try:
            yield from _find_in_resources(page.obj.get("/Resources"), seen, 0)
        except UNREADABLE:
            continue


def _find_in_resources(
    resources: pikepdf.Object | None, seen: set[tuple[int, int]], depth: int
) -> Iterator[pikepdf.Stream]:
    drawn = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    for one in islice(drawn.values(), MAX_RESOURCES) if isinstance(drawn, pikepdf.Dictionary) else ():
        if not isinstance(one, pikepdf.Stream) or one.objgen in seen:
            continue
        seen.add(one.objgen)
        if one.stream_dict.get("/Subtype") == "/Image":
            if _may_show_code(one.stream_dict):
                yield one
        elif depth < MAX_FORM_DEPTH:
            yield from _find_in_resources(one.stream_dict.get("/Resources"), seen, depth + 1)


def _may_show_code(picture: pikepdf.Dictionary) -> bool:
    return min(int(picture.get(key, 0)) for key in ("/Width", "/Height")) >= MIN_MODULES


def _is_bearable(picture: pikepdf.Dictionary) -> bool:
    return _count_pixels(picture) <= MAX_PIXELS and int(picture.get("/Length", 0)) <= MAX_PACKED_BYTES


def _count_pixels(picture: pikepdf.Dictionary) -> int:
    return int(picture.get("/Width", 0)) * int(picture.get("/Height", 0))
