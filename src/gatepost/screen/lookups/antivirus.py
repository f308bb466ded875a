"""What an antivirus says of files that only we could open: it reads the mail itself, but it knows no passwords."""

from dataclasses import replace
from itertools import islice

from gatepost.model.contents import Contents
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus

MAX_FILES = 50


async def ask_about_files(contents: Contents, antivirus: Antivirus) -> tuple[AntivirusAnswer, ...]:
    """Ask about each file that came back with its bytes, one after the other; the mail as it came is asked about apart.

    Files beyond the limit are told as too large.
    """
    files = [file for file in contents.walk() if file.content]
    answers = [replace(await antivirus.scan(file.content), file=file.path) for file in islice(files, MAX_FILES)]
    return (*answers, *(AntivirusAnswer(Scanned.TOO_LARGE, file=file.path) for file in files[MAX_FILES:]))
