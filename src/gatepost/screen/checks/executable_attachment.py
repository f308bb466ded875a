"""An attachment would run as a program when opened, whatever it is called.

Looks at names and at what the files are, also inside of files that were opened. Where nothing was opened it looks at
the first bytes by itself, and at the names in ZIP archives.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.zip_entries import find_entries, is_zip
from gatepost.message.message import Part
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_roots, list_unopened, walk_inside
from gatepost.screen.case import Case, Kit
from gatepost.screen.file_names import read_base_name, read_extension, split_extension
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.tables import FileEndings

MAX_ATTACHMENTS = 200
MAX_LURE_ENTRIES = 8  # an archive with more files is software, not bait
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
IN_LARGE_ARCHIVE = Kind(
    "executable_attachment.in_large_archive", Severity.NOTE, 0.0, "An archive of many files holds programs."
)
DISK_IMAGE = Kind(
    "executable_attachment.disk_image",
    Severity.SUSPECT,
    2.0,
    "A disk image is attached; what lies in it escapes the marks that Windows puts on files from the internet.",
)
KINDS: tuple[Kind, ...] = (PROGRAM, DISGUISED, DOUBLE_EXTENSION, REVERSED, IN_ARCHIVE, IN_LARGE_ARCHIVE, DISK_IMAGE)

_REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAGICS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\x4c\x00\x00\x00\x01\x14\x02\x00")
_PROGRAMS = frozenset(
    {
        FileKind.PE, FileKind.DOS_PROGRAM, FileKind.ELF, FileKind.MACH_O, FileKind.SHORTCUT,
        FileKind.WINDOWS_INSTALLER,
    }
)  # fmt: skip
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
    programs = [carried.point() for carried in inner if _is_program(carried, files)]
    programs += [carried.point(f"{carried.name}: {name}") for carried, name in locked if _judge_name(name, files)]
    if programs:
        yield _tell_holder(root.file.name, len(inner) + len(locked), programs)
    elif root.part and root.file.opening is not Opening.OPENED and not inner and not locked:
        yield from _examine_archive(root.part, files)


def _is_program(carried: Carried, files: FileEndings) -> bool:
    return _judge_name(carried.name, files) is not None or bool(carried.kinds & _PROGRAMS)


def _examine_part(part: Part, files: FileEndings) -> Iterator[Finding]:
    name = part.filename
    place = point_at(name or part.content_type, part.body_span)
    if kind := _judge_name(name, files) or (DISGUISED if _begins_as_program(part.content) else None):
        yield _tell_program(kind, name, place)
    elif read_extension(name) in files.disk_images:
        yield _tell_disk(name, place)
    else:
        yield from _examine_archive(part, files)


def _examine_archive(part: Part, files: FileEndings) -> Iterator[Finding]:
    """Look at the names in a ZIP archive that nobody has opened."""
    if is_zip(part.content):
        names = dict.fromkeys(entry.name for entry in find_entries(part.content) if not entry.name.endswith("/"))
        programs = [
            point_at(f"{part.filename}: {inner}", part.body_span) for inner in names if _judge_name(inner, files)
        ]
        if programs:
            yield _tell_holder(part.filename, len(names), programs)


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


def _tell_holder(name: str, count: int, programs: list[Evidence]) -> Finding:
    kind = IN_ARCHIVE if count <= MAX_LURE_ENTRIES else IN_LARGE_ARCHIVE
    first = quote(read_base_name(programs[0].text.rpartition(": ")[2]))
    return kind.seen(
        *programs[:MAX_ENTRIES_SHOWN],
        says=f"The archive {quote(name)} holds the program {first}.",
        says_zh=f"压缩包 {quote(name)} 中含有程序 {first}。",
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
