"""What an antivirus says of files that it would not find: it reads a mail in one way, and knows no passwords."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from gatepost.model.contents import NOT_KEPT, Contents, OpenedFile
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.file_kinds import IMAGES, PROGRAMS, FileKind
from gatepost.model.ports import Antivirus, FileToOpen

MAX_BYTES = 128 * 1024 * 1024  # of all files of one mail together
MAX_TOLD = 50  # files of one outcome, unless something was found in them
DEADLINE_S = 60.0  # for all files of one mail: the sender waits
_SELDOM_BAD = IMAGES | {FileKind.TEXT, FileKind.CSV, FileKind.AUDIO, FileKind.VIDEO, FileKind.FONT}


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    size_bytes: int
    turn: int  # those with the smallest number come first
    digest: str  # "" where it is not known
    held: bytes | FileToOpen

    def read(self) -> bytes:
        """Give the bytes; of a large file they are made now."""
        return self.held if isinstance(self.held, bytes) else self.held.content


async def ask_about_files(
    contents: Contents, antivirus: Antivirus, more: Iterable[FileToOpen] = (), deadline_s: float = DEADLINE_S
) -> tuple[AntivirusAnswer, ...]:
    """Ask about each file that came back with its bytes and about `more`, one after the other: programs come first.

    The mail as it came is asked about apart. Files for whose bytes there is no room, here or before, are told as too
    large, and those that nobody has answered for at the deadline, or once the antivirus is silent, as unanswered.
    """
    files = sorted((*_list_opened(contents), *_list_others(more)), key=lambda file: file.turn)
    asked, beyond = _choose(files)
    beyond += [file.path for file in contents.walk() if _was_left(file)]
    answers: list[AntivirusAnswer] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await _ask(asked, antivirus, answers)
    answers += (AntivirusAnswer(Scanned.UNANSWERED, file=file.path) for file in asked[len(answers) :])
    answers += (AntivirusAnswer(Scanned.TOO_LARGE, file=path) for path in beyond)
    return tuple(_shorten(answers))


def _list_opened(contents: Contents) -> Iterator[_File]:
    for file in contents.walk():
        if file.content:
            yield _File(file.path, len(file.content), _find_turn(file.kind), file.sha256, file.content)


def _list_others(files: Iterable[FileToOpen]) -> Iterator[_File]:
    """List files that only other readings of the mail have: somebody hid them, so they come first."""
    return (_File(file.path, file.size_bytes, 0, "", file) for file in files)


def _find_turn(kind: FileKind) -> int:
    if kind in PROGRAMS:
        return 0
    return 2 if kind in _SELDOM_BAD else 1


def _was_left(file: OpenedFile) -> bool:
    return any(trait.code == NOT_KEPT for trait in file.traits)


def _choose(files: Iterable[_File]) -> tuple[list[_File], list[str]]:
    """Give the files that there is room for, and the paths of the others."""
    chosen, left_out, room_bytes = list[_File](), list[str](), MAX_BYTES
    for file in files:
        if file.size_bytes <= room_bytes:
            room_bytes -= file.size_bytes
            chosen.append(file)
        else:
            left_out.append(file.path)
    return chosen, left_out


async def _ask(files: Sequence[_File], antivirus: Antivirus, answers: list[AntivirusAnswer]) -> None:
    """Ask about each content once."""
    known: dict[str, AntivirusAnswer] = {}
    for file in files:
        answer = known.get(file.digest) or await antivirus.scan(file.read())
        if answer.outcome is Scanned.UNANSWERED:
            return
        if file.digest:
            known[file.digest] = answer
        answers.append(replace(answer, file=file.path))


def _shorten(answers: Iterable[AntivirusAnswer]) -> Iterator[AntivirusAnswer]:
    """Leave out what would only fill the records."""
    counts = Counter[Scanned]()
    for answer in answers:
        counts[answer.outcome] += 1
        if answer.outcome is Scanned.FOUND or counts[answer.outcome] <= MAX_TOLD:
            yield answer
