"""The protocol of clamd, ClamAV's daemon, without I/O: what is said to it, and what its answers mean.

Standards: clamd(8), commands in the form that ends with a NUL ("z").
Trust: clamd is believed about what it finds; that it answers at all, or in time, or sensibly, is not relied upon.
Fails: never; what is no answer is UNANSWERED.
"""

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from gatepost.model.facts import AntivirusAnswer, Scanned

ASK_VERSION = b"zVERSION\0"
END_OF_STREAM = struct.pack(">I", 0)
END_OF_ANSWER = b"\0"
MAX_ANSWER_BYTES = 4_096
MAX_SIGNATURE_CHARS = 120
MAX_CONTENT_BYTES = 2**32 - 1

_UNANSWERED = AntivirusAnswer(Scanned.UNANSWERED)
_FOUND = re.compile(r"stream: (\S+) FOUND", re.ASCII)
_VERSION = re.compile(
    r"ClamAV ([\w.+~-]{1,40})(?:/([0-9]{1,10})/(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}))?", re.ASCII
)


def open_stream(size_bytes: int) -> bytes:
    """Begin to send `size_bytes` as one chunk, so that clamd says at once when that is more than it takes.

    What follows are so many bytes and END_OF_STREAM.
    """
    return b"zINSTREAM\0" + (struct.pack(">I", size_bytes) if size_bytes else b"")


def parse_answer(answer: bytes) -> AntivirusAnswer:
    r"""Read what clamd says of a stream.

    >>> parse_answer(b"stream: Eicar-Test-Signature FOUND\0").signature
    'Eicar-Test-Signature'
    """
    text = answer.partition(END_OF_ANSWER)[0].decode("utf-8", "replace").strip()
    if text == "stream: OK":
        return AntivirusAnswer(Scanned.CLEAN)
    if match := _FOUND.fullmatch(text):
        return AntivirusAnswer(Scanned.FOUND, match[1][:MAX_SIGNATURE_CHARS])
    if text.startswith("INSTREAM size limit exceeded"):
        return AntivirusAnswer(Scanned.TOO_LARGE)
    return _UNANSWERED


@dataclass(frozen=True, slots=True)
class ClamdVersion:
    """Which clamd this is, and how fresh its signatures are; the database is 0 and None where it has none of ClamAV."""

    program: str
    database: int = 0
    database_at: datetime | None = None


def parse_version(answer: bytes) -> ClamdVersion | None:
    r"""Read the answer to VERSION; None for anything else.

    >>> parse_version(b"ClamAV 1.4.3/27500/Thu Jan  8 09:01:02 2026\0").database
    27500
    """
    text = answer.partition(END_OF_ANSWER)[0].decode("ascii", "replace").strip()
    if (match := _VERSION.fullmatch(text)) is None:
        return None
    try:
        at = datetime.strptime(match[3], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC) if match[3] else None
    except ValueError:
        return None
    return ClamdVersion(match[1], int(match[2] or 0), at)
