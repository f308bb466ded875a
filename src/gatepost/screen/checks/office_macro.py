"""A document holds macros: programs that run in the reader's office suite, some of them without being asked.

What starts by itself and reaches beyond the document, or writes files, is what droppers are (the rule of mraptor, of
the oletools, without its mere CreateObject); what only computes cells is harmless.
"""

from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.documents import call_document
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

HARMFUL = Kind(
    "office_macro.harmful",
    Severity.DANGER,
    3.5,
    "A macro starts by itself and runs programs, fetches files or writes into memory.",
)
DROPS = Kind(
    "office_macro.drops",
    Severity.DANGER,
    3.0,
    "A macro starts by itself and writes or deletes files.",
)
HOLLOW = Kind(
    "office_macro.hollow",
    Severity.DANGER,
    3.0,
    "A macro's source does not show what its compiled form does: scanners are to read something else than what runs.",
)
EXCEL4 = Kind(
    "office_macro.excel4",
    Severity.DANGER,
    3.0,
    "A sheet of Excel 4 macros starts by itself, hides, or calls programs and libraries.",
)
AUTORUN = Kind("office_macro.autorun", Severity.SUSPECT, 2.0, "A macro starts by itself.")
REACHES_OUT = Kind(
    "office_macro.reaches_out",
    Severity.SUSPECT,
    1.5,
    "A macro runs programs, fetches files or writes into memory once somebody starts it.",
)
ALTERED = Kind(
    "office_macro.altered",
    Severity.SUSPECT,
    1.5,
    "A macro has another number of lines in its compiled form than in its source: not Office changed one of them.",
)
EXCEL4_SHEET = Kind("office_macro.excel4_sheet", Severity.SUSPECT, 1.5, "A workbook has a sheet of Excel 4 macros.")
PRESENT = Kind("office_macro.present", Severity.SUSPECT, 1.0, "A document has macros.")
FUNCTIONS = Kind("office_macro.functions", Severity.NOTE, 0.0, "A document has functions of its own for its cells.")
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (
    HARMFUL,
    DROPS,
    HOLLOW,
    EXCEL4,
    AUTORUN,
    REACHES_OUT,
    ALTERED,
    EXCEL4_SHEET,
    PRESENT,
    FUNCTIONS,
)

_STARTS, _STRONG, _HIDDEN = "office.macro_autorun", "office.macro_suspicious", "office.macro_oversized"
_WRITES = "office.macro_writes"
_RIBBON = "office.ribbon_macro"  # named in the document around the macros
_EXCEL4_SIGNS = ("office.xlm_command", "office.xlm_autorun", "office.xlm_hidden")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at the macros of every document, at any depth."""
    for carried in list_carried(case):
        traits = _read_traits(carried)
        yield from _look_at_excel4(carried, traits)
        yield from _look_at_visual_basic(carried, traits)


def _read_traits(carried: Carried) -> dict[str, str]:
    """Give the first text of each trait by its code."""
    traits: dict[str, str] = {}
    for trait in carried.file.traits:
        if trait.code.startswith("office."):
            traits.setdefault(trait.code, trait.text)
    if "office.macro" in traits and carried.holders:
        for trait in carried.holders[-1].traits:
            if trait.code == _RIBBON:
                traits.setdefault(_STARTS, trait.text)
    return traits


def _call(carried: Carried) -> tuple[str, str]:
    name = call_document(carried)
    return name or "without a name", name or "（无名称）"


def _look_at_visual_basic(carried: Carried, traits: dict[str, str]) -> Iterator[Finding]:
    name, name_zh = _call(carried)
    start, strong = quote(traits.get(_STARTS, "")), quote(traits.get(_STRONG, ""))
    if "office.macro_stomped" in traits:
        yield HOLLOW.seen(
            carried.point(traits["office.macro_stomped"]),
            says=f"The macro in the document {name} does not show what it runs.",
            says_zh=f"文档 {name_zh} 中的宏隐藏了其真正运行的内容。",
        )
    elif "office.macro_altered" in traits:
        yield ALTERED.seen(
            carried.point(traits["office.macro_altered"]),
            says=f"The macro in the document {name} does not agree with its compiled form.",
            says_zh=f"文档 {name_zh} 中宏的源代码与其编译形式不一致。",
        )
    if _STARTS in traits and (_STRONG in traits or _HIDDEN in traits):
        yield HARMFUL.seen(
            carried.point(f"{start}: {strong}"),
            says=f"The document {name} holds a macro that starts by itself and uses {strong or 'what is hidden'}.",
            says_zh=f"文档 {name_zh} 含有自动运行的宏，并使用 {strong or '隐藏内容'}。",
        )
    elif _STARTS in traits and _WRITES in traits:
        yield DROPS.seen(
            carried.point(f"{start}: {quote(traits[_WRITES])}"),
            says=f"The document {name} holds a macro that starts by itself and writes or deletes files.",
            says_zh=f"文档 {name_zh} 含有自动运行并会写入或删除文件的宏。",
        )
    elif _STARTS in traits:
        yield AUTORUN.seen(
            carried.point(start),
            says=f"The document {name} holds a macro that starts by itself.",
            says_zh=f"文档 {name_zh} 含有自动运行的宏。",
        )
    elif _STRONG in traits or _HIDDEN in traits:
        yield REACHES_OUT.seen(
            carried.point(strong),
            says=f"The document {name} holds a macro that uses {strong or 'what is hidden'}.",
            says_zh=f"文档 {name_zh} 含有使用 {strong or '隐藏内容'} 的宏。",
        )
    elif "office.macro" in traits:
        yield from _look_at_plain(carried, traits)


def _look_at_plain(carried: Carried, traits: dict[str, str]) -> Iterator[Finding]:
    name, name_zh = _call(carried)
    module = carried.point(traits["office.macro"])
    if "office.macro_procedures" in traits or "office.macro_unusual" in traits:
        yield PRESENT.seen(module, says=f"The document {name} holds macros.", says_zh=f"文档 {name_zh} 含有宏。")
    else:
        yield FUNCTIONS.seen(
            module,
            says=f"The document {name} has functions of its own for its cells.",
            says_zh=f"文档 {name_zh} 含有供单元格使用的自定义函数。",
        )


def _look_at_excel4(carried: Carried, traits: dict[str, str]) -> Iterator[Finding]:
    name, name_zh = _call(carried)
    found = [code for code in _EXCEL4_SIGNS if code in traits]
    if found:
        yield EXCEL4.seen(
            *(carried.point(traits[code]) for code in found),
            says=f"The workbook {name} holds an old kind of macro that starts by itself, hides or runs programs.",
            says_zh=f"工作簿 {name_zh} 含有自动运行、隐藏或调用程序的旧式（Excel 4）宏。",
        )
    elif "office.xlm" in traits:
        yield EXCEL4_SHEET.seen(
            carried.point(traits["office.xlm"]),
            says=f"The workbook {name} holds an old kind of macro.",
            says_zh=f"工作簿 {name_zh} 含有旧式（Excel 4）宏。",
        )
