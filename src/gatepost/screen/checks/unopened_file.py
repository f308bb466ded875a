"""A file could not be opened, or not to its end, so that nobody knows what is in it.

Files that are locked by a password are told by locked_archive.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from gatepost.message.html import MAX_HTML_CHARS
from gatepost.message.message import MAX_TEXT_BYTES, Part
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.file_kinds import ARCHIVES, FileKind
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried, list_unopened, point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import read_extension
from gatepost.screen.kind import Kind

MAX_FILES = 2_000

GAVE_UP = Kind(
    "unopened_file.gave_up",
    Severity.DANGER,
    2.0,
    "A file took too long to open, or ended what opened it: it may have been made for that.",
)
LIMIT = Kind(
    "unopened_file.limit",
    Severity.SUSPECT,
    2.0,
    "A file is too large to be opened to its end.",
)
BROKEN = Kind(
    "unopened_file.broken", Severity.ODD, 1.0, "A file is damaged, or made so that programs read it differently."
)
UNSEEN = Kind(
    "unopened_file.unseen",
    Severity.DANGER,
    2.0,
    "A file or the text holds more than could be looked at, or the mail more files, so that nobody has seen the rest.",
)
UNKNOWN_ARCHIVE = Kind(
    "unopened_file.unknown_archive", Severity.SUSPECT, 2.0, "An archive is of a kind that gatepost does not open."
)
NO_ARCHIVE = Kind(
    "unopened_file.no_archive",
    Severity.SUSPECT,
    1.5,
    "A file is named as an archive, and nothing in it is one: it is damaged, or only some programs can open it.",
)
CLOSED_DISK = Kind(
    "unopened_file.closed_disk",
    Severity.DANGER,
    2.0,
    "A disk image holds a file system that gatepost does not open; a system would mount it at a double click.",
)
KINDS: tuple[Kind, ...] = (GAVE_UP, LIMIT, BROKEN, UNSEEN, UNKNOWN_ARCHIVE, NO_ARCHIVE, CLOSED_DISK)

_Saying = tuple[Kind, str, str]
_SAYS: Mapping[Opening, _Saying] = {
    Opening.CRASHED: (GAVE_UP, "could not be opened safely", "无法安全打开"),
    Opening.TOO_SLOW: (GAVE_UP, "took too long to be opened", "打开耗时过长"),
    Opening.LIMIT: (LIMIT, "could not be opened to its end", "未能完整打开"),
    Opening.BROKEN: (BROKEN, "is damaged", "已损坏"),
}
_CLOSED_DISK = (CLOSED_DISK, "is a disk image that cannot be opened here", "是此处无法打开的磁盘映像")
_UNSEEN = (UNSEEN, "holds more than could be opened", "中有未能打开的内容")
_UNKNOWN_ARCHIVE = (UNKNOWN_ARCHIVE, "is an archive that cannot be opened here", "是此处无法打开的压缩包")
_NO_ARCHIVE = (NO_ARCHIVE, "is named as an archive and is none", "以压缩包命名，但并非压缩包")
_ARCHIVE_ENDINGS = frozenset(
    {"7z", "ace", "arj", "bz2", "cab", "gz", "jar", "lha", "lzh", "rar", "tar", "tbz", "tgz", "xz", "z", "zip", "zst"}
)
_SHAPELESS = frozenset({FileKind.UNKNOWN, FileKind.TEXT})
_ENDED_IT = frozenset({"opening.died", "opening.given-up", "opening.exhausted"})
_NOT_LOOKED_AT = frozenset({"opening.unseen", "opening.too-large"})
_ONE_FILE = frozenset(  # what is packed like this is one file, and told by itself
    {
        FileKind.GZIP, FileKind.BZIP2, FileKind.XZ, FileKind.ZSTD, FileKind.LZ4, FileKind.COMPRESS, FileKind.LZIP,
        FileKind.LZMA, FileKind.LZOP, FileKind.MS_COMPRESS,
    }
)  # fmt: skip
_DISKS = frozenset({FileKind.UDF, FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE})


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Tell how far each file was opened, where that was not to its end."""
    for carried in islice(list_carried(case), MAX_FILES):
        if (saying := _judge(carried.file) or _hold_against_name(carried)) is not None:
            yield _tell(*saying, carried)
    if case.contents.files and (left_out := _find_left_out(case)) is not None:
        yield UNSEEN.seen(
            point_at_part(left_out),
            says="The mail carries more files than are opened.",
            says_zh="邮件携带的文件过多，未能全部打开。",
        )
    if (long_text := next(filter(_is_cut, _list_texts(case)), None)) is not None:
        yield UNSEEN.seen(
            point_at_part(long_text),
            says="The text of the mail is too long to be read to its end.",
            says_zh="邮件正文过长，未能完整检查。",
        )


def _find_left_out(case: Case) -> Part | None:
    """Give the first attachment that nobody was asked to open: of so many parts the rest stays as it is."""
    return next((part for part in list_unopened(case) if part.is_attachment and part.message is None), None)


def _list_texts(case: Case) -> Sequence[Part]:
    return (*case.message.text_parts, *case.message.html_parts)


def _is_cut(part: Part) -> bool:
    """Say whether only the beginning of a text was read; the size that it has in the mail tells of nearly all."""
    if part.extent.end - part.extent.start <= MAX_HTML_CHARS:
        return False
    return part.size_bytes > MAX_TEXT_BYTES or (part.is_html and len(part.text) > MAX_HTML_CHARS)


def _judge(file: OpenedFile) -> _Saying | None:
    codes = {trait.code for trait in file.traits}
    if file.opening in (Opening.CRASHED, Opening.TOO_SLOW):
        return _SAYS[file.opening]
    if not codes.isdisjoint(_ENDED_IT):
        return _SAYS[Opening.CRASHED]
    if not codes.isdisjoint(_NOT_LOOKED_AT) and not (file.kind in _ONE_FILE and file.files):
        return _UNSEEN
    if file.kind in _DISKS and not file.files and file.opening is not Opening.OPENED:
        return _CLOSED_DISK
    if file.opening is Opening.LEAF and file.kind in ARCHIVES:
        return _UNKNOWN_ARCHIVE
    return _SAYS.get(file.opening)


def _hold_against_name(carried: Carried) -> _Saying | None:
    is_shapeless = _SHAPELESS.issuperset(carried.kinds)
    return _NO_ARCHIVE if is_shapeless and read_extension(carried.name) in _ARCHIVE_ENDINGS else None


def _tell(kind: Kind, says: str, says_zh: str, carried: Carried) -> Finding:
    return kind.seen(
        carried.point(),
        says=f"The file {carried.call()} {says}.",
        says_zh=f"文件 {carried.call_zh()} {says_zh}。",
    )
