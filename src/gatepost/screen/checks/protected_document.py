"""A document is protected against changes, or against printing and copying; nothing of it is encrypted for its reader.

Timesheets, forms and price lists are, so it says nothing by itself. Droppers protect their workbooks, too, and put
what runs on sheets that no menu shows: nobody is to look at it.
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried, walk_inside
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

CONCEALED = Kind(
    "protected_document.concealed",
    Severity.SUSPECT,
    1.5,
    "A workbook with macros is protected, and has sheets that no menu shows.",
)
AGAINST_CHANGES = Kind(
    "protected_document.against_changes",
    Severity.NOTE,
    0.0,
    "A document, a workbook or a sheet is protected against changes.",
)
RESTRICTED = Kind(
    "protected_document.restricted",
    Severity.NOTE,
    0.0,
    "A PDF is encrypted so that anybody may read it; it asks programs not to change, print or copy it.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (CONCEALED, AGAINST_CHANGES, RESTRICTED)

_PROTECTED, _RESTRICTED = "office.protected", "pdf.encrypted_openly"
_HIDDEN = frozenset({"office.very_hidden", "office.xlm_hidden"})
_MACROS = frozenset({"office.macro", "office.xlm"})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every document, at any depth."""
    for carried in list_carried(case):
        codes = {trait.code for trait in carried.file.traits}
        if _PROTECTED in codes:
            is_concealed = not codes.isdisjoint(_HIDDEN) and _has_macros(carried)
            yield _tell_concealed(carried) if is_concealed else _tell(carried)
        elif _RESTRICTED in codes:
            yield RESTRICTED.seen(
                carried.point(),
                says=f"The PDF {carried.call()} may be read, but asks not to be changed, printed or copied.",
                says_zh=f"PDF 文档 {carried.call_zh()} 可以阅读，但限制修改、打印或复制。",
            )


def _has_macros(carried: Carried) -> bool:
    return any(trait.code in _MACROS for inner in walk_inside(carried) for trait in inner.file.traits)


def _tell_concealed(carried: Carried) -> Finding:
    return CONCEALED.seen(
        carried.point(),
        says=f"The workbook {carried.call()} has macros, is protected, and has sheets that no menu shows.",
        says_zh=f"工作簿 {carried.call_zh()} 含有宏，受保护，并含有菜单中无法显示的工作表。",
    )


def _tell(carried: Carried) -> Finding:
    return AGAINST_CHANGES.seen(
        carried.point(),
        says=f"The document {carried.call()} is protected against changes.",
        says_zh=f"文档 {carried.call_zh()} 受到修改保护。",
    )
