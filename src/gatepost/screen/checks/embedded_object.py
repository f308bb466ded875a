"""A document holds objects of other programs: files to be double-clicked, or data made to break an old program.

Pictures, sheets in a letter and the like are ordinary and not told.
"""

from collections.abc import Iterator, Mapping

from gatepost.model.file_kinds import PROGRAMS, FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.documents import call_document
from gatepost.screen.file_names import read_extension
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

PROGRAM = Kind("embedded_object.program", Severity.DANGER, 3.5, "A program or script lies in a document.")
EXPLOIT = Kind(
    "embedded_object.exploit",
    Severity.DANGER,
    3.5,
    "An object of a document is made for a program that is known for being broken by such objects.",
)
LINKED_PROGRAM = Kind(
    "embedded_object.linked_program",
    Severity.DANGER,
    3.0,
    "An object of a document runs a file of the reader's machine.",
)
FILE = Kind(
    "embedded_object.file",
    Severity.SUSPECT,
    1.5,
    "A file lies in a document as an object that a double click opens, past the marks of files from the internet.",
)
SELF_UPDATING = Kind(
    "embedded_object.self_updating",
    Severity.SUSPECT,
    2.0,
    "An object in rich text is loaded anew whenever the text is opened, or its data is garbled.",
)
EQUATION = Kind(
    "embedded_object.equation",
    Severity.ODD,
    0.7,
    "A document holds equations of an editor that is no longer kept safe.",
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (PROGRAM, EXPLOIT, LINKED_PROGRAM, FILE, SELF_UPDATING, EQUATION)

_DOCUMENTS = frozenset(
    {
        FileKind.OOXML, FileKind.OPEN_DOCUMENT, FileKind.OLE, FileKind.OFFICE_XML, FileKind.RTF, FileKind.ONENOTE,
        FileKind.ACTIVE_MIME,
    }
)  # fmt: skip
_BY_TRAIT: Mapping[str, Kind] = {
    "office.equation_exploit": EXPLOIT,
    "office.harmful_object": EXPLOIT,
    "office.package_link": LINKED_PROGRAM,
    "office.package": FILE,
    "office.object_updates": SELF_UPDATING,
    "office.odd_object": SELF_UPDATING,
    "office.equation": EQUATION,
}
_WORDS: Mapping[Kind, tuple[str, str]] = {
    PROGRAM: ("holds a program", "含有程序"),
    EXPLOIT: ("holds an object that may attack its reader's computer", "含有可能攻击读者电脑的对象"),
    LINKED_PROGRAM: ("holds an object that runs a file of the computer", "含有会运行本机文件的对象"),
    FILE: ("holds another file", "含有另一个文件"),
    SELF_UPDATING: ("holds an object that loads itself", "含有会自行加载的对象"),
    EQUATION: ("holds an object of an unsafe equation editor", "含有不安全的公式编辑器对象"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at every document, at any depth; one finding of a kind for each."""
    programs = kit.tables.files.programs
    for carried in list_carried(case):
        seen = dict(_read_kinds(carried, programs))
        if PROGRAM in seen:
            seen.pop(FILE, None)
        if EXPLOIT in seen:
            seen.pop(EQUATION, None)
        yield from (_tell(kind, text, carried) for kind, text in seen.items())


def _read_kinds(carried: Carried, programs: frozenset[str]) -> Iterator[tuple[Kind, str]]:
    """Give what is seen of a document, with what stands there; a later one of a kind takes the place of the former."""
    for trait in carried.file.traits:
        kind = _BY_TRAIT.get(trait.code)
        if kind is FILE and read_extension(trait.text) in programs:
            yield PROGRAM, trait.text
        elif kind:
            yield kind, trait.text
    if carried.file.kind in _DOCUMENTS:
        for inner in carried.file.files:
            if inner.kind in PROGRAMS:
                yield PROGRAM, inner.name or inner.kind


def _tell(kind: Kind, text: str, carried: Carried) -> Finding:
    words, words_zh = _WORDS[kind]
    name = call_document(carried)
    what = f": {quote(text)}" if text else ""
    what_zh = f"：{quote(text)}" if text else ""
    return kind.seen(
        carried.point(text),
        says=f"The document {name or 'without a name'} {words}{what}.",
        says_zh=f"文档 {name or '（无名称）'} {words_zh}{what_zh}。",
    )
