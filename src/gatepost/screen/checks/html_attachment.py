"""An attached HTML file runs scripts in the reader's browser, often to build a forbidden file (HTML smuggling)."""

import re
from collections.abc import Iterator

from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.attached_html import AttachedPage, read_attached_html
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
PAGE = Kind("html_attachment.page", Severity.ODD, 1.0, "An HTML file is attached.")
KINDS: tuple[Kind, ...] = (SMUGGLING, SCRIPT, PAGE)

_DECODES = re.compile(
    r"\batob\s*\(|fromCharCode|\bunescape\s*\(|decodeURIComponent\s*\(|charCodeAt|Uint8Array", re.IGNORECASE
)
_HANDS_OVER = re.compile(
    r"new\s+Blob\b|createObjectURL|msSaveOrOpenBlob|document\s*\.\s*write|\beval\s*\(|\.innerHTML\s*=|location\s*(?:\.\s*href\s*)?="
    r"|location\s*\.\s*(?:replace|assign)\s*\(",
    re.IGNORECASE,
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at each attached HTML file."""
    for page in read_attached_html(case.message):
        yield Feature("html_attachment.scripts", page.view.script_count)
        if page.view.script_count or not page.is_picture:
            yield _describe(page)


def _describe(page: AttachedPage) -> Finding:
    name, evidence = quote(page.part.filename), point_at_part(page.part)
    if _DECODES.search(page.source) and _HANDS_OVER.search(page.source):
        return SMUGGLING.seen(
            evidence,
            says=f"The attached page {name} builds a hidden file or page with a script when it is opened.",
            says_zh=f"附件网页 {name} 打开后会用脚本生成隐藏的文件或网页。",
        )
    if page.view.script_count:
        return SCRIPT.seen(
            evidence, says=f"The attached page {name} runs a script.", says_zh=f"附件网页 {name} 会运行脚本。"
        )
    return PAGE.seen(evidence, says=f"A web page is attached: {name}.", says_zh=f"附件中有网页：{name}。")
