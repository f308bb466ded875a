"""The body of a large part, decoded a piece at a time and never kept: a mail of 100 MB must not lie in memory twice.

Trust: the bytes come from the mail's author.
Fails: never; what is wrong with the encoding is its `defect`.
"""

from collections import deque
from collections.abc import Iterator
from io import BytesIO

from gatepost.message.transfer import SAMPLE_BYTES, find_defect, is_identity, iterate_body, looks_binary
from gatepost.model.finding import Span

LARGE_BYTES = 4 * 1024 * 1024  # of a body, as it stands in the mail


class LargeBody:
    """Where a large body stands, how it is encoded, and how much it holds."""

    __slots__ = ("_body", "_encoding", "defect", "size_bytes")

    def __init__(self, body: memoryview, encoding: str, defect: str = "") -> None:
        self._body = body
        self._encoding = encoding
        self.defect = defect or find_defect(body, encoding)
        self.size_bytes = len(body) if is_identity(encoding) else sum(map(len, self.iterate()))  # of the content

    def __len__(self) -> int:
        """Give the size of the content."""
        return self.size_bytes

    def iterate(self) -> Iterator[bytes]:
        """Give the content, a piece at a time."""
        return iterate_body(self._body, self._encoding)

    def read(self, most_bytes: int | None = None) -> bytes:
        """Give the content, or its first bytes, made anew each time."""
        most_bytes = self.size_bytes if most_bytes is None else most_bytes
        whole = BytesIO()
        for piece in self.iterate():
            whole.write(piece[: most_bytes - whole.tell()])
            if whole.tell() >= most_bytes:
                break
        return whole.getvalue()

    def read_edges(self, most_bytes: int) -> bytes:
        """Give the first bytes, and behind them the last ones."""
        return self.read(most_bytes) + self._read_end(most_bytes)

    def _read_end(self, most_bytes: int) -> bytes:
        if is_identity(self._encoding):
            return bytes(self._body[-most_bytes:])
        kept: deque[bytes] = deque()
        kept_bytes = 0
        for piece in self.iterate():
            kept.append(piece)
            kept_bytes += len(piece)
            while kept_bytes - len(kept[0]) >= most_bytes:
                kept_bytes -= len(kept.popleft())
        return b"".join(kept)[-most_bytes:]


def find_large(buffer: bytes, extent: Span, encoding: str, *, is_text: bool = False) -> LargeBody | None:
    """Give the body where it is large, None for all others; a text that was never encoded stands as it is."""
    if extent.end - extent.start < LARGE_BYTES:
        return None
    body = memoryview(buffer)[extent.start : extent.end]
    large = LargeBody(body, encoding)
    if is_text and large.defect == "encoding.base64_junk" and looks_binary(large.read(SAMPLE_BYTES)):
        return LargeBody(body, "", "encoding.not_base64")
    return large
