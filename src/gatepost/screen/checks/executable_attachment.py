"""An attachment would run as a program when opened, whatever it is called.

Looks at names and at what the files are, also inside of files that were opened. Where nothing was opened it looks at
the first bytes by itself, and at the names in ZIP archives.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.zip_entries import find_entries, is_zip
from gatepost.message.large import LARGE_BYTES
from gatepost.message.message import Part
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import ARCHIVES, FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_roots, list_unopened, point_at_part, walk_inside
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import read_base_name, read_extension, split_extension
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote
from gatepost.screen.tables import FileEndings

MAX_ATTACHMENTS = 200
MAX_LURE_ENTRIES = 8  # an archive with more files may be software
MAX_ENTRIES_SHOWN = 3
MAX_ENTRIES = 2_000

PROGRAM = Kind(
    "executable_attachment.program",
    Severity.DANGER,
    3.0,
    "The name of an attachment makes Windows run it as a program.",
)
DISGUISED = Kind(
    "executable_attachment.disguised",
    Severity.DANGER,
    3.0,
    "An attachment is a program by its content, its name says otherwise.",
)
DOUBLE_EXTENSION = Kind(
    "executable_attachment.double_extension",
    Severity.DANGER,
    3.0,
    "An attachment poses as a document by a second extension in front of the real one.",
)
REVERSED = Kind(
    "executable_attachment.reversed_name",
    Severity.DANGER,
    3.0,
    "An attachment's name changes its reading direction, so that its real extension is not seen.",
)
IN_ARCHIVE = Kind(
    "executable_attachment.in_archive",
    Severity.DANGER,
    3.0,
    "A small archive, or another file in which files lie, holds little else than a program.",
)
AMONG_MANY = Kind(
    "executable_attachment.among_many",
    Severity.SUSPECT,
    2.0,
    "An archive of many files holds a program that a double click starts: software is sent like that, and so is bait.",
)
IN_LARGE_ARCHIVE = Kind(
    "executable_attachment.in_large_archive",
    Severity.NOTE,
    0.0,
    "An archive of many files holds scripts, or parts of programs.",
)
DISK_IMAGE = Kind(
    "executable_attachment.disk_image",
    Severity.SUSPECT,
    2.0,
    "A disk image is attached; what lies in it escapes the marks that Windows puts on files from the internet.",
)
KINDS: tuple[Kind, ...] = (
    PROGRAM, DISGUISED, DOUBLE_EXTENSION, REVERSED, IN_ARCHIVE, AMONG_MANY, IN_LARGE_ARCHIVE, DISK_IMAGE,
)  # fmt: skip

_ARCHIVE, _FILE = ("archive", "压缩包"), ("file", "文件")  # how a file is called in which others lie
_KIND_NAMES = frozenset(kind.value for kind in FileKind)  # evidence calls a file so that has no name
_REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAGICS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\x4c\x00\x00\x00\x01\x14\x02\x00")
_PROGRAMS = frozenset(
    {
        FileKind.PE, FileKind.DOS_PROGRAM, FileKind.ELF, FileKind.MACH_O, FileKind.SHORTCUT,
        FileKind.WINDOWS_INSTALLER,
    }
)  # fmt: skip
MAX_LEADING_BYTES = 1024 * 1024  # in which a program says that it is one
_LOOKED_INTO = (Opening.OPENED, Opening.LEAF)  # an archive would have been seen, and opened
_PARTS_OF_PROGRAMS = frozenset({"dll", "sys"})  # nothing starts them by a double click
_DISKS = frozenset(
    {
        FileKind.ISO, FileKind.UDF, FileKind.VHD, FileKind.VHDX, FileKind.VMDK, FileKind.DMG, FileKind.DISK_IMAGE,
    }
)  # fmt: skip


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at the names and the kinds of all attachments, and of what lies in them."""
    yield Feature("executable_attachment.attachments", len(case.message.attachments))
    for root in list_roots(case)[:MAX_ATTACHMENTS]:
        yield from _examine_opened(root, kit.tables.files)
    for part in list_unopened(case):
        yield from _examine_part(part, kit.tables.files)


def _examine_opened(root: Carried, files: FileEndings) -> Iterator[Finding]:
    name = root.file.name
    if kind := _judge_name(name, files) or (DISGUISED if root.kinds & _PROGRAMS else None):
        yield _tell_program(kind, name, root.point())
        return
    if read_extension(name) in files.disk_images or root.kinds & _DISKS:
        yield _tell_disk(name, root.point())
    inner = list(islice(walk_inside(root), 1, MAX_ENTRIES))
    locked = [(carried, name) for carried in (root, *inner) for name in carried.locked_names]
    programs = [(_judge_inside(carried.name, carried.kinds, files), carried.point()) for carried in inner]
    programs += [
        (_judge_inside(name, frozenset(), files), carried.point(f"{carried.name}: {name}")) for carried, name in locked
    ]
    if told := [(kind, place) for kind, place in programs if kind is not None]:
        names = [carried.name for carried in inner if not carried.file.files]  # layers around it are no company
        names += [name for _, name in locked]
        if len(told) == 1 and told[0][0] is IN_LARGE_ARCHIVE and _is_bait(names, files):
            told = [(AMONG_MANY, told[0][1])]
        holder = _ARCHIVE if root.kinds & ARCHIVES else _FILE
        yield _tell_holder(holder, root.file.name, len(names), told)
    elif root.part and root.file.opening not in _LOOKED_INTO and not inner and not locked:
        yield from _examine_archive(root.part, files)


