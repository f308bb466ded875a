"""What was found in the files that a mail carries: plain values, as they come back from the sandbox.

Trust: the process that made them had a stranger's file open; they are believed as observations, never as commands.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from gatepost.model.file_kinds import FileKind

MAX_TRAIT_CHARS = 200


class Opening(enum.StrEnum):
    """How far a file was opened."""

    LEAF = "leaf"  # nothing in this kind is opened
    OPENED = "opened"
    LOCKED = "locked"  # encrypted, and no password fits
    BROKEN = "broken"  # damaged, or made to be read differently
    LIMIT = "limit"  # too deep, too many, too large: not opened, or not to its end
    TOO_SLOW = "too-slow"  # the time was up
    CRASHED = "crashed"  # what opened it died


class LinkSource(enum.StrEnum):
    """Where in a file a link stood."""

    DOCUMENT = "document"  # a link, an action or a relation of the document
    QR_CODE = "qr-code"
    FORM = "form"  # where a form's answers go
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that an opener saw; a check says what it means. `code` is `<family>.<what>`."""

    code: str
    text: str = ""  # what stands there, at most MAX_TRAIT_CHARS


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A URL that stood in a file, as it was written."""

    url: str
    source: LinkSource = LinkSource.DOCUMENT


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """One file: a part of the mail, or what was found in one.

    `path` is the part's path, then the position in each file around it: "2" is a part, "2:1" the first file in it,
    "2:1.3" the third file in that.
    """

    path: str
    name: str  # as the mail or the archive says it, "" for none
    kind: FileKind
    size_bytes: int
    opening: Opening = Opening.LEAF
    sha256: str = ""  # "" where it was not looked at whole
    traits: tuple[Trait, ...] = ()
    links: tuple[FoundLink, ...] = ()
    files: tuple["OpenedFile", ...] = ()
    content: bytes = field(default=b"", repr=False)  # only where the order asked for it

    def walk(self) -> Iterator["OpenedFile"]:
        """Give this file and all in it, depth first."""
        yield self
        for inner in self.files:
            yield from inner.walk()


@dataclass(frozen=True, slots=True)
class Contents:
    """All files of one mail that were opened; `files` has one for each file of the order, in its order."""

    files: tuple[OpenedFile, ...] = ()

    def walk(self) -> Iterator[OpenedFile]:
        """Give all files, depth first."""
        for file in self.files:
            yield from file.walk()


NO_CONTENTS = Contents()
