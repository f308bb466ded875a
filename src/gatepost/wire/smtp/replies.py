"""SMTP replies: a code, an enhanced status, lines of text; built here only, so that no text can break out of its line.

Standards: RFC 5321 §4.2 (replies), §4.5.3.1.5 (512 bytes a line), RFC 2034 and RFC 3463 (enhanced status codes).
Fails: OurProtocolError on text that would not be one printable ASCII line.
"""

import re
from dataclasses import dataclass

from gatepost.model.errors import OurProtocolError

MAX_REPLY_LINE_BYTES = 512  # RFC 5321 §4.5.3.1.5, with the CRLF
MAX_TEXT_LENGTH = MAX_REPLY_LINE_BYTES - len("250-2.0.0 \r\n") - 2  # enhanced codes have up to three digits a field
FIRST_REFUSAL_CODE = 400

_LINE = re.compile(r"[\x20-\x7e]*")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_NOT_PRINTABLE = re.compile(r"[^\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer to one command; `wire` is what goes out. Build it with build_reply."""

    code: int
    status: str  # "" where RFC 2034 wants none: greeting, EHLO, 354
    lines: tuple[str, ...]
    wire: bytes

    @property
    def is_refusal(self) -> bool:
        """Say whether the peer's command has failed, for now or for good."""
        return self.code >= FIRST_REFUSAL_CODE


def build_reply(code: int, status: str, *lines: str) -> Reply:
    r"""Make a reply; raise OurProtocolError when a line has CR, LF, any other control, or is too long.

    >>> build_reply(250, "2.0.0", "Ready").wire
    b'250 2.0.0 Ready\r\n'
    >>> build_reply(250, "", "mx.example", "SIZE 1000").wire
    b'250-mx.example\r\n250 SIZE 1000\r\n'
    """
    if status and not (_STATUS.fullmatch(status) and int(status[0]) == code // 100):
        raise OurProtocolError(f"the enhanced status {status!r} does not fit the code {code}")
    for line in lines:
        if len(line) > MAX_TEXT_LENGTH or not _LINE.fullmatch(line):
            raise OurProtocolError("a reply line is too long or is not printable ASCII", repr(line))
    prefix = f"{status} " if status else ""
    *first, last = lines or ("",)
    text = "".join(f"{code}-{prefix}{line}\r\n" for line in first) + f"{code} {prefix}{last}\r\n"
    return Reply(code, status, lines, text.encode("ascii"))


def fit_reply_text(text: str) -> str:
    r"""Make any text fit to stand in a reply: what is not printable ASCII becomes a space, the rest is cut.

    >>> fit_reply_text("refused:\r\n250 ok")
    'refused: 250 ok'
    """
    return _NOT_PRINTABLE.sub(" ", text).strip()[:MAX_TEXT_LENGTH]
