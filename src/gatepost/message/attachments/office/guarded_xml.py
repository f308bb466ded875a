"""Read XML without what makes XML dangerous: no entities, nothing from outside, nothing too large or too deep.

Standards: XML 1.0 §4 (entities), refused.
Trust: the XML is a stranger's.
Fails: XmlRefusedError for entities, depth and size; expat's own error for what is not well formed.
"""

from collections.abc import Callable
from xml.parsers import expat

MAX_BYTES = 48 * 1024 * 1024
MAX_DEPTH = 2_000
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
    depth = 0

    def enter(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise XmlRefusedError
        start(name.rpartition(":")[2], attributes)

    def leave(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(":")[2])

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    for position in range(0, len(content), _PIECE_BYTES):
        parser.Parse(content[position : position + _PIECE_BYTES], False)
    parser.Parse(b"", True)


def _refuse(*_told: object) -> int:
    raise XmlRefusedError


def get_local(attributes: Attributes, name: str) -> str:
    """Give an attribute by its name without prefix, "" where it is not there."""
    for written, value in attributes.items():
        if written.rpartition(":")[2] == name:
            return value
    return ""
