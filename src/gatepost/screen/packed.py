"""The source of a part packed for a quick look: a check that finds nothing there need not read the source itself."""

from weakref import WeakKeyDictionary

from gatepost.message.message import Part

MAX_SOURCE_CHARS = 200_000

_SMALL = bytes.maketrans(b"123456789", b"000000000").lower()
_REMEMBERED: WeakKeyDictionary[Part, bytes] = WeakKeyDictionary()


def pack_source(part: Part) -> bytes:
    """Give the beginning of a part's text in UTF-8, ASCII letters small and each digit a 0; made once for each part."""
    packed = _REMEMBERED.get(part)
    if packed is None:
        packed = part.text[:MAX_SOURCE_CHARS].encode("utf-8", "surrogatepass").translate(_SMALL)
        _REMEMBERED[part] = packed
    return packed
