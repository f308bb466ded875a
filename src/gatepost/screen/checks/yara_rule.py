"""A YARA rule matches a file that the mail carries, at any depth, or its text.

Rules come with gatepost and from the operator's folder (`[screen.yara]`); how grave a match is, each rule says itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from gatepost.message.attachments.kinds import detect_kinds
from gatepost.message.attachments.rules import RuleName, Scanned
from gatepost.message.large import LARGE_BYTES
from gatepost.message.message import Part
from gatepost.model.contents import OpenedFile
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote
from gatepost.screen.rule_book import RuleBook

MAX_TEXT_BYTES = 1024 * 1024  # of all texts of the mail; nobody reads more
MAX_PARTS = 200
TIMEOUT_S = 2

MALWARE = Kind("yara_rule.malware", Severity.MALWARE, 6.0, "A YARA rule of severity malware matches.")
DANGER = Kind("yara_rule.danger", Severity.DANGER, 3.0, "A YARA rule of severity danger matches.")
SUSPECT = Kind("yara_rule.suspect", Severity.SUSPECT, 2.0, "A YARA rule of severity suspect, or of none, matches.")
ODD = Kind("yara_rule.odd", Severity.ODD, 1.0, "A YARA rule of severity odd matches.")
NOTE = Kind("yara_rule.note", Severity.NOTE, 0.0, "A YARA rule of severity note matches.")
KINDS: tuple[Kind, ...] = (MALWARE, DANGER, SUSPECT, ODD, NOTE)

_PREFIX = "yara."
_BY_SEVERITY: Mapping[Severity, Kind] = {kind.severity: kind for kind in KINDS}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Tell the matches that were seen in opened files, and look at the parts that nobody opened."""
    book = kit.rule_book
    if not book.rules:
        return
    for file in case.contents.walk():
        yield from _tell_file(file, book)
    opened = {file.path for file in case.contents.files}
    leaves = [part for part in islice(case.message.walk(), MAX_PARTS) if not part.children and part.message is None]
    parts = [part for part in leaves if part.path not in opened]
    yield from _look_at_texts([part for part in parts if not part.is_attachment and part.is_text], book)
    for part in parts:
        if part.is_attachment:
            yield from _look_at_file(part, book)


def _tell_file(file: OpenedFile, book: RuleBook) -> Iterator[Finding]:
    for trait in file.traits:
        if trait.code.startswith(_PREFIX):
            name = RuleName(trait.text, trait.code.removeprefix(_PREFIX))
            yield _tell(name, book, file.path, quote(file.name or file.kind))


def _look_at_texts(parts: Iterable[Part], book: RuleBook) -> Iterator[Finding]:
    """Look at all texts at once: to begin is dearer than to look."""
    text = b"\n".join(part.read_beginning(MAX_TEXT_BYTES) for part in parts)[:MAX_TEXT_BYTES]
    if book.may_match(text):
        for name in book.text_rules.find(Scanned(text, FileKind.TEXT), TIMEOUT_S):
            yield _tell(name, book, "", "")


def _look_at_file(part: Part, book: RuleBook) -> Iterator[Finding]:
    """Look at a file that no sandbox has opened: a large one must not lie in memory a second time."""
    content = part.read_edges(LARGE_BYTES)
    kind = detect_kinds(content, part.filename)[0]
    for name in book.rules.find(Scanned(content, kind, part.filename), TIMEOUT_S):
        yield _tell(name, book, part.path, quote(part.filename or part.content_type))


def _tell(name: RuleName, book: RuleBook, path: str, where: str) -> Finding:
    words, rule = book.explain(name), quote(name.rule)  # a child of the sandbox may have invented it
    described = f": {words.description}" if words.description else "."
    described_zh = f"：{words.description_zh or words.description}" if words.description else "。"
    place, place_zh = (f"the file {where}", f"文件 {where} ") if where else ("the text of this mail", "邮件正文")
    source = f" ({words.reference})" if words.reference else ""
    return _BY_SEVERITY[words.severity].seen(
        Evidence(f"{quote(name.file)}/{rule}{source}", file=path),
        says=f"The rule {rule} matches {place}{described}",
        says_zh=f"{place_zh}符合规则 {rule}{described_zh}",
    )
