"""Looks at PostScript: it is a program, and printers' interpreters have let it start others and change files.

Standards: PostScript Language Reference (3rd edition) §3.8 (files); Ghostscript's own operators.
Trust: the program comes from a stranger; nothing of it is run.
Fails: never; past MAX_BYTES the rest is not looked at.
"""

import re
from itertools import islice

from gatepost.message.attachments.desk import Desk, File, Insides
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

OPENS = frozenset({FileKind.POSTSCRIPT})
MAX_BYTES = 16 * 1024 * 1024
MAX_FOUND = 50
SHOWN_BYTES = 100

# Pipes to other programs, and the operators with which known holes leave the safe mode of Ghostscript
_RUNS = re.compile(
    rb"%pipe%|%handle%|\.runexec|\.forceput|\.loadfontloop|\.rsdparams|\.eqproc|\.setuserparams2|\.sort\b.{0,40}\.forceput"
    rb"|systemdict\s{1,20}/SAFER|/LockSafetyParams\s{1,20}false|/OutputFile\s{0,20}\(%pipe",
    re.DOTALL,
)
_CHANGES = re.compile(
    rb"\bdeletefile\b|\brenamefile\b|\)\s{0,20}\([wa]\+?\)\s{1,20}file\b|\bfilenameforall\b|/OutputFile\s{0,20}\(",
    re.DOTALL,
)


def look_inside(file: File, insides: Insides, desk: Desk) -> None:  # noqa: ARG001 - called like all openers
    """Note what the program reaches for."""
    content = file.content[:MAX_BYTES]
    if len(file.content) > MAX_BYTES:
        insides.opening = Opening.LIMIT
    for code, pattern in (("postscript.runs", _RUNS), ("postscript.changes_files", _CHANGES)):
        for match in islice(pattern.finditer(content), MAX_FOUND):
            shown = content[match.start() : match.start() + SHOWN_BYTES].decode("latin-1")
            insides.note(code, " ".join(shown.split()))
