r"""Read the replies of an SMTP or LMTP server.

Standards: RFC 5321 §4.2 (replies), §4.2.1 (multiple lines), §4.5.3.1.5 (length); RFC 3463 §2 (enhanced status codes).
Trust: every byte comes from the peer; what is handed on of its text has no control characters.
Fails: PeerProtocolError on anything that is not a reply, on lines too long and on too many lines.
"""

import re
from collections import deque
from dataclasses import dataclass

from gatepost.model.errors import PeerProtocolError

MAX_LINE_BYTES = 2048  # RFC 5321 §4.5.3.1.5 says 512; servers that quote a URL and an id send more
MAX_LINES = 128  # of one reply; an EHLO answer has about twenty

FIRST_FAILURE_CODE = 400
FIRST_PERMANENT_CODE = 500

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_STATUS = re.compile(r"([245])\.[0-9]{1,3}\.[0-9]{1,3}(?= |$)")


@dataclass(frozen=True, slots=True)
class ServerReply:
    """One reply: code, enhanced status ("" when the server gave none that fits the code), cleaned lines of text."""

    code: int
    status: str
    lines: tuple[str, ...]

    @property
    def is_success(self) -> bool:
        """Say whether the command was carried out (2yz)."""
        return self.code // 100 == 2  # noqa: PLR2004 - the class digit of RFC 5321 §4.2.1

    @property
    def is_permanent(self) -> bool:
        """Say whether trying again would fail the same way (5yz)."""
        return self.code >= FIRST_PERMANENT_CODE

    def __str__(self) -> str:
        return " ".join((str(self.code), *self.lines)).rstrip()


class ReplyReader:
    """Takes bytes as they come, gives whole replies in order."""

    def __init__(self) -> None:
        self._buffer = b""
        self._code = 0
        self._lines: list[str] = []
        self._ready: deque[ServerReply] = deque()
        self._error: PeerProtocolError | None = None

    def receive(self, data: bytes) -> None:
        """Take what the server sent."""
        if self._error is not None:
            return
        try:
            *lines, self._buffer = (self._buffer + data).split(b"\r\n")
            for line in lines:
                self._take_line(line)
            _check_length(self._buffer.removesuffix(b"\r"))
        except PeerProtocolError as error:
            self._error = error

    def next_reply(self) -> ServerReply | None:
        """Give the next whole reply, None while it has not all come; raise PeerProtocolError where no reply stands.

        The replies before the error are given first, however the bytes were cut.
        """
        if self._ready:
            return self._ready.popleft()
        if self._error is not None:
            raise self._error
        return None

    @property
    def is_empty(self) -> bool:
        """Say whether everything received was handed on."""
        return not (self._buffer or self._lines or self._ready or self._error)

    def _take_line(self, line: bytes) -> None:
        match = _LINE.fullmatch(line)
        _check_length(line)
        if match is None or b"\r" in line or b"\n" in line:
            raise PeerProtocolError("the server sent a line that is not a reply", repr(line[:200]))
        code = int(match[1])
        if self._lines and code != self._code:
            raise PeerProtocolError("the server changed the code within a reply", f"{self._code} and {code}")
        self._code = code
        self._lines.append(clean_text((match[3] or b"").decode("utf-8", "replace")))
        if match[2] != b"-":
            self._finish_reply()
        elif len(self._lines) >= MAX_LINES:
            raise PeerProtocolError(f"the server sent a reply of more than {MAX_LINES} lines")

    def _finish_reply(self) -> None:
        status = _STATUS.match(self._lines[0])
        fits = status is not None and int(status[1]) == self._code // 100
        self._ready.append(ServerReply(self._code, status[0] if status and fits else "", tuple(self._lines)))
        self._lines = []


def _check_length(line: bytes) -> None:
    if len(line) > MAX_LINE_BYTES:
        raise PeerProtocolError("the server sent a reply line that is too long")


def clean_text(text: str) -> str:
    r"""Make a peer's text harmless to show: every control, direction mark or other invisible character becomes a space.

    >>> clean_text("no\tsuch\x1b[31m user\u202e")
    'no such [31m user '
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
