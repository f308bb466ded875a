"""Looks at pictures: the codes for cameras that they show, how large they claim to be, and what stands behind them.

Trust: the picture comes from a stranger; few bytes may claim to be millions of pixels.
Fails: a picture too large to be drawn is a LIMIT, a damaged one is BROKEN.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from types import MappingProxyType

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from gatepost.message.attachments.code_halves import note_halves
from gatepost.message.attachments.codes import CODE_FOUND, MIN_MODULES, UNREAD_CODES, note_codes
from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.message.attachments.picture_ends import find_end
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

MAX_DRAWN_BYTES = 128_000_000  # in memory: a sheet in black and white may be scanned more finely than a photograph
MAX_JPEG_PIXELS = 120_000_000  # a JPEG is made small while it is unpacked
DRAFT_SIDE_PX = 1_300  # at least so many stay of a JPEG, at most twice as many
MAX_FRAMES = 8  # that are searched, and the last one, on which an animation comes to rest
MAX_PASSED_FRAMES = 200
MAX_FRAME_PIXELS = 40_000_000  # of all frames behind the first
MIN_BEHIND_BYTES = 64  # less is junk of honest programs

ImageFile.LOAD_TRUNCATED_IMAGES = True  # browsers show what is there of a picture that is cut off

_SMALL_MODES = frozenset(("1", "L", "P"))  # a byte for each pixel; all others take four
# The classes themselves: Image.open would try every format that the library knows
_READERS: Mapping[FileKind, Callable[[BytesIO], ImageFile.ImageFile]] = MappingProxyType(
    {
        FileKind.PNG: PngImagePlugin.PngImageFile,
        FileKind.JPEG: JpegImagePlugin.JpegImageFile,
        FileKind.GIF: GifImagePlugin.GifImageFile,
        FileKind.BMP: BmpImagePlugin.BmpImageFile,
        FileKind.WEBP: WebPImagePlugin.WebPImageFile,
        FileKind.TIFF: TiffImagePlugin.TiffImageFile,
        FileKind.ICO: IcoImagePlugin.IcoImageFile,
    }
)
OPENS = frozenset(_READERS)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:
    """Read the codes in the first frames; open what stands behind the picture."""
    behind = file.content[find_end(file.content, file.kind) :].strip(b"\0\r\n ")
    if len(behind) >= MIN_BEHIND_BYTES:
        insides.note("picture.data_behind", str(len(behind)))
        desk.open_inside(file, insides, "", behind)
    try:
        _read_codes(_READERS[file.kind](BytesIO(file.content)), insides, desk)
    except Image.DecompressionBombError:  # a GIF, whose frames are as large as the largest place that one names
        _note_bomb(insides, "")


def _read_codes(picture: ImageFile.ImageFile, insides: Insides, desk: Desk) -> None:
    if min(picture.size) < MIN_MODULES:
        return
    for frame in _read_frames(picture, insides):
        if not _is_bearable(frame):
            _note_bomb(insides, "{} x {}".format(*frame.size))
            return
        unpacked = _unpack(frame)
        note_codes(unpacked, insides)
    if not any(trait.code == CODE_FOUND for trait in insides.traits):
        note_halves(unpacked, insides, desk)


def _note_bomb(insides: Insides, size: str) -> None:
    insides.note("picture.bomb", size)
    insides.opening = Opening.LIMIT


def _read_frames(picture: ImageFile.ImageFile, insides: Insides) -> Iterator[ImageFile.ImageFile]:
    """Give the first frames and the last one; where it would take too long to come to that, this is told."""
    yield picture
    left = MAX_FRAME_PIXELS
    with suppress(EOFError):
        for number in range(1, MAX_PASSED_FRAMES):
            picture.seek(number)
            left -= picture.width * picture.height
            if left < 0:
                break
            if number < MAX_FRAMES:
                yield picture
        insides.note(UNREAD_CODES)
        return
    if picture.tell() >= MAX_FRAMES:
        yield picture


def _is_bearable(picture: Image.Image) -> bool:
    pixels = picture.width * picture.height
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        return pixels <= MAX_JPEG_PIXELS
    return pixels * (1 if picture.mode in _SMALL_MODES else 4) <= MAX_DRAWN_BYTES


def _unpack(picture: ImageFile.ImageFile) -> Image.Image:
    """Give the pixels; a JPEG is asked for in grey and small."""
    picture.draft("L", (DRAFT_SIDE_PX, DRAFT_SIDE_PX))
    picture.load()
    return picture
