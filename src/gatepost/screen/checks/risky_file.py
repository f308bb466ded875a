"""A file is of a kind that honest senders hardly ever mail.

That is: what other systems than Windows run or install, shortcuts, packings that only deceivers still use, and lures
that hide among many files. What Windows runs as an attachment, or in a small archive, is told by executable_attachment.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from gatepost.message.message import Part
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried, list_unopened, point_at_part
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import read_base_name, read_extension
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote
from gatepost.screen.tables import FileEndings

MAX_FILES = 2_000

OTHER_SYSTEM = Kind(
    "risky_file.other_system",
    Severity.SUSPECT,
    2.0,
    "A file is run, installed or obeyed by a system other than Windows: a phone, macOS, Linux, a browser.",
)
SCRIPT = Kind("risky_file.script", Severity.NOTE, 0.0, "A script in source is attached, as people who program do.")
SHORTCUT = Kind("risky_file.shortcut", Severity.SUSPECT, 2.0, "A file leads somewhere else when it is opened.")
REFUSED = Kind(
    "risky_file.refused_ending",
    Severity.SUSPECT,
    2.0,
    "The extension is one that the well-known mail programs do not let their users open.",
)
DECLARED = Kind(
    "risky_file.declared_program",
    Severity.SUSPECT,
    2.0,
    "A file without an extension is declared as a program or a script: mail programs add the extension by themselves.",
)
LURE = Kind(
    "risky_file.lure",
    Severity.SUSPECT,
    2.0,
    "In an attached file lies a shortcut, a help file or a script of a kind that nobody packs with an honest purpose.",
)
DISK_INSIDE = Kind("risky_file.disk_inside", Severity.SUSPECT, 2.0, "A disk image lies in another file.")
RARE_PACKING = Kind(
    "risky_file.rare_packing", Severity.ODD, 1.0, "An archive is packed as hardly anybody but deceivers still does."
)
KINDS: tuple[Kind, ...] = (OTHER_SYSTEM, SCRIPT, SHORTCUT, REFUSED, DECLARED, LURE, DISK_INSIDE, RARE_PACKING)

_SAYS: Mapping[str, tuple[str, str]] = {
    OTHER_SYSTEM.code: ("can run or install something when it is opened", "打开后可能会运行或安装程序"),
    SCRIPT.code: ("is a script", "是脚本"),
    SHORTCUT.code: ("leads somewhere else when it is opened", "打开后会转到其他位置"),
    REFUSED.code: ("is of a kind that mail programs refuse", "属于邮件程序会拦截的类型"),
    DECLARED.code: ("is declared as a program", "被声明为程序"),
    LURE.code: ("lies hidden in an attachment and runs when it is opened", "藏在附件中，打开后即会运行"),
    DISK_INSIDE.code: ("is a disk image inside of another file", "是藏在其他文件中的磁盘映像"),
    RARE_PACKING.code: ("is packed in an unusual way", "使用了罕见的压缩格式"),
}
_FOR_OTHERS = frozenset({FileKind.APK, FileKind.RPM, FileKind.MACH_O, FileKind.APP_PACKAGE})
_DISKS = frozenset(
    {
        FileKind.ISO, FileKind.UDF, FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE,
    }
)  # fmt: skip
_RARE = frozenset(
    {
        FileKind.ACE, FileKind.ARJ, FileKind.LHA, FileKind.CAB, FileKind.XAR, FileKind.CPIO, FileKind.MS_COMPRESS,
        FileKind.OTHER_ARCHIVE, FileKind.LZIP, FileKind.LZMA, FileKind.LZOP,
    }
)  # fmt: skip


_PROGRAM_TYPES = frozenset(
    {
        "application/hta", "application/x-msdownload", "application/x-msdos-program", "application/x-dosexec",
        "application/vnd.microsoft.portable-executable", "application/x-ms-installer", "application/x-msi",
        "application/x-ms-shortcut", "application/x-bat", "application/x-vbs", "text/vbscript", "text/scriptlet",
        "application/javascript", "application/x-javascript", "text/javascript", "application/ecmascript",
        "application/x-powershell", "text/x-powershell", "application/x-sh",
        "application/java-archive", "application/x-java-archive", "application/vnd.android.package-archive",
        "application/x-apple-aspen-config", "application/x-mswinurl", "application/internet-shortcut",
        "application/vnd.ms-htmlhelp", "application/x-xpinstall", "application/x-chrome-extension",
    }
)  # fmt: skip


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at the kinds and the names of all files."""
    files = kit.tables.files
    for carried in islice(list_carried(case), MAX_FILES):
        if (kind := _judge(carried, files)) is not None:
            yield _tell(kind, carried.name, carried.point())
        for locked in carried.locked_names:
            if (kind := _judge_inside(frozenset(), read_extension(locked), files)) is not None:
                yield _tell(kind, read_base_name(locked), carried.point(locked))
    for part in list_unopened(case):
        if (kind := _judge_part(frozenset(), part.filename, part, files)) is not None:
            yield _tell(kind, part.filename, point_at_part(part))


def _judge(carried: Carried, files: FileEndings) -> Kind | None:
    if carried.holders:
        return _judge_inside(carried.kinds, read_extension(carried.name), files)
    return _judge_part(carried.kinds, carried.name, carried.part, files)


def _judge_part(kinds: frozenset[FileKind], name: str, part: Part | None, files: FileEndings) -> Kind | None:
    ending = read_extension(name)
    if ending in files.programs or ending in files.disk_images:
        return None  # told by executable_attachment
    if not ending and part is not None and part.content_type in _PROGRAM_TYPES:
        return DECLARED
    return _judge_alike(kinds, ending, files) or (SCRIPT if FileKind.SCRIPT in kinds else None)


def _judge_inside(kinds: frozenset[FileKind], ending: str, files: FileEndings) -> Kind | None:
    if ending in files.never_honest or FileKind.SHORTCUT in kinds:
        return LURE
    if ending in files.disk_images or kinds & _DISKS:
        return DISK_INSIDE
    return None if ending in files.programs else _judge_alike(kinds - {FileKind.APP_PACKAGE}, ending, files)


def _judge_alike(kinds: frozenset[FileKind], ending: str, files: FileEndings) -> Kind | None:
    if ending in files.other_systems or kinds & _FOR_OTHERS:
        return OTHER_SYSTEM
    if ending in files.shortcuts or FileKind.INTERNET_SHORTCUT in kinds:
        return SHORTCUT
    if ending in files.refused:
        return REFUSED
    return RARE_PACKING if kinds & _RARE else None


def _tell(kind: Kind, name: str, place: Evidence) -> Finding:
    says, says_zh = _SAYS[kind.code]
    return kind.seen(
        place,
        says=f"The file {quote(name) or 'without a name'} {says}.",
        says_zh=f"文件 {quote(name) or '（无名称）'} {says_zh}。",
    )
