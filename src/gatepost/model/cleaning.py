"""What is taken out of a mail so that the rest of it can be delivered; the mail as it came is kept beside that."""

import enum
from dataclasses import dataclass

from gatepost.model.splice import Splice


class Form(enum.StrEnum):
    """In which form a mail goes to a recipient."""

    ORIGINAL = "original"
    CLEANED = "cleaned"  # a note stands in the place of each file that was taken out


@dataclass(frozen=True, slots=True)
class RemovedPart:
    """One part of a mail in whose place a note stands; the sentences say why."""

    path: str
    name: str  # as the mail says it, "" for none
    kind: str  # what was found in it (model/file_kinds.py), else the declared media type
    size_bytes: int  # decoded
    sha256: str
    findings: tuple[str, ...]  # codes
    says: str
    says_zh: str


@dataclass(frozen=True, slots=True)
class Cleaning:
    """The edits that make the cleaned form out of the raw bytes, and what they take out."""

    splices: tuple[Splice, ...] = ()
    removed: tuple[RemovedPart, ...] = ()


NO_CLEANING = Cleaning()
