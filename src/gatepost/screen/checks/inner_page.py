"""A web page lies in an archive, a mail or a document that is attached, and does what attached pages of deceivers do.

Pages that are attached themselves are told by html_attachment and html_form, pages that hide in a page by
smuggled_file. Manuals and saved sites come as archives of many pages with scripts, so scripts count only in small ones;
what a page merely runs or asks for counts only where it lies nearly alone, as if it were attached itself.
"""

from collections.abc import Iterator

from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

MAX_LURE_FILES = 8  # in what holds the page: more is a manual or a site, not bait
MAX_FILES_ALONE = 3

PASSWORD = Kind("inner_page.password", Severity.DANGER, 3.5, "A page inside of an attached file asks for a password.")
BUILDS = Kind(
    "inner_page.builds",
    Severity.SUSPECT,
    2.5,
    "A page inside of an attached file decodes data with a script and hands it over as a file or a page.",
)
JUMPS = Kind(
    "inner_page.jumps", Severity.SUSPECT, 2.0, "A page inside of an attached file leads on to another by itself."
)
SHOWS_SITE = Kind(
    "inner_page.shows_site",
    Severity.SUSPECT,
    2.0,
    "A page inside of an attached file shows another site within itself.",
)
SCRIPT = Kind(
    "inner_page.script", Severity.SUSPECT, 1.5, "A page that lies nearly alone in an attached file runs a script."
)
FORM = Kind(
    "inner_page.form", Severity.SUSPECT, 1.5, "A page that lies nearly alone in an attached file asks for input."
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (PASSWORD, BUILDS, JUMPS, SHOWS_SITE, SCRIPT, FORM)

_HOLDING = frozenset({FileKind.MAIL, FileKind.CALENDAR, FileKind.CONTACT})
_PAGES = frozenset({FileKind.HTML, FileKind.SVG}) | _HOLDING
_HIDING = frozenset({FileKind.HTML, FileKind.SVG, FileKind.SCRIPT})  # what lies in them is told by smuggled_file
_SIGNS: tuple[tuple[Kind, frozenset[str]], ...] = (
    (BUILDS, frozenset({"page.builds"})),
    (JUMPS, frozenset({"page.jumps", "page.refresh"})),
    (SHOWS_SITE, frozenset({"page.frame"})),
    (SCRIPT, frozenset({"page.script"})),
    (FORM, frozenset({"page.form"})),
)
_SIGNS_OF_LURES = 3  # of them, those that count in company, too
_SAYS = {
    PASSWORD: ("asks for a password", "要求输入密码"),
    BUILDS: ("builds a hidden file or page with a script", "会用脚本生成隐藏的文件或网页"),
    JUMPS: ("leads on to another page by itself", "会自动跳转到其他网页"),
    SHOWS_SITE: ("shows another site within itself", "会在自身中显示其他网站"),
    SCRIPT: ("runs a script", "会运行脚本"),
    FORM: ("asks for input", "要求输入信息"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every page that lies in another file."""
    for carried in list_carried(case):
        if carried.kinds & _PAGES and _is_inside(carried) and (kind := _judge(carried)) is not None:
            yield _tell(kind, carried)


def _is_inside(carried: Carried) -> bool:
    """Say whether a page lies in another file; a mail or a card holds its page within itself."""
    return carried.holders[-1].kind not in _HIDING if carried.holders else bool(carried.kinds & _HOLDING)


def _judge(carried: Carried) -> Kind | None:
    codes = {trait.code for trait in carried.file.traits}
    if "page.password_form" in codes:
        return PASSWORD
    files = len(carried.holders[-1].files) if carried.holders else 1
    is_alone = files <= MAX_FILES_ALONE and not carried.kinds & _HOLDING
    asked = _SIGNS if is_alone else _SIGNS[:_SIGNS_OF_LURES] if files <= MAX_LURE_FILES else ()
    return next((kind for kind, signs in asked if codes & signs), None)


def _tell(kind: Kind, carried: Carried) -> Finding:
    says, says_zh = _SAYS[kind]
    outer = quote(carried.holders[0].name) if carried.holders else ""
    place, place_zh = (f" in {outer}", f"（位于 {outer} 中）") if outer else ("", "")
    return kind.seen(
        carried.point(),
        says=f"The page {carried.call()}{place} {says}.",
        says_zh=f"网页 {carried.call_zh()}{place_zh} {says_zh}。",
    )
