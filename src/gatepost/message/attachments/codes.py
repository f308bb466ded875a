"""Read the QR codes, and other codes for cameras, in a picture: where a telephone would be led.

Standards: ISO/IEC 18004 (QR), 24778 (Aztec), 16022 (Data Matrix), 15438 (PDF417), read by zxing-cpp.
Trust: the picture comes from a stranger.
Fails: never; a picture is made smaller before it is searched, twice at most.
"""

from collections.abc import Iterable, Iterator, Sequence

import zxingcpp
from PIL import Image, ImageOps

from gatepost.message.attachments.code_texts import find_urls
from gatepost.message.attachments.desk import Insides
from gatepost.model.contents import LinkSource

MIN_MODULES = 21  # the smallest code has 21 times 21
MIN_SIDE_PX = 40  # no code that a camera reads is smaller, as it stands
SMALL_SIDE_PX = 200  # a picture that small may be shown larger, with a pixel for each module
QUICK_SIDE_PX = 1_000  # the first look; a second, closer one only where the picture is larger and nothing was found
CLOSE_SIDE_PX = 2_200
MARGIN_PX = 16
MAX_CODES = 20
MODULE_PX = 4
MAX_TEXT_CHARS = 4_096
CODE_FOUND = "code.found"
UNREAD_CODES = "code.unread"  # there are more pictures than are searched for codes

_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.RMQRCode,
        zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.PDF417,
    ]
)  # fmt: skip
_SMALL_FORMATS = zxingcpp.BarcodeFormats(  # what is looked for closely: the others cost more than all of these
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Aztec]
)

_MIN_CLEAR, _MIN_DARK, _MAX_DARK = 0.9, 0.1, 0.7  # of all pixels
_DARK_BELOW, _LIGHT_FROM = 80, 176
_INKS = {ord("1"): 0, ord("0"): 255}
_RESIZED = frozenset(("L", "RGB", "RGBA", "LA", "CMYK"))  # as they are; others hold numbers of colours


def note_codes(picture: Image.Image, insides: Insides) -> None:
    """Note the codes of one picture, and give their links on."""
    note_found(read_codes(picture), insides)


def note_found(found: Iterable[tuple[str, str]], insides: Insides) -> None:
    """Note codes by (kind, text), and give their links on."""
    for kind, text in found:
        insides.note(CODE_FOUND, f"{kind}: {text}")
        for url in find_urls(text):
            insides.link(url, LinkSource.QR_CODE)


def read_codes(picture: Image.Image) -> list[tuple[str, str]]:
    """Give (kind, text) of each code."""
    if min(picture.size) < MIN_MODULES:
        return []
    return (_read_large(picture) if min(picture.size) >= MIN_SIDE_PX else []) or _read_small(picture)


def _read_large(picture: Image.Image) -> list[tuple[str, str]]:
    for side, formats in ((QUICK_SIDE_PX, _FORMATS), (CLOSE_SIDE_PX, _SMALL_FORMATS)):
        grey = _make_grey(picture, side)
        if found := _search(grey, formats):
            return found
        if max(picture.size) <= side:
            break
    return []


def _read_small(picture: Image.Image) -> list[tuple[str, str]]:
    """Read a picture with a pixel or two for each module, which a page shows larger."""
    if max(picture.size) > SMALL_SIDE_PX:
        return []
    grey = _make_grey(picture, SMALL_SIDE_PX)
    return _search(_enlarge(grey), _FORMATS) if is_black_and_white(grey) else []


def is_black_and_white(grey: Image.Image) -> bool:
    """Say whether nearly all pixels of a grey picture are dark or light, and enough of them dark for a code."""
    counts = grey.histogram()
    whole, dark, light = sum(counts), sum(counts[:_DARK_BELOW]), sum(counts[_LIGHT_FROM:])
    return dark + light >= whole * _MIN_CLEAR and whole * _MIN_DARK <= dark <= whole * _MAX_DARK


def _enlarge(grey: Image.Image) -> Image.Image:
    size = grey.width * MODULE_PX, grey.height * MODULE_PX
    return ImageOps.expand(grey.resize(size, Image.Resampling.NEAREST), 4 * MODULE_PX, fill=255)


def paint(rows: Sequence[str]) -> Image.Image:
    """Give modules, "1" dark and "0" light, as a picture."""
    width = max(map(len, rows))
    dots = "".join(row.ljust(width, "0") for row in rows).translate(_INKS).encode("latin-1")
    return _enlarge(Image.frombytes("L", (width, len(rows)), dots))


def _search(grey: Image.Image, formats: zxingcpp.BarcodeFormats) -> list[tuple[str, str]]:
    """Read the codes; some picture shows nothing but the code, which needs a light margin around it to be seen."""
    return list(_name(zxingcpp.read_barcodes(ImageOps.expand(grey, MARGIN_PX, fill=255), formats=formats)))


def _name(found: list[zxingcpp.Barcode]) -> Iterator[tuple[str, str]]:
    for code in found[:MAX_CODES]:
        yield str(code.format), code.text[:MAX_TEXT_CHARS]


def _make_grey(picture: Image.Image, side: int) -> Image.Image:
    """Give a small grey picture; what is transparent becomes white, as mail programs show it."""
    is_clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    small = picture if picture.mode in _RESIZED else picture.convert("RGBA" if is_clear else "L")
    if max(small.size) > side:
        scale = side / max(small.size)
        size = max(1, round(small.width * scale)), max(1, round(small.height * scale))
        small = small.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    if is_clear:
        clear = small.convert("RGBA")
        ground = Image.new("RGBA", clear.size, (255, 255, 255, 255))
        small = Image.alpha_composite(ground, clear)
    return small.convert("L")
