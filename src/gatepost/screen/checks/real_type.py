"""A file is something else than its name or the mail says, and the difference serves a deceiver.

Told are only differences that matter: a program or a script that bears the name of a document or a picture, a page
declared as a picture, an archive named as one, and files that are two things at once. An Office file under another
ending, or a table declared as text, is everyday.
"""

from collections.abc import Iterator
from itertools import islice

from gatepost.model.file_kinds import ARCHIVES, PROGRAMS, FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import read_extension
from gatepost.screen.kind import Kind

MAX_FILES = 2_000

PROGRAM = Kind(
    "real_type.program",
    Severity.DANGER,
    3.0,
    "A program that lies in an attached file bears the name of a document or a picture.",
)
SCRIPT = Kind("real_type.script", Severity.SUSPECT, 2.0, "A script bears the name of a document or a picture.")
PAGE = Kind(
    "real_type.page",
    Severity.ODD,
    1.0,
    "A web page bears the name of a picture or of a PDF; the mail declares no page.",
)
DECLARED = Kind(
    "real_type.declared",
    Severity.SUSPECT,
    2.0,
    "The mail declares a page, a program or a script as a picture, a sound or a document; or a page that is named as"
    " one of these is declared as a page.",
)
ARCHIVE = Kind(
    "real_type.archive",
    Severity.ODD,
    1.0,
    "An archive bears the name of a picture, a sound or a document without parts.",
)
POLYGLOT = Kind(
    "real_type.polyglot",
    Severity.SUSPECT,
    2.0,
    "A file is two things at once, depending on the program that opens it.",
)
POLYGLOT_PROGRAM = Kind(
    "real_type.polyglot_program",
    Severity.DANGER,
    3.0,
    "A file is a program or a script, and at once something else.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (PROGRAM, SCRIPT, PAGE, DECLARED, ARCHIVE, POLYGLOT, POLYGLOT_PROGRAM)

_PICTURES = frozenset(
    {
        "jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff", "ico", "heic", "mp3", "wav", "m4a", "ogg", "mp4",
        "mov", "avi", "mkv",
    }
)  # fmt: skip
_DOCUMENTS = _PICTURES | frozenset(
    {
        "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "ods", "odp", "wps", "et", "dps", "csv",
    }
)  # fmt: skip
_PAGES = frozenset({FileKind.HTML, FileKind.SVG, FileKind.MHTML})
_CODE = frozenset({FileKind.PE, FileKind.DOS_PROGRAM, FileKind.ELF, FileKind.MACH_O, FileKind.SHORTCUT})
_RUN = PROGRAMS | {FileKind.HTML, FileKind.INTERNET_SHORTCUT}
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "multipart/related"})
_HARMLESS_TYPES = ("image/", "audio/", "video/", "font/")
_DOCUMENT_TYPES = frozenset({"application/pdf", "application/rtf", "application/msword", "application/vnd.ms-excel"})
_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Hold what each file is against what it is said to be."""
    for carried in islice(list_carried(case), MAX_FILES):
        finding = _find_double(carried) or _find_mismatch(carried)
        if finding is not None:
            yield finding


def _find_double(carried: Carried) -> Finding | None:
    told = next((trait.text for trait in carried.file.traits if trait.code == "kind.polyglot"), "")
    if not told:
        return None
    kind = POLYGLOT_PROGRAM if carried.kinds & _RUN else POLYGLOT
    return kind.seen(
        carried.point(f"{carried.call()}: {told}"),
        says=f"The file {carried.call()} is several things at once ({told}), depending on what opens it.",
        says_zh=f"文件 {carried.call_zh()} 同时是多种类型（{told}），用不同的程序打开时结果不同。",
    )


def _find_mismatch(carried: Carried) -> Finding | None:
    ending = read_extension(carried.name)
    declared = carried.part.content_type if carried.part and not carried.holders else ""
    if _is_declared_otherwise(carried, ending, declared):
        return _tell(DECLARED, carried, declared)
    if ending not in _DOCUMENTS:
        return None
    kinds = carried.kinds
    if carried.holders and kinds & _CODE:  # a part that is one is told by executable_attachment
        return _tell(PROGRAM, carried, ending)
    if FileKind.SCRIPT in kinds:
        return _tell(SCRIPT, carried, ending)
    if kinds & _PAGES and (ending in _PICTURES or ending == "pdf"):
        return _tell(PAGE, carried, ending)
    return _tell(ARCHIVE, carried, ending) if kinds & ARCHIVES and ending in _PICTURES else None


def _is_declared_otherwise(carried: Carried, ending: str, declared: str) -> bool:
    if declared in _PAGE_TYPES:
        is_drawing = declared == "image/svg+xml" and FileKind.SVG not in carried.kinds
        return bool(carried.kinds & _PAGES) and ending in _DOCUMENTS and not is_drawing
    is_harmless = (
        declared.startswith(_HARMLESS_TYPES) or declared in _DOCUMENT_TYPES or declared.startswith(_OFFICE_TYPE)
    )
    is_active = carried.kinds & _PAGES or FileKind.SCRIPT in carried.kinds or carried.kinds & _CODE
    return is_harmless and bool(is_active) and ending not in _DOCUMENTS


def _tell(kind: Kind, carried: Carried, said: str) -> Finding:
    name, real = carried.call(), carried.file.kind
    return kind.seen(
        carried.point(f"{name}: {real}"),
        says=f"The file {name} is said to be {said}, but its content is {real}.",
        says_zh=f"文件 {carried.call_zh()} 声称是 {said}，但其内容是 {real}。",
    )
