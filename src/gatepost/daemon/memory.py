"""Gives memory back to the system: what one large mail took must not stay with a worker for good.

Source: mallopt(3) of glibc. Left alone, it learns from large blocks to keep up to 64 MB of what was freed.
Fails: never; another C library keeps its own ways.
"""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
TRIM_BYTES = 8 * 1024 * 1024  # free at the end of the heap: more goes back at once
BLOCK_BYTES = 1024 * 1024  # from this size on a block is mapped alone, and goes back when it is freed


def give_memory_back() -> bool:
    """Set for this process how freed memory goes back; say whether that could be set."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(
        mallopt(which, value) for which, value in ((_M_TRIM_THRESHOLD, TRIM_BYTES), (_M_MMAP_THRESHOLD, BLOCK_BYTES))
    )
