"""A PostScript file reaches for more than a page: it starts other programs, or deletes and writes files.

What is printed needs none of it. Programs that show pictures hand PostScript on to an interpreter unasked.
"""

from collections.abc import Iterator, Mapping

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

RUNS = Kind(
    "postscript_program.runs",
    Severity.DANGER,
    3.5,
    "A PostScript file starts another program, or leaves the safe mode of its interpreter.",
)
CHANGES = Kind(
    "postscript_program.changes_files", Severity.SUSPECT, 2.0, "A PostScript file deletes, renames or writes files."
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (RUNS, CHANGES)

_BY_TRAIT: Mapping[str, Kind] = {"postscript.runs": RUNS, "postscript.changes_files": CHANGES}
_SAYS = {
    RUNS: ("starts another program", "会启动其他程序"),
    CHANGES: ("changes files of its reader", "会更改读者的文件"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every PostScript file, at any depth; one finding of a kind for each."""
    for carried in list_carried(case):
        seen: dict[Kind, str] = {}
        for trait in carried.file.traits:
            if (kind := _BY_TRAIT.get(trait.code)) is not None:
                seen.setdefault(kind, trait.text)
        for kind, text in seen.items():
            says, says_zh = _SAYS[kind]
            yield kind.seen(
                carried.point(text),
                says=f"The PostScript file {carried.call()} {says}: {quote(text)}.",
                says_zh=f"PostScript 文件 {carried.call_zh()} {says_zh}：{quote(text)}。",
            )
