"""What was found in the files that a mail carries: plain values, as they come back from the sandbox.

Trust: the process that made them had a stranger's file open; they are believed as observations, never as commands.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gatepost.model.file_kinds import FileKind

MAX_TRAIT_CHARS = 200
NOT_KEPT = "opening.not-kept"  # trait of a file whose bytes were asked for, and that there was no room for
FITTED = "password."  # begins the trait of a file that a password has opened; behind it stands where that was found
MAX_FILES_RECORDED = 200
MAX_CHARS_RECORDED = 40_000  # of names, traits and links together


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


T = TypeVar("T", Trait, FoundLink)


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
    shown: tuple[bytes, ...] = field(
        default=(), repr=False
    )  # each an entity of MIME, shown as the mail's own; not recorded

    def walk(self) -> Iterator["OpenedFile"]:
        """Give this file and all in it, depth first."""
        yield self
        for inner in self.files:
            yield from inner.walk()


@dataclass(frozen=True, slots=True)
class Contents:
    """All files of one mail that were opened; `files` has one for each file of the order, in its order."""

    files: tuple[OpenedFile, ...] = ()
    left_out_count: int = 0  # files that a record has no room for

    def walk(self) -> Iterator[OpenedFile]:
        """Give all files, depth first."""
        for file in self.files:
            yield from file.walk()


NO_CONTENTS = Contents()


def list_places(path: str) -> Iterator[str]:
    """Give the paths of all that a file lies in, and at last its own.

    >>> list(list_places("1.2:3.4"))
    ['1.2', '1.2:3', '1.2:3.4']
    """
    part, _, inside = path.partition(":")
    yield part
    steps = inside.split(".") if inside else []
    yield from (f"{part}:{'.'.join(steps[: count + 1])}" for count in range(len(steps)))


def choose_files(contents: Contents, told: Iterable[str], count: int) -> list[OpenedFile]:
    """Give at most so many files in their order: before others those at the paths `told`, and what these lie in."""
    files = list(contents.walk())
    first = {place for path in told for place in list_places(path)}
    numbers = sorted(range(len(files)), key=lambda number: files[number].path not in first)[:count]
    return [files[number] for number in sorted(numbers)]


def shorten(contents: Contents, told: Iterable[str] = ()) -> Contents:
    """Give what is recorded with a verdict: no bytes of files, and no more than a mail may cost the journal.

    Of many files, those at the paths `told` are kept before others.
    """
    if not contents.files:
        return NO_CONTENTS
    record = _Record(choose_files(contents, told, MAX_FILES_RECORDED))
    files = record.add(contents.files)
    return Contents(files, contents.left_out_count + record.left_out_count)


class _Record:
    """A tree of files being copied while there is room: those that were chosen, and none else."""

    def __init__(self, chosen: Iterable[OpenedFile]) -> None:
        self.left_out_count = 0
        self._chosen = {id(file) for file in chosen}
        self._chars_left = MAX_CHARS_RECORDED

    def add(self, files: Iterable[OpenedFile]) -> tuple[OpenedFile, ...]:
        kept = []
        for file in files:
            if id(file) not in self._chosen:
                self.left_out_count += sum(1 for _ in file.walk())
                continue
            kept.append(
                replace(
                    file,
                    name=self._take(file.name),
                    traits=self._fit(file.traits),
                    links=self._fit(file.links),
                    files=self.add(file.files),
                    content=b"",
                    shown=(),
                )
            )
        return tuple(kept)

    def _take(self, text: str) -> str:
        taken = text[: self._chars_left]
        self._chars_left -= len(taken)
        return taken

    def _fit(self, seen: tuple[T, ...]) -> tuple[T, ...]:
        """Keep as many as there is room for, whole."""
        kept = []
        for one in seen:
            size = len(one.url) if isinstance(one, FoundLink) else len(one.code) + len(one.text)
            if size > self._chars_left:
                break
            self._chars_left -= size
            kept.append(one)
        return tuple(kept)
