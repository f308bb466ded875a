"""Read XML without what makes XML dangerous: no entities, nothing from outside, nothing too large.

Standards: XML 1.0 §4 (entities), refused.
Trust: the XML is a stranger's.
Fails: XmlRefusedError for entities, for size, for more names than any vocabulary has; expat's own error for bad XML.
"""

import re
from collections.abc import Callable
from xml.parsers import expat

from gatepost.message.charset import decode_text

MAX_BYTES = 32 * 1024 * 1024
MAX_NAMES = 20_000  # different ones
_HEAD_BYTES = 200
_NAMED = re.compile(rb"""\s*<\?xml\s[^>]{0,80}encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.IGNORECASE)
_KNOWN = frozenset({"utf-8", "us-ascii", "iso-8859-1"})  # to expat
_WIDE = (  # how a text begins, whatever it says of itself
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_PIECE_BYTES = 256 * 1024

Attributes = dict[str, str]


class XmlRefusedError(Exception):
    """The XML holds what no document needs, or too much."""


def read_xml(
    content: bytes,
    start: Callable[[str, Attributes], object],
    text: Callable[[str], object],
    end: Callable[[str], object],
) -> None:
    """Call back for every element and text; names come without their prefixes, whatever those are bound to."""
    if len(content) > MAX_BYTES:
        raise XmlRefusedError
    local_names: dict[str, str] = {}

    def enter(name: str, attributes: Attributes) -> None:
        local = local_names.get(name) or _remember(name, local_names)
        start(local, attributes)

    def leave(name: str) -> None:
        end(local_names[name])

    content, encoding = _decode(content)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    for position in range(0, len(content), _PIECE_BYTES):
        parser.Parse(content[position : position + _PIECE_BYTES], False)
    parser.Parse(b"", True)


def _decode(content: bytes) -> tuple[bytes, str | None]:
    """Turn charsets that expat does not know, and Office does, into one that it knows."""
    wide = next((charset for start, charset in _WIDE if content.startswith(start)), None)
    if wide is not None:
        return content.decode(wide, "replace").encode("utf-8", "replace"), "utf-8"
    match = _NAMED.match(content[:_HEAD_BYTES])
    if match is None or (name := match[1].decode("ascii").lower()) in _KNOWN:
        return content, None
    return decode_text(content, name).encode("utf-8", "replace"), "utf-8"


def _remember(name: str, local_names: dict[str, str]) -> str:
    if len(local_names) >= MAX_NAMES:
        raise XmlRefusedError
    return local_names.setdefault(name, name.rpartition(":")[2])


def _refuse(*_told: object) -> int:
    raise XmlRefusedError


def get_local(attributes: Attributes, name: str) -> str:
    """Give an attribute by its name without prefix, "" where it is not there."""
    for written, value in attributes.items():
        if written.rpartition(":")[2] == name:
            return value
    return ""
