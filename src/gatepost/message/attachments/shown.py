"""What programs show as the mail's own text though it lies in a file: written as an entity of MIME that is small.

Standards: RFC 2045 (entity), RFC 2046 §4.1 (text).
Trust: everything is a stranger's; the entity is parsed like any mail by those who judge it.
Fails: never.
"""

import math
import re
from collections.abc import Callable, Iterator
from itertools import chain

from gatepost.message.html import MAX_HTML_CHARS
from gatepost.message.message import Message, Part
from gatepost.model.file_kinds import FileKind
from gatepost.model.splice import Splice, apply_splices

ATTACHED_TYPE = "message/rfc822"
END_OF_HEADER = b"\r\n\r\n"
MAX_FILE_BYTES = 4 * 1024  # of the body of a part that is no text: its file is opened apart, and judged there
MAX_TEXT_FILE_BYTES = 4 * 1024 * 1024  # of one that is an attached text, of which the checks read a megabyte
MAX_LINE_BYTES = 1_000  # by which less is kept, so that no line is cut

ReadOtherwise = Callable[[Message], tuple[Message, ...]]  # message/ambiguity/read.py, which rests on this folder

_ATTACHED = b"Content-Type: " + ATTACHED_TYPE.encode("ascii") + END_OF_HEADER
_WORTH_OPENING = re.compile(rb"data:image/|<script", re.IGNORECASE)
_NOTHING_IN_IT = frozenset({"text/plain", "text/html", "text/calendar", "text/x-amp-html", "message/delivery-status"})
_MIME = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]*\r?\n|From ")  # a field of a header, or none and its end
_CHARSET = re.compile(r"[\w.:-]{1,40}")


def attach_entity(mail: bytes) -> bytes:
    """Write a mail as the entity that it is where it is attached as one."""
    return _ATTACHED + mail


def begins_as_entity(content: bytes) -> bool:
    """Say whether what was signed is an entity of MIME, as it is where a mail was signed."""
    return _MIME.match(content) is not None


def is_attached(entity: bytes) -> bool:
    """Say whether an entity was written as one that is attached."""
    return entity.startswith(_ATTACHED)


def list_files(message: Message, read_otherwise: ReadOtherwise, kind: FileKind = FileKind.MAIL) -> Iterator[Part]:
    """Give the parts of a mail in a file that are opened, in their order; those of other readings come last."""
    others = (part for other in read_otherwise(message) for part in other.root.children)
    return (part for part in chain(message.walk(), others) if _is_file_of(kind, part))


def _is_file_of(kind: FileKind, part: Part) -> bool:
    """Say whether a part is opened as a file; a page that was saved is shown by a browser, also its text."""
    if part.children or part.message is not None:
        return False
    return kind is FileKind.MHTML or bool(part.filename) or is_file(part)


def is_file(part: Part) -> bool:
    """Say whether a part is all that is neither text to be read nor made of other parts; HTML may be both."""
    if part.children or part.message is not None:
        return False
    return part.is_attachment or part.content_type not in _NOTHING_IN_IT or _is_long(part) or _holds_more(part)


def _is_long(part: Part) -> bool:
    """Say whether a text may be longer than is read of it; then what opens files looks at it, too."""
    return part.extent.end - part.extent.start > MAX_HTML_CHARS


def _holds_more(part: Part) -> bool:
    """Say whether HTML that is shown holds a picture, which may show a code for cameras, or a script.

    Some programs list HTML behind another text as a file, whatever it is called; in a browser its script runs.
    """
    return part.is_html and _WORTH_OPENING.search(part.content) is not None


def cut_entity(message: Message) -> bytes:
    """Give a mail with the bodies of its files cut short; no text that is shown is cut, and no part becomes another."""
    splices = tuple(_cut(part) for part in message.walk() if _is_long_file(part, message))
    return apply_splices(message.raw, splices) if splices else message.raw


def write_entity(text: bytes, subtype: str, charset: str = "") -> bytes:
    """Write a text as an entity; without a charset it is read by its look."""
    named = f"; charset={charset}" if _CHARSET.fullmatch(charset) else ""
    header = f"Content-Type: text/{subtype}{named}\r\nContent-Transfer-Encoding: binary".encode("ascii")
    return header + END_OF_HEADER + text


def _is_long_file(part: Part, message: Message) -> bool:
    is_leaf = not part.children and part.message is None
    return is_leaf and part.buffer is message.raw and part.extent.end - part.extent.start > _count_kept(part)


def _count_kept(part: Part) -> float:
    """Say how many bytes of a part are kept: all of a text that is shown."""
    if part.is_text:
        return MAX_TEXT_FILE_BYTES if part.is_attachment else math.inf
    return MAX_FILE_BYTES


def _cut(part: Part) -> Splice:
    """Cut a part at the end of a line: base64 stays whole."""
    start, end = part.extent.start, part.extent.end
    most = start + int(_count_kept(part))
    kept = part.buffer.rfind(b"\n", max(start, most - MAX_LINE_BYTES), most) + 1 or most
    return Splice(kept, end - kept, b"")