def _judge_inside(name: str, kinds: frozenset[FileKind], files: FileEndings) -> Kind | None:
    """Give what a file is to be called where it has much company, None where it is no program."""
    by_name = _judge_name(name, files)
    if by_name in (DOUBLE_EXTENSION, REVERSED):
        return IN_ARCHIVE
    is_program = bool(kinds & _PROGRAMS)
    if is_program and by_name and read_extension(name) not in _PARTS_OF_PROGRAMS:
        return AMONG_MANY
    return IN_LARGE_ARCHIVE if is_program or by_name else None


def _is_bait(names: list[str], files: FileEndings) -> bool:
    """Say whether one script lies among papers and pictures alone: software has other company, and so has a page."""
    endings = [read_extension(name) for name in names]
    papers = sum(1 for ending in endings if ending in files.documents and ending not in files.pages)
    scripts = sum(1 for ending in endings if ending in files.programs and ending not in _PARTS_OF_PROGRAMS)
    return scripts == 1 and papers == len(endings) - 1


def _examine_part(part: Part, files: FileEndings) -> Iterator[Finding]:
    name = part.filename
    place = point_at_part(part)
    if kind := _judge_name(name, files) or (
        DISGUISED if _begins_as_program(part.read_beginning(MAX_LEADING_BYTES)) else None
    ):
        yield _tell_program(kind, name, place)
    elif read_extension(name) in files.disk_images:
        yield _tell_disk(name, place)
    else:
        yield from _examine_archive(part, files)


def _examine_archive(part: Part, files: FileEndings) -> Iterator[Finding]:
    """Look at the names in a ZIP archive that nobody has opened."""
    if is_zip(content := part.read_edges(LARGE_BYTES)):
        names = dict.fromkeys(entry.name for entry in find_entries(content) if not entry.name.endswith("/"))
        programs = [
            (kind, point_at_part(part, f"{part.filename}: {inner}"))
            for inner in names
            if (kind := _judge_inside(inner, frozenset(), files))
        ]
        if programs:
            yield _tell_holder(_ARCHIVE, part.filename, len(names), programs)


def _tell_program(kind: Kind, name: str, place: Evidence) -> Finding:
    return kind.seen(
        place,
        says=f"The attachment {quote(name) or 'without a name'} runs as a program when it is opened.",
        says_zh=f"附件 {quote(name) or '（无名称）'} 打开后会作为程序运行。",
    )


def _tell_disk(name: str, place: Evidence) -> Finding:
    return DISK_IMAGE.seen(
        place,
        says=f"The attachment {quote(name) or 'without a name'} is a disk image, in which programs may hide.",
        says_zh=f"附件 {quote(name) or '（无名称）'} 是磁盘映像，其中可能藏有程序。",
    )


def _tell_holder(holder: tuple[str, str], name: str, count: int, programs: list[tuple[Kind, Evidence]]) -> Finding:
    """Tell of a file in which programs lie, the worst of them first."""
    programs = sorted(programs, key=lambda program: -program[0].severity)
    kind = IN_ARCHIVE if count <= MAX_LURE_ENTRIES else programs[0][0]
    first = read_base_name(programs[0][1].text.rpartition(": ")[2])
    called, called_zh = (
        (f"a program ({first})", f"程序（{first}）")
        if first in _KIND_NAMES
        else (f"the program {quote(first)}", f"程序 {quote(first)}")
    )
    return kind.seen(
        *(place for _, place in programs[:MAX_ENTRIES_SHOWN]),
        says=f"The {holder[0]} {quote(name) or 'without a name'} holds {called}.",
        says_zh=f"{holder[1]} {quote(name) or '（无名称）'} 中含有{called_zh}。",
    )


def _judge_name(name: str, files: FileEndings) -> Kind | None:
    stem, extension = split_extension(name)
    if extension not in files.programs:
        return None
    if _REVERSING.search(name):
        return REVERSED
    return DOUBLE_EXTENSION if read_extension(stem) in files.documents else PROGRAM


def _begins_as_program(content: bytes) -> bool:
    if content.startswith(b"MZ"):
        offset = int.from_bytes(content[0x3C:0x40], "little")
        return content[offset : offset + 4] == b"PE\x00\x00"
    return content.startswith(_MAGICS)
