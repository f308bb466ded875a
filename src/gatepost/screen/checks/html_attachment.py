"""An attached HTML file runs scripts in the reader's browser, often to build a forbidden file (HTML smuggling)."""

import re
from collections.abc import Iterator

from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.attached_html import AttachedPage, list_rest, read_attached_html
from gatepost.screen.carried import point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

SMUGGLING = Kind(
    "html_attachment.smuggling",
    Severity.DANGER,
    4.0,
    "An attached HTML file decodes data with a script and hands it to the reader as a file or a page.",
)
SCRIPT = Kind("html_attachment.script", Severity.SUSPECT, 2.0, "An attached HTML file holds a script.")
LEADS_ON = Kind(
    "html_attachment.leads_on",
    Severity.SUSPECT,
    2.0,
    "An attached HTML file leads on to another page by itself, or shows another site within itself.",
)
PAGE = Kind("html_attachment.page", Severity.ODD, 1.0, "An HTML file is attached.")
KINDS: tuple[Kind, ...] = (SMUGGLING, SCRIPT, LEADS_ON, PAGE)

_DECODES = re.compile(
    r"\batob\s*\(|fromCharCode|\bunescape\s*\(|decodeURIComponent\s*\(|charCodeAt|Uint8Array", re.IGNORECASE
)
_HANDS_OVER = re.compile(
    r"new\s+Blob\b|createObjectURL|msSaveOrOpenBlob|document\s*\.\s*write|\beval\s*\(|\.innerHTML\s*=|location\s*(?:\.\s*href\s*)?="
    r"|location\s*\.\s*(?:replace|assign)\s*\(",
    re.IGNORECASE,
)
_SIGNS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (SMUGGLING, frozenset({"page.builds"})),
    (SCRIPT, frozenset({"page.script"})),
    (LEADS_ON, frozenset({"page.refresh", "page.frame"})),
)
_SAYS = {
    SMUGGLING: (
        "The attached page {} builds a hidden file or page with a script when it is opened.",
        "附件网页 {} 打开后会用脚本生成隐藏的文件或网页。",
    ),
    SCRIPT: ("The attached page {} runs a script.", "附件网页 {} 会运行脚本。"),
    LEADS_ON: ("The attached page {} leads on to another page by itself.", "附件网页 {} 会自动转到其他网页。"),
    PAGE: ("A web page is attached: {}.", "附件中有网页：{}。"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at each attached HTML file, and at what was noted of those that are too large to be read here."""
    told: set[tuple[str, Kind]] = set()
    for page in read_attached_html(case.message):
        yield Feature("html_attachment.scripts", page.view.script_count)
        if page.view.script_count or not page.is_picture:
            kind = _judge(page)
            told.add((page.part.path, kind))
            yield _tell(kind, page.part.filename, point_at_part(page.part))
    for carried in list_rest(case):
        codes = {trait.code for trait in carried.file.traits}
        found = next((kind for kind, signs in _SIGNS if codes & signs), None)
        if found is not None and (carried.file.path, found) not in told:
            yield _tell(found, carried.name, carried.point())


def _judge(page: AttachedPage) -> Kind:
    if _DECODES.search(page.source) and _HANDS_OVER.search(page.source):
        return SMUGGLING
    if page.view.script_count:
        return SCRIPT
    leads_on = page.view.has_meta_refresh or page.view.frames
    return (
        LEADS_ON if leads_on and page.part.filename else PAGE
    )  # without a name it is shown in the mail, and leads nowhere


def _tell(kind: Kind, name: str, place: Evidence) -> Finding:
    says, says_zh = _SAYS[kind]
    return kind.seen(place, says=says.format(quote(name)), says_zh=says_zh.format(quote(name)))
