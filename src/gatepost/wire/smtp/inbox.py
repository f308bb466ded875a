"""The bytes of a peer that were not looked at yet, and the command lines in them.

Standards: RFC 5321 §2.3.8 (lines end in CRLF only), §4.5.3.1.4 (512 bytes a command line).
Trust: every byte comes from the peer.
Fails: never; a line that cannot be a command is given as its fault, as soon as that is certain.

Speed: every byte is copied a bounded number of times, whatever the sizes in which the bytes come.
"""

import enum

# RFC 5321 §4.5.3.1.4 gives a command line 512 bytes with its CRLF; to MAIL, SIZE adds 26 (RFC 1870 §3), BODY 17
# (RFC 6152 §2), SMTPUTF8 10 (RFC 6531 §3.1). One limit serves all verbs.
MAX_COMMAND_LINE_BYTES = 512 + 26 + 17 + 10

_LONGEST_LINE_BYTES = MAX_COMMAND_LINE_BYTES - len("\r\n")


class LineFault(enum.Enum):
    """Why a line is no command."""

    BARE_LINE_END = enum.auto()  # or a NUL
    TOO_LONG = enum.auto()


class Inbox:
    """Bytes in the order they came; `data[start:]` is what was not looked at yet."""

    __slots__ = ("_late", "_skips_line", "data", "start")

    def __init__(self) -> None:
        self.data = b""
        self.start = 0
        self._late: bytearray | None = None  # what came while `data` was not used up
        self._skips_line = False  # a fault was told; the rest of its line means nothing

    def receive(self, data: bytes) -> None:
        """Put bytes at the end."""
        if self._late is not None:
            self._late += data
        elif self.start == len(self.data):
            self.data, self.start = data, 0
        else:
            self._late = bytearray(data)

    def take_line(self) -> bytes | LineFault | None:
        """Give the next command line without its CRLF, or what is wrong with it, or None until that is known."""
        while True:
            end = self.data.find(b"\r\n", self.start)
            if end >= 0:
                line = self.data[self.start : end]
                self.start = end + len(b"\r\n")
                if not self._skips_line:
                    return _find_line_fault(line) or line
                self._skips_line = False
            elif not self.join_late():
                return self._judge_unfinished_line()

    def use_up(self, end: int | None) -> None:
        """Note that `data` was looked at up to `end`, or as a whole; then nothing of it is kept."""
        if end is None:
            self.data, self.start = b"", 0
        else:
            self.start = end

    def join_late(self) -> bool:
        """Bring in what came late; True when there was something. Only what is left of `data` is copied with it."""
        if self._late is None:
            return False
        self.data, self.start = self.data[self.start :] + self._late, 0
        self._late = None
        return True

    def clear(self) -> None:
        """Forget everything."""
        self.data, self.start, self._late, self._skips_line = b"", 0, None, False

    def __len__(self) -> int:
        return len(self.data) - self.start + (0 if self._late is None else len(self._late))

    def _judge_unfinished_line(self) -> LineFault | None:
        """Tell a fault before the line ends; what is left is only what may be half of a CRLF."""
        head = self.data[self.start :]
        fault = None if self._skips_line else _find_line_fault(head.removesuffix(b"\r"))
        if fault:
            self._skips_line = True
        if self._skips_line:
            head = b"\r" if head.endswith(b"\r") else b""
        self.data, self.start = head, 0
        return fault


def _find_line_fault(line: bytes) -> LineFault | None:
    """Look at a line without its CRLF; the fault that comes first counts, however the bytes were cut."""
    start = line[:_LONGEST_LINE_BYTES]
    if b"\n" in start or b"\r" in start or b"\0" in start:
        return LineFault.BARE_LINE_END
    return LineFault.TOO_LONG if len(line) > _LONGEST_LINE_BYTES else None
