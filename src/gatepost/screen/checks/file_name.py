"""The name of a file plays tricks on its reader, or on the system that stores it.

Looks at the names of attachments, and of the files in them that were opened or only listed.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import list_carried, list_unopened, point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import NameTrick, find_name_tricks, read_base_name, read_extension
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

MAX_NAMES = 2_000

TURNED = Kind(
    "file_name.turned",
    Severity.DANGER,
    3.0,
    "A name changes its reading direction, so that another extension is seen than the real one.",
)
PUSHED_AWAY = Kind(
    "file_name.pushed_away", Severity.DANGER, 3.0, "Many blanks in a name push its extension out of sight."
)
TWO_ENDINGS = Kind(
    "file_name.two_endings",
    Severity.SUSPECT,
    2.0,
    "A document's extension stands in front of one that a system obeys or a browser shows.",
)
ALIKE = Kind(
    "file_name.alike",
    Severity.SUSPECT,
    2.0,
    "An extension is written with look-alike or unseen characters.",
)
CUT = Kind(
    "file_name.cut",
    Severity.SUSPECT,
    2.0,
    "A system that ends the name at a NUL, or at its greatest length, sees an extension that is obeyed or shown.",
)
CLASS = Kind(
    "file_name.class_identity",
    Severity.DANGER,
    3.0,
    "The extension is the identity of a Windows class, which Windows does not show and obeys.",
)
STREAM = Kind("file_name.stream", Severity.SUSPECT, 2.0, "The name means a second, unseen stream of a file.")
DEVICE = Kind("file_name.device", Severity.ODD, 1.0, "The name means a device of Windows.")
CONTROL = Kind("file_name.control", Severity.ODD, 1.0, "Control characters stand in the name.")
PATH = Kind("file_name.path", Severity.SUSPECT, 2.0, "The name of an attachment leads out of the folder it is put in.")
LONG = Kind("file_name.long", Severity.ODD, 1.0, "The name is longer than file systems take.")
KINDS: tuple[Kind, ...] = (TURNED, PUSHED_AWAY, TWO_ENDINGS, CUT, ALIKE, CLASS, STREAM, DEVICE, CONTROL, PATH, LONG)

_SAYS: Mapping[NameTrick, tuple[Kind, str, str]] = {
    NameTrick.TURNED: (TURNED, "is shown with another extension than it has", "显示的扩展名与实际不符"),
    NameTrick.PUSHED_AWAY: (PUSHED_AWAY, "hides its extension behind blanks", "用空白隐藏了扩展名"),
    NameTrick.TWO_ENDINGS: (TWO_ENDINGS, "poses as a document by a second extension", "用双重扩展名冒充文档"),
    NameTrick.CUT: (CUT, "has another extension where its name is cut off", "的名称被截断后扩展名会改变"),
    NameTrick.ALIKE: (ALIKE, "has an extension of look-alike characters", "的扩展名使用了形近或不可见字符"),
    NameTrick.CLASS: (CLASS, "has an extension that Windows hides and obeys", "带有 Windows 会隐藏并执行的扩展名"),
    NameTrick.STREAM: (STREAM, "means a hidden stream of another file", "指向另一文件的隐藏数据流"),
    NameTrick.DEVICE: (DEVICE, "bears the name of a device", "使用了设备名称"),
    NameTrick.CONTROL: (CONTROL, "has control characters in its name", "的名称含有控制字符"),
    NameTrick.PATH: (PATH, "wants to be put elsewhere", "试图被存放到其他位置"),
    NameTrick.LONG: (LONG, "has an overlong name", "的名称过长"),
}
_TOLD_OF_PROGRAMS = frozenset({NameTrick.TURNED, NameTrick.TWO_ENDINGS})  # by executable_attachment
_TOLD_OF_ARCHIVES = frozenset({NameTrick.PATH, NameTrick.CONTROL})  # by archive_tricks


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at all names."""
    files = kit.tables.files
    for name, place, is_inside in islice(_list_names(case), MAX_NAMES):
        if is_inside:
            known = _TOLD_OF_ARCHIVES
        else:
            known = _TOLD_OF_PROGRAMS if read_extension(name) in files.programs else frozenset()
        for trick in find_name_tricks(name, files):
            if trick not in known:
                yield _tell(trick, name, place)


def _list_names(case: Case) -> Iterator[tuple[str, Evidence, bool]]:
    """Give each name, its place, and whether it is that of a file inside of another."""
    for carried in list_carried(case):
        yield carried.name, carried.point(), bool(carried.holders)
        for name in carried.locked_names:
            yield read_base_name(name), carried.point(name), True
    for part in list_unopened(case):
        yield part.filename, point_at_part(part), False


def _tell(trick: NameTrick, name: str, place: Evidence) -> Finding:
    kind, says, says_zh = _SAYS[trick]
    return kind.seen(place, says=f"The file {quote(name)} {says}.", says_zh=f"文件 {quote(name)} {says_zh}。")
