"""What an antivirus says of files that it would not find: it reads a mail in one way, and knows no passwords."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain

from gatepost.model.contents import NOT_KEPT, Contents, OpenedFile
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus, FileToOpen

MAX_FILES = 50
DEADLINE_S = 60.0  # for all files of one mail: the sender waits

_File = tuple[str, bytes]  # path and content


async def ask_about_files(
    contents: Contents, antivirus: Antivirus, more: Iterable[FileToOpen] = (), deadline_s: float = DEADLINE_S
) -> tuple[AntivirusAnswer, ...]:
    """Ask about each file that came back with its bytes and about `more`, one after the other.

    The mail as it came is asked about apart. Files beyond the limit, or whose bytes did not come, are told as too
    large, and those that nobody has answered for at the deadline, or once the antivirus is silent, as unanswered.
    """
    opened = ((file.path, file.content) for file in contents.walk() if file.content)
    files = tuple(chain(opened, ((file.path, file.content) for file in more)))
    asked, beyond = files[:MAX_FILES], [path for path, _ in files[MAX_FILES:]]
    beyond += [file.path for file in contents.walk() if _was_left(file)]
    answers: list[AntivirusAnswer] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await _ask(asked, antivirus, answers)
    return (
        *answers,
        *(AntivirusAnswer(Scanned.UNANSWERED, file=path) for path, _ in asked[len(answers) :]),
        *(AntivirusAnswer(Scanned.TOO_LARGE, file=path) for path in beyond[:MAX_FILES]),
    )


def _was_left(file: OpenedFile) -> bool:
    return any(trait.code == NOT_KEPT for trait in file.traits)


async def _ask(files: Sequence[_File], antivirus: Antivirus, answers: list[AntivirusAnswer]) -> None:
    for path, content in files:
        answer = await antivirus.scan(content)
        if answer.outcome is Scanned.UNANSWERED:
            return
        answers.append(replace(answer, file=path))
