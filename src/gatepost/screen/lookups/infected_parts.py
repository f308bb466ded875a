"""What an antivirus says of the parts of a mail: which of them it has found, or what a too large mail carries."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from gatepost.message.ambiguity.pieces import OTHER
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus, FileToOpen

MAX_PARTS = 50
MAX_BYTES = 64 * 1024 * 1024  # of all parts that are asked about
DEADLINE_S = 30.0  # for all of them: the sender waits


async def name_infected_parts(
    answer: AntivirusAnswer,
    list_files: Callable[[], Iterable[FileToOpen]],
    antivirus: Antivirus,
    deadline_s: float = DEADLINE_S,
) -> tuple[AntivirusAnswer, ...]:
    """Give what takes the place of an answer about a mail: answers that name the parts, where some bear what was found.

    Another thing that it finds in a part is told besides, also where the mail as a whole was too large for it. Where no
    part by itself bears what was found, or nobody answers in time, the answer stays: it is then about the whole mail.
    """
    if answer.outcome not in (Scanned.FOUND, Scanned.TOO_LARGE):
        return (answer,)
    found: list[AntivirusAnswer] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await _ask(tuple(_choose(list_files())), antivirus, found)
    is_named = answer.outcome is Scanned.FOUND and any(one.signature == answer.signature for one in found)
    return tuple(found) if is_named else (answer, *found)


def _choose(files: Iterable[FileToOpen]) -> Iterator[FileToOpen]:
    """What only other readings of the mail have is left out: it is asked about in any case (antivirus.py)."""
    left = MAX_BYTES
    for file in islice((file for file in files if not file.path.startswith(OTHER)), MAX_PARTS):
        if file.size_bytes <= left:
            left -= file.size_bytes
            yield file


async def _ask(files: Sequence[FileToOpen], antivirus: Antivirus, found: list[AntivirusAnswer]) -> None:
    for file in files:
        answer = await antivirus.scan(file.content)
        if answer.outcome is Scanned.UNANSWERED:
            return
        if answer.outcome is Scanned.FOUND:
            found.append(replace(answer, file=file.path))
