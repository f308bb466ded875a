"""A page or a script carries a file in a coding, and hands it to its reader in the browser (HTML smuggling).

So the file passes every filter that looks at attachments. Pictures and fonts are carried so by honest pages, and so is
what a secure mail gateway has encrypted; programs, archives, documents and pages that ask for passwords are not.
Scripts in source hold archives for their tests; of what they carry only programs count.
"""

from collections.abc import Iterator

from gatepost.model.contents import OpenedFile
from gatepost.model.file_kinds import ARCHIVES, PROGRAMS, FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried, walk_inside
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

PROGRAM = Kind(
    "smuggled_file.program", Severity.DANGER, 4.0, "A page or script carries a program, a disk image or a shortcut."
)
ARCHIVE = Kind("smuggled_file.archive", Severity.DANGER, 3.0, "A page carries an archive and hands it over.")
DOCUMENT = Kind("smuggled_file.document", Severity.SUSPECT, 2.0, "A page carries a document and hands it over.")
PASSWORD_PAGE = Kind(
    "smuggled_file.password_page",
    Severity.DANGER,
    4.0,
    "A page hides another page in a coding that asks for a password.",
)
PAGE = Kind(
    "smuggled_file.page",
    Severity.SUSPECT,
    2.0,
    "A page hides another page in a coding, and that one holds scripts or forms.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (PROGRAM, ARCHIVE, DOCUMENT, PASSWORD_PAGE, PAGE)

_CARRIERS = frozenset({FileKind.HTML, FileKind.SVG, FileKind.SCRIPT})
_DISKS = frozenset(
    {FileKind.ISO, FileKind.UDF, FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE}
)
_PROGRAMS = PROGRAMS | _DISKS | {FileKind.INTERNET_SHORTCUT}
_DOCUMENTS = frozenset(
    {
        FileKind.PDF, FileKind.OOXML, FileKind.OPEN_DOCUMENT, FileKind.OLE, FileKind.RTF, FileKind.ONENOTE,
        FileKind.OFFICE_XML, FileKind.OUTLOOK_MESSAGE,
    }
)  # fmt: skip
_PAGES = frozenset({FileKind.HTML, FileKind.SVG})
_ACTIVE = frozenset(("page.script", "page.form", "page.builds", "page.jumps", "page.refresh"))
_WHAT = {
    PROGRAM: ("a program", "程序"),
    ARCHIVE: ("an archive", "压缩包"),
    DOCUMENT: ("a document", "文档"),
    PASSWORD_PAGE: ("a page that asks for a password", "要求输入密码的网页"),
    PAGE: ("another page", "另一个网页"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at what each page and script carries."""
    for carried in list_carried(case):
        if carried.kinds & _CARRIERS and carried.file.files:
            yield from _examine_carrier(carried)


def _examine_carrier(carrier: Carried) -> Iterator[Finding]:
    seen: set[Kind] = set()
    inner = walk_inside(carrier)
    next(inner)
    for carried in inner:
        is_at_once = len(carried.holders) == len(carrier.holders) + 1
        kind = _judge(carried) if is_at_once else None
        if kind is not None and kind not in seen and (kind is PROGRAM or carrier.file.kind is not FileKind.SCRIPT):
            seen.add(kind)
            yield _tell(kind, carrier, carried)


def _judge(carried: Carried) -> Kind | None:
    kinds = carried.kinds
    for kind, such in ((PROGRAM, _PROGRAMS), (DOCUMENT, _DOCUMENTS), (ARCHIVE, ARCHIVES)):
        if kinds & such:
            return kind
    return _judge_page(carried.file) if kinds & _PAGES else None


def _judge_page(file: OpenedFile) -> Kind | None:
    codes = {trait.code for trait in file.traits}
    if "page.password_form" in codes:
        return PASSWORD_PAGE
    return PAGE if codes & _ACTIVE else None


def _tell(kind: Kind, carrier: Carried, carried: Carried) -> Finding:
    what, what_zh = _WHAT[kind]
    name = quote(carried.name)
    called, called_zh = (f" ({name})", f"（{name}）") if name else ("", "")
    return kind.seen(
        carried.point(),
        says=f"The page {carrier.call()} hides {what}{called}, which it hands over when it is opened.",
        says_zh=f"网页 {carrier.call_zh()} 中藏有{what_zh}{called_zh}，打开后会交给读者。",
    )
