r"""Collect the content of one mail from DATA or BDAT, a buffer at a time.

Standards: RFC 5321 §4.1.1.4 (only CRLF.CRLF ends DATA), §4.5.2 (transparency), §2.3.8 (lines end in CRLF only),
RFC 3030 (BDAT).
Trust: every byte comes from the peer.
Fails: never; what is wrong with the content is kept as a fault, and the rest is read without being kept, so that
no message can hide in another. The result does not depend on how the bytes were cut.

Speed: bytes that were looked at are not looked at again, whatever the sizes of the buffers, and no Python code
runs once per line. What could still become a line end or the end of data (at most 4 bytes) is held back.
"""

import enum
from io import BytesIO

MAX_TEXT_LINE_BYTES = 65_536  # with CRLF; RFC 5321 §4.5.3.1.6 asks for 1,000 at least, real mail has far longer ones

_END_OF_DATA = b"\r\n.\r\n"
_HELD_BACK = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")  # what may become _END_OF_DATA, longest first


class Fault(enum.IntFlag):
    """What is wrong with a content; several may be true at once, the lowest is told to the peer."""

    NONE = 0
    BARE_LINE_END = 1  # CR without LF, LF without CR
    NUL = 2
    LONG_LINE = 4
    TOO_LARGE = 8
    ABANDONED = 16  # our side no longer wants it


class Content:
    """The bytes of one mail as they arrive; kept only while nothing is wrong with them."""

    __slots__ = ("_kept", "_line_bytes", "_max_size_bytes", "fault", "seen_bytes", "size_bytes")

    def __init__(self, max_size_bytes: int) -> None:
        self._max_size_bytes = max_size_bytes
        self._kept: bytes | BytesIO = b""
        self._line_bytes = 0  # of the line that is not complete yet
        self.fault = Fault.NONE
        self.size_bytes = 0  # as RFC 1870 counts: without the dots of transparency
        self.seen_bytes = 0

    @property
    def kept_bytes(self) -> int:
        """Say how much memory the content takes now."""
        return len(self._kept) if isinstance(self._kept, bytes) else self._kept.tell()

    def abandon(self) -> None:
        """Keep nothing of this content, neither what came nor what will come."""
        self.add_fault(Fault.ABANDONED)

    def add_fault(self, fault: Fault) -> None:
        """Note what is wrong and let go of what was kept."""
        self.fault |= fault
        self._kept = b""

    def take_kept(self) -> bytes:
        """Give the whole content and let go of it; BytesIO gives its own, or a large mail would be there twice."""
        kept, self._kept = self._kept, b""
        return kept if isinstance(kept, bytes) else kept.getvalue()

    def add(self, piece: bytes, wire_bytes: int) -> None:
        """Take the next piece, in which no CRLF is cut in two; it came as `wire_bytes` bytes."""
        self.seen_bytes += wire_bytes
        self.size_bytes += len(piece)
        fault = self._find_fault(piece)
        if fault:
            self.add_fault(fault)
        elif self.fault:
            return
        elif not self._kept:
            self._kept = piece
        else:
            self._keep_more(piece)

    def _keep_more(self, piece: bytes) -> None:
        if isinstance(self._kept, bytes):
            first, self._kept = self._kept, BytesIO()
            self._kept.write(first)
        self._kept.write(piece)

    def _find_fault(self, piece: bytes) -> Fault:
        fault = Fault.NONE
        without_line_ends = piece.replace(b"\r\n", b"")
        if b"\n" in without_line_ends or b"\r" in without_line_ends:
            fault |= Fault.BARE_LINE_END
        if b"\0" in without_line_ends:
            fault |= Fault.NUL
        if self.size_bytes > self._max_size_bytes:
            fault |= Fault.TOO_LARGE
        if Fault.LONG_LINE not in self.fault and self._has_long_line(piece):
            fault |= Fault.LONG_LINE
        return fault

    def _has_long_line(self, piece: bytes) -> bool:
        """Jump over the piece by whole lines, each time as far as one line may be long."""
        line_start = -self._line_bytes  # in an earlier piece, so never further back than a line may be long
        while len(piece) - line_start > MAX_TEXT_LINE_BYTES:
            line_end = piece.rfind(b"\n", max(line_start, 0), line_start + MAX_TEXT_LINE_BYTES)
            if line_end < 0:
                return True
            line_start = line_end + 1
        line_end = piece.rfind(b"\n")
        self._line_bytes = len(piece) - (line_end + 1 if line_end >= 0 else line_start)
        return False


class DottedContent:
    """The content of DATA: ended by CRLF.CRLF, with the leading dots of its lines doubled."""

    __slots__ = ("_foreign_bytes", "_held", "content")

    def __init__(self, content: Content) -> None:
        self.content = content
        self._held = b"\r\n"  # the line end of the DATA command counts for CRLF.CRLF ...
        self._foreign_bytes = 2  # ... but is not part of the content

    def feed(self, data: bytes, start: int) -> int | None:
        """Take data[start:]; give the offset behind the end of data, None while that has not come."""
        border = (self._held + data[start : start + len(_END_OF_DATA) - 1]).find(_END_OF_DATA)
        if border >= 0:
            end = start - len(self._held) + border
            self._add(self._held[: border + 2] + data[start : max(end + 2, start)])
            return end + len(_END_OF_DATA)
        end = data.find(_END_OF_DATA, start)
        if end >= 0:
            self._add(self._held + data[start : end + 2])
            return end + len(_END_OF_DATA)
        block = self._held + data[start:]
        self._held = next((held for held in _HELD_BACK if block.endswith(held)), b"")
        self._add(block[: len(block) - len(self._held)])
        return None

    def _add(self, piece: bytes) -> None:
        if piece:
            foreign_bytes, self._foreign_bytes = self._foreign_bytes, 0
            self.content.add(piece.replace(b"\r\n.", b"\r\n")[foreign_bytes:], len(piece) - foreign_bytes)


class ChunkedContent:
    """The content of BDAT: chunks whose sizes are announced; their borders may cut a CRLF."""

    __slots__ = ("_held", "_missing_bytes", "content")

    def __init__(self, content: Content) -> None:
        self.content = content
        self._held = b""
        self._missing_bytes = 0

    def announce(self, size_bytes: int) -> None:
        """Expect a chunk."""
        self._missing_bytes = size_bytes

    def feed(self, data: bytes, start: int) -> int | None:
        """Take data[start:]; give the offset behind the chunk, None while the chunk is not complete."""
        block = data[start : start + self._missing_bytes]
        self._missing_bytes -= len(block)
        if block:
            self._add(self._held + block)
        return None if self._missing_bytes else start + len(block)

    def finish(self) -> None:
        """Note that the last chunk is over: a CR that was held back stands alone."""
        if self._held:
            self.content.add(self._held, len(self._held))
            self._held = b""

    def _add(self, block: bytes) -> None:
        self._held = b"\r" if block.endswith(b"\r") else b""
        piece = block[: len(block) - len(self._held)]
        self.content.add(piece, len(piece))
