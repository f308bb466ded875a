"""An archive is made to exhaust whoever opens it: little that becomes much, archives within archives, endless files."""

from collections.abc import Iterator
from itertools import islice

from gatepost.model.contents import Opening
from gatepost.model.file_kinds import ARCHIVES
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind

MAX_FILES = 2_000
MAX_DEPTH = 8  # archives within archives; honest ones are rarely three deep

DENSE = Kind(
    "archive_bomb.dense",
    Severity.DANGER,
    3.0,
    "An archive would become hundreds of times as large as it is, or holds itself.",
)
DEEP = Kind("archive_bomb.deep", Severity.DANGER, 3.0, "Archives lie within archives, deeper than anybody packs them.")
MANY = Kind("archive_bomb.many", Severity.SUSPECT, 2.0, "An archive lists more than ten thousand files.")
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (DENSE, DEEP, MANY)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Look at what stopped the opening of each archive."""
    for carried in islice(list_carried(case), MAX_FILES):
        codes = {trait.code for trait in carried.file.traits}
        if "archive.bomb" in codes:
            yield _tell_dense(carried)
        if "archive.many_files" in codes:
            yield _tell_many(carried)
        if len(carried.holders) > MAX_DEPTH and carried.file.opening is Opening.LIMIT and carried.file.kind in ARCHIVES:
            yield _tell_deep(carried)


def _tell_dense(carried: Carried) -> Finding:
    return DENSE.seen(
        carried.point(),
        says=f"The archive {carried.call()} is made to become far larger than any honest file.",
        says_zh=f"压缩包 {carried.call_zh()} 解压后会异常膨胀（压缩炸弹）。",
    )


def _tell_many(carried: Carried) -> Finding:
    return MANY.seen(
        carried.point(),
        says=f"The archive {carried.call()} lists more than ten thousand files.",
        says_zh=f"压缩包 {carried.call_zh()} 列有上万个文件。",
    )


def _tell_deep(carried: Carried) -> Finding:
    outermost = Carried(carried.holders[0], carried.part)
    return DEEP.seen(
        carried.point(),
        says=f"The archive {outermost.call()} holds archives within archives without end.",
        says_zh=f"压缩包 {outermost.call_zh()} 层层嵌套，超出限度。",
    )
