"""A document is encrypted: nobody on its way can look into it, and the reader is told the password.

Office opens some encrypted documents without asking, because their password is its own; that has an honest use in old
workbooks (protection against changes) and none in new ones.
"""

from collections.abc import Iterator

from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

LOCKED = Kind(
    "locked_document.locked", Severity.SUSPECT, 1.5, "A document is encrypted, and no password that is known opens it."
)
TOLD = Kind(
    "locked_document.password_told",
    Severity.SUSPECT,
    1.5,
    "A document is encrypted, and the mail that brings it tells the password.",
)
OPEN_LOCK = Kind(
    "locked_document.open_lock",
    Severity.SUSPECT,
    1.5,
    "A new document is encrypted with the password that Office tries by itself: only scanners are kept out.",
)
OLD_LOCK = Kind(
    "locked_document.old_lock",
    Severity.NOTE,
    0.0,
    "An old workbook is encrypted with the password that Office tries by itself, as its protection against changes is.",
)
LOCKED_PDF = Kind(
    "locked_document.locked_pdf",
    Severity.ODD,
    0.5,
    "A PDF is encrypted, and no password that is known opens it, as banks send such: nobody has seen what is in it.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (LOCKED, TOLD, OPEN_LOCK, OLD_LOCK, LOCKED_PDF)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every document, at any depth."""
    for carried in list_carried(case):
        codes = {trait.code for trait in carried.file.traits}
        if "office.locked" in codes:
            yield _tell_locked(LOCKED, carried)
        elif "pdf.locked" in codes:
            yield _tell_locked(LOCKED_PDF, carried)
        elif "office.unlocked" in codes:
            yield TOLD.seen(
                carried.point(),
                says=f"The document {carried.call()} is encrypted, and its password stands in the mail.",
                says_zh=f"文档 {carried.call_zh()} 已加密，而密码就写在邮件中。",
            )
        elif "office.unlocked_by_itself" in codes:
            yield _tell_open(carried)


def _tell_locked(kind: Kind, carried: Carried) -> Finding:
    return kind.seen(
        carried.point(),
        says=f"The document {carried.call()} is encrypted, so nobody could look into it.",
        says_zh=f"文档 {carried.call_zh()} 已加密，无法检查其内容。",
    )


def _tell_open(carried: Carried) -> Finding:
    is_new = any(inner.kind is FileKind.OOXML for inner in carried.file.files)
    return (OPEN_LOCK if is_new else OLD_LOCK).seen(
        carried.point(),
        says=f"The document {carried.call()} is encrypted in a way that Office opens without asking.",
        says_zh=f"文档 {carried.call_zh()} 的加密方式可被 Office 直接打开。",
    )
