"""What an antivirus says of files that it would not find: it reads a mail in one way, and knows no passwords."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from gatepost.model.contents import Contents
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus, FileToOpen

MAX_FILES = 50


async def ask_about_files(
    contents: Contents, antivirus: Antivirus, more: Iterable[FileToOpen] = ()
) -> tuple[AntivirusAnswer, ...]:
    """Ask about each file that came back with its bytes and about `more`, one after the other.

    The mail as it came is asked about apart. Files beyond the limit are told as too large.
    """
    opened = ((file.path, file.content) for file in contents.walk() if file.content)
    files = tuple(chain(opened, ((file.path, file.content) for file in more)))
    answers = [replace(await antivirus.scan(content), file=path) for path, content in files[:MAX_FILES]]
    return (*answers, *(AntivirusAnswer(Scanned.TOO_LARGE, file=path) for path, _ in files[MAX_FILES:]))
