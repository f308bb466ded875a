"""Makes smaller what a packed stream says that its unpacking needs of memory: never more is unpacked than fits.

What refers back by no more than MOST_BYTES is unpacked as before; of a stream no more than that is unpacked anyway.

Standards: the LZMA and XZ file formats (dictionary sizes).
Trust: the streams come from a stranger.
Fails: never; what is not understood is left as it is.
"""

import zlib

MOST_BYTES = 64 * 1024 * 1024
_XZ_HEAD_BYTES = 12
_XZ_MOST, _XZ_LARGEST = 28, 40  # codes of sizes: 64 MiB, and the largest that there is
_XZ_HAS_SIZES = (0x40, 0x80)
_XZ_FILTERS = 0x03
_LZMA2 = 0x21


def limit_alone(head: bytes) -> bytes:
    """Limit the dictionary in the header of LZMA: one byte of properties, then four that tell its size."""
    size = int.from_bytes(head[1:5], "little")
    return head[:1] + MOST_BYTES.to_bytes(4, "little") + head[5:] if size > MOST_BYTES else head


def limit_xz(content: bytes) -> bytes:
    """Limit the dictionary of the first block."""
    start = _XZ_HEAD_BYTES
    if len(content) < start + 8 or not content[start]:
        return content
    end = start + 4 * (content[start] + 1)
    if end > len(content):
        return content
    place = _find_xz_dictionary(content[start : end - 4])
    if not place or not _XZ_MOST < content[start + place] <= _XZ_LARGEST:
        return content
    head = bytearray(content[start : end - 4])
    head[place] = _XZ_MOST
    return content[:start] + bytes(head) + zlib.crc32(head).to_bytes(4, "little") + content[end:]


def _find_xz_dictionary(head: bytes) -> int:
    """Give where the size of LZMA2's dictionary stands in the header of a block, 0 for nowhere."""
    flags, at = head[1], 2
    try:
        for bit in _XZ_HAS_SIZES:
            at = _skip_number(head, at) if flags & bit else at
        for _ in range((flags & _XZ_FILTERS) + 1):
            kind, size_at = head[at], _skip_number(head, at)
            at = _skip_number(head, size_at)
            if kind == _LZMA2:
                return at if at < len(head) else 0
            at += head[size_at]
    except IndexError:
        pass
    return 0


def _skip_number(head: bytes, at: int) -> int:
    while head[at] & 0x80:
        at += 1
    return at + 1
