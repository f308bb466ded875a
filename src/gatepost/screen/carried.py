"""The files that a mail carries, each with what it lies in and with its place in the mail.

Trust: names and kinds come from a stranger; they are told through quote and point_at only.
Fails: never.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gatepost.message.ambiguity.pieces import OTHER
from gatepost.message.message import Part
from gatepost.model.contents import OpenedFile
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence
from gatepost.screen.case import Case
from gatepost.screen.file_names import read_base_name
from gatepost.screen.quoting import point_at, quote

MAX_FILES = 2_000
MAX_PARTS = 2_000  # no mail has more (message/source.py)

_LOCKED_ENTRY = "archive.locked_entry"


@dataclass(frozen=True, slots=True)
class Carried:
    """One file that was opened; `holders` are the files around it, the outermost first."""

    file: OpenedFile
    part: Part | None
    holders: tuple[OpenedFile, ...] = ()

    @property
    def name(self) -> str:
        """Give the name that a reader sees: in an archive without its folders."""
        return read_base_name(self.file.name) if self.holders else self.file.name

    @property
    def kinds(self) -> frozenset[FileKind]:
        """Give all that the file is."""
        also = {trait.text for trait in self.file.traits if trait.code == "kind.also"}
        return frozenset({self.file.kind, *(kind for kind in FileKind if kind in also)} if also else {self.file.kind})

    @property
    def locked_names(self) -> tuple[str, ...]:
        """Give the names of the files in it that nobody can read without the password."""
        return tuple(trait.text for trait in self.file.traits if trait.code == _LOCKED_ENTRY)

    def point(self, text: str = "") -> Evidence:
        """Give the evidence: its name behind those of its holders, or a text, and its place."""
        names = [holder.name or holder.kind for holder in (*self.holders, self.file)]
        return point_at(text or ": ".join(names), self.part.body_span if self.part else None, self.file.path)

    def call(self) -> str:
        """Name the file in a sentence."""
        return quote(self.name) or "without a name"

    def call_zh(self) -> str:
        """Name the file in a Chinese sentence."""
        return quote(self.name) or "（无名称）"


def point_at_part(part: Part, text: str = "") -> Evidence:
    """Give the evidence of a part that nobody has opened: its name or a text, and its place, so that it can go."""
    return point_at(text or part.filename or part.content_type, part.body_span, part.path)


def list_roots(case: Case) -> list[Carried]:
    """Give the files that are parts of the mail."""
    parts = {part.path: part for part in case.message.walk()} if case.contents.files else {}
    return [Carried(file, parts.get(file.path)) for file in case.contents.files]


def list_unopened(case: Case) -> Iterator[Part]:
    """Give the parts that are or may be taken for files, and that nobody has opened: some programs list named texts."""
    paths = {file.path for file in case.contents.files}
    opened = paths | {path.removeprefix(OTHER) for path in paths}  # another reading has it as a file: that is told
    parts = (part for part in case.message.walk() if not part.children and part.path not in opened)
    return islice((part for part in parts if part.is_attachment or part.filename), MAX_PARTS)


def list_carried(case: Case) -> Iterator[Carried]:
    """Give all files, each before those in it."""
    return islice((inner for root in list_roots(case) for inner in walk_inside(root)), MAX_FILES)


def walk_inside(carried: Carried) -> Iterator[Carried]:
    """Give a file and all in it."""
    yield carried
    for file in carried.file.files:
        yield from walk_inside(Carried(file, carried.part, (*carried.holders, carried.file)))
