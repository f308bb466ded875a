"""Walks over the frames of Zstandard: where the last one ends, and what window each asks for.

Standards: RFC 8878 §3.1.1 (frames), §3.1.1.1.2 (window), §3.1.1.2 (blocks), §3.1.2 (frames that are passed over).
Trust: the data comes from a stranger.
Fails: never; a frame that is cut off ends with the data.
"""

import re

MARK = b"\x28\xb5\x2f\xfd"
MAX_FRAMES = 10_000
_SKIPPED = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_HAS_CHECKSUM, _IS_ONE_SEGMENT = 0x04, 0x20
_DICTIONARY_BYTES = (0, 1, 2, 4)
_SIZE_BYTES = (0, 2, 4, 8)
_RUN = 1
_MOST = (26 - 10) << 3  # a window of 64 MiB: the size is told as a power of two above 1 KiB


def limit_frames(content: bytes) -> tuple[bytes, int]:
    """Give the frames with windows of at most 64 MiB, as no more is unpacked, and where the last frame ends."""
    limited = bytearray(content)
    at = 0
    for _ in range(MAX_FRAMES):
        if _SKIPPED.match(content, at):
            at += 8 + int.from_bytes(content[at + 4 : at + 8], "little")
        elif content.startswith(MARK, at) and at + 6 <= len(content):
            if not content[at + 4] & _IS_ONE_SEGMENT and content[at + 5] > _MOST:
                limited[at + 5] = _MOST
            at = _find_end(content, at)
        else:
            break
    end = min(at, len(content))
    return bytes(limited[:end]), end


def _find_end(content: bytes, at: int) -> int:
    """Give where the frame ends that begins here."""
    flags = content[at + 4]
    is_one_segment = bool(flags & _IS_ONE_SEGMENT)
    at += 5 + (not is_one_segment) + _DICTIONARY_BYTES[flags & 3] + (_SIZE_BYTES[flags >> 6] or is_one_segment)
    while at + 3 <= len(content):
        head = int.from_bytes(content[at : at + 3], "little")
        at += 3 + (1 if head >> 1 & 3 == _RUN else head >> 3)
        if head & 1:
            return at + (4 if flags & _HAS_CHECKSUM else 0)
    return len(content)
