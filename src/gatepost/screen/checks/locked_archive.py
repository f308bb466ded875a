"""An archive is locked by a password: nobody can look into it, or only with the password that the mail itself gives.

A password in the same mail protects nothing from anybody but a scanner; criminals lock what scanners would know.
"""

from collections.abc import Iterator
from itertools import islice

from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import PROGRAMS
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

MAX_FILES = 2_000
MAX_NAMES_SHOWN = 3

LOCKED = Kind(
    "locked_archive.locked", Severity.SUSPECT, 2.0, "An archive is locked by a password that nobody here knows."
)
UNLOCKED = Kind(
    "locked_archive.unlocked",
    Severity.ODD,
    1.0,
    "An archive is locked by a password that stands in the mail, or that everybody guesses.",
)
PROGRAM = Kind(
    "locked_archive.program",
    Severity.DANGER,
    4.0,
    "A program was locked in an archive, and the password stands in the mail, or everybody guesses it.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (LOCKED, UNLOCKED, PROGRAM)

_LOCKED_TRAITS = frozenset({"archive.locked_entry", "archive.encrypted_names"})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at each archive that is locked, or was."""
    for carried in islice(list_carried(case), MAX_FILES):
        codes = {trait.code for trait in carried.file.traits}
        if carried.file.opening is Opening.LOCKED and not codes.isdisjoint(_LOCKED_TRAITS):
            yield _tell_locked(carried)
        if "archive.unlocked" in codes:
            yield _tell_unlocked(carried)


def _tell_locked(carried: Carried) -> Finding:
    names = [carried.point(name) for name in carried.locked_names[:MAX_NAMES_SHOWN]]
    return LOCKED.seen(
        *(names or [carried.point()]),
        says=f"The archive {carried.call()} is locked, so nobody could look into it.",
        says_zh=f"压缩包 {carried.call_zh()} 已加密，无法检查其内容。",
    )


def _tell_unlocked(carried: Carried) -> Finding:
    program = next((file for file in _walk_unlocked(carried.file) if file.kind in PROGRAMS), None)
    if program is None:
        return UNLOCKED.seen(
            carried.point(),
            says=f"The archive {carried.call()} is locked, and its password is not hard to find.",
            says_zh=f"压缩包 {carried.call_zh()} 已加密，但密码不难找到。",
        )
    return PROGRAM.seen(
        carried.point(program.name),
        says=f"The archive {carried.call()} was locked to hide a program from virus scanners.",
        says_zh=f"压缩包 {carried.call_zh()} 用密码隐藏了程序，以躲避杀毒软件。",
    )


def _walk_unlocked(archive: OpenedFile) -> Iterator[OpenedFile]:
    for file in archive.files:
        yield from file.walk()
