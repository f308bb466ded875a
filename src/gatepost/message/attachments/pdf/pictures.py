"""Read the codes in the pictures of a PDF, and those that its pages draw without a picture.

Trust: the file comes from a stranger; a picture may say that it is as large as a house.
Fails: never; what cannot be read as a picture is passed over, and no more than MAX_PICTURES are looked at.
"""

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pikepdf

from gatepost.message.attachments.codes import MIN_SIDE_PX, note_codes
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.pdf.drawings import draw_codes
from gatepost.message.attachments.pdf.pages import UNREADABLE

MAX_PAGES = 10
MAX_PICTURES = 20
MAX_PIXELS = 16_000_000  # of one picture
MAX_PIXELS_IN_ALL = 48_000_000
MAX_PACKED_BYTES = 8 * 1024 * 1024
MAX_FORM_DEPTH = 3
MAX_DRAWN_BYTES = 1024 * 1024  # unpacked, of all pages together
MAX_RESOURCES = 200


def note_pictures(pdf: pikepdf.Pdf, insides: Insides) -> None:
    """Note the codes in the pictures of the first pages."""
    seen: set[tuple[int, int]] = set()
    left = MAX_PIXELS_IN_ALL
    for stream in islice(_find_pictures(pdf, seen), MAX_PICTURES):
        left -= _count_pixels(stream.stream_dict)
        if left < 0:
            return
        try:
            with warnings.catch_warnings(action="ignore"):  # of colours that no code needs
                note_codes(pikepdf.PdfImage(stream).as_pil_image(), insides)
        except Exception:  # noqa: BLE001 - a damaged picture may raise anything in the libraries that read it
            insides.note("pdf.unreadable_picture")


@dataclass(slots=True)
class DrawnCodes:
    """Finds the codes that the first pages draw square by square."""

    insides: Insides
    bytes_left: int = MAX_DRAWN_BYTES
    pages_left: int = MAX_PAGES

    def look_at(self, drawings: Iterable[bytes]) -> None:
        """Look at what one page draws, and what it calls."""
        if self.pages_left <= 0 or self.bytes_left <= 0:
            return
        self.pages_left -= 1
        content = b"\n".join(drawings)[: self.bytes_left]
        self.bytes_left -= len(content)
        if (picture := draw_codes(content)) is not None:
            note_codes(picture, self.insides)


def _find_pictures(pdf: pikepdf.Pdf, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Stream]:
    for page in islice(pdf.pages, MAX_PAGES):
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
            if _is_worth_a_look(one.stream_dict):
                yield one
        elif depth < MAX_FORM_DEPTH:
            yield from _find_in_resources(one.stream_dict.get("/Resources"), seen, depth + 1)


def _is_worth_a_look(picture: pikepdf.Dictionary) -> bool:
    width, height, packed = (int(picture.get(key, 0)) for key in ("/Width", "/Height", "/Length"))
    return min(width, height) >= MIN_SIDE_PX and width * height <= MAX_PIXELS and packed <= MAX_PACKED_BYTES


def _count_pixels(picture: pikepdf.Dictionary) -> int:
    return int(picture.get("/Width", 0)) * int(picture.get("/Height", 0))
