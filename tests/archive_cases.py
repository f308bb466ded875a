"""Opens one file as the sandbox does, and tells what was found: for the tests of the openers of archives."""

from collections.abc import Iterator
from dataclasses import replace

from gatepost.message.attachments.desk import Desk, Limits
from gatepost.message.attachments.opening import load_openers
from gatepost.model.contents import OpenedFile

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", rb"ANTIVIRUS-TEST-FILE!$H+H*"))
NOTE = b"Bring the long ladder.\n"
LIMITS = Limits()


def open_file(
    content: bytes, name: str = "a.bin", *, passwords: tuple[str, ...] = (), limits: Limits = LIMITS
) -> OpenedFile:
    return Desk(load_openers(), passwords, limits, keeps=lambda _file: True).open("2", name, content)


def find_traits(opened: OpenedFile) -> list[str]:
    """Give the codes of what archives are told for, without their family, each once."""
    codes = (trait.code for file in opened.walk() for trait in file.traits)
    return sorted({code.partition(".")[2] for code in codes if code.startswith("archive.")})


def find_contents(opened: OpenedFile) -> dict[str, bytes]:
    """Give the files straight inside, by name."""
    return {file.name: file.content for file in opened.files}


def has_eicar(opened: OpenedFile) -> bool:
    return any(file.content.startswith(EICAR) for file in opened.walk())


def give_prefixes(content: bytes) -> Iterator[bytes]:
    """Give what a cut or a flipped bit makes of a file, at a few dozen places."""
    step = max(1, len(content) // 40)
    for at in range(0, len(content), step):
        yield content[:at]
        yield content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def without_ratio(limits: Limits = LIMITS) -> Limits:
    return replace(limits, ratio=1_000_000)
