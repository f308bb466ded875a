"""An SVG picture runs a script or leads elsewhere: a browser opens it as a page, and filters take it for a picture.

Drawings for people hold no scripts; those of programs that profile software do, to fold and search their bars.
"""

from collections.abc import Iterator

from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

LEADS_AWAY = Kind(
    "svg_script.leads_away", Severity.DANGER, 3.5, "The script of an SVG picture leads to another page, or builds one."
)
SCRIPT = Kind("svg_script.script", Severity.SUSPECT, 2.0, "An SVG picture holds a script.")
ENTITIES = Kind(
    "svg_script.entities", Severity.ODD, 1.0, "An SVG picture declares words of its own, in which anything may hide."
)
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (LEADS_AWAY, SCRIPT, ENTITIES)

_SCRIPTS = frozenset(("svg.script", "svg.handler", "svg.script_link"))
_AWAY = frozenset(("page.jumps", "page.builds", "page.hidden_file"))
_SAYS = {
    LEADS_AWAY: ("leads to another page, or builds one, when it is opened", "打开后会跳转或生成其他网页"),
    SCRIPT: ("runs a script when it is opened", "打开时会运行脚本"),
    ENTITIES: ("hides what it holds behind words of its own", "用自定义实体隐藏内容"),
}


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at every SVG picture, at any depth."""
    for carried in list_carried(case):
        if FileKind.SVG in carried.kinds and (kind := _judge(carried)) is not None:
            says, says_zh = _SAYS[kind]
            yield kind.seen(
                carried.point(),
                says=f"The picture {carried.call()} {says}.",
                says_zh=f"图片 {carried.call_zh()} {says_zh}。",
            )


def _judge(carried: Carried) -> Kind | None:
    codes = {trait.code for trait in carried.file.traits}
    if codes & _SCRIPTS:
        return LEADS_AWAY if codes & _AWAY else SCRIPT
    return ENTITIES if "svg.entities" in codes else None
