"""A PDF is built so that programs read it differently, or so that filters find nothing in it.

Readers mend broken files, each in its own way: what one shows another passes over. Programs that make documents for
people write none of this; damage on the way is rare.

Standards: ISO 32000-1 §7.5 (file structure), §7.3.5 (names).
"""

from collections.abc import Iterator, Mapping

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

HIDDEN_NAME = Kind(
    "pdf_structure.hidden_name",
    Severity.DANGER,
    3.0,
    "A PDF writes the names of scripts or actions in codes, so that filters do not find them.",
)
AMBIGUOUS = Kind(
    "pdf_structure.ambiguous",
    Severity.SUSPECT,
    1.5,
    "A PDF begins late or without its mark, is packed many times, or its tables lie where other readers see otherwise.",
)
BOMB = Kind(
    "pdf_structure.bomb", Severity.DANGER, 3.0, "A PDF is packed so that whoever reads its objects runs out of memory."
)
DAMAGED = Kind(
    "pdf_structure.damaged", Severity.SUSPECT, 1.0, "A PDF is damaged, and readers mend it in different ways."
)
BEHIND = Kind("pdf_structure.data_behind", Severity.ODD, 1.0, "Much stands behind the end of a PDF.")
UNREAD_TEXT = Kind(
    "pdf_structure.unread_text", Severity.NOTE, 0.0, "A PDF has more text than is searched for addresses."
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (HIDDEN_NAME, BOMB, AMBIGUOUS, DAMAGED, BEHIND, UNREAD_TEXT)

_BY_TRAIT: Mapping[str, Kind] = {
    "pdf.hidden_name": HIDDEN_NAME,
    "pdf.bomb": BOMB,
    "pdf.odd_header": AMBIGUOUS,
    "pdf.late_header": AMBIGUOUS,
    "pdf.commented_object": AMBIGUOUS,
    "pdf.table_in_stream": AMBIGUOUS,
    "pdf.many_filters": AMBIGUOUS,
    "pdf.repaired": DAMAGED,
    "pdf.unreadable": DAMAGED,
    "pdf.data_behind": BEHIND,
    "pdf.text_cut": UNREAD_TEXT,
}
_SAYS: Mapping[Kind, tuple[str, str]] = {
    HIDDEN_NAME: ("hides the names of its actions in codes", "用编码隐藏其动作的名称"),
    BOMB: ("is made to exhaust whoever opens it", "旨在耗尽打开者的资源"),
    AMBIGUOUS: ("is built so that programs read it differently", "的结构会使不同程序读出不同内容"),
    DAMAGED: ("is damaged, or made to look so", "已损坏或被故意破坏"),
    BEHIND: ("goes on behind its end", "在文件结尾之后还有内容"),
    UNREAD_TEXT: ("has more text than was searched for addresses", "文字过多，未能全部查找其中的网址"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every PDF, at any depth; one finding of a kind for each."""
    for carried in list_carried(case):
        seen: dict[Kind, str] = {}
        for trait in carried.file.traits:
            if (kind := _BY_TRAIT.get(trait.code)) is not None:
                seen.setdefault(kind, trait.text or trait.code.partition(".")[2])
        yield from (_tell(kind, text, carried) for kind, text in seen.items())


def _tell(kind: Kind, text: str, carried: Carried) -> Finding:
    says, says_zh = _SAYS[kind]
    return kind.seen(
        carried.point(text),
        says=f"The PDF {carried.call()} {says}.",
        says_zh=f"PDF 文档 {carried.call_zh()} {says_zh}。",
    )
