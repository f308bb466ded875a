"""An attachment would run as a program when opened, whatever it is called.

Looks at names (also those inside ZIP archives, without opening them) and at the first bytes.
"""

import re
from collections.abc import Iterator
from itertools import islice

from gatepost.message.attachments.zip_entries import find_entries, is_zip
from gatepost.message.message import Part
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import point_at, quote
from gatepost.screen.tables import FileEndings

MAX_ATTACHMENTS = 200
MAX_LURE_ENTRIES = 8  # an archive with more files is software, not bait
MAX_ENTRIES_SHOWN = 3

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
    "A small archive holds little else than a program.",
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

_NAME_END = re.compile(r"\.([a-z0-9-]{1,20})[\s.\"']*$", re.IGNORECASE)
_REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MAGICS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\x4c\x00\x00\x00\x01\x14\x02\x00")


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
    """Look at the names and first bytes of all attachments."""
    attachments = case.message.attachments
    yield Feature("executable_attachment.attachments", len(attachments))
    for part in attachments[:MAX_ATTACHMENTS]:
        yield from _examine_part(part, kit.tables.files)


def _examine_part(part: Part, files: FileEndings) -> Iterator[Finding]:
    name = part.filename
    if kind := _judge_name(name, files) or (DISGUISED if _is_program(part.content) else None):
        yield kind.seen(
            point_at(name or part.content_type, part.body_span),
            says=f"The attachment {quote(name) or 'without a name'} runs as a program when it is opened.",
            says_zh=f"附件 {quote(name) or '（无名称）'} 打开后会作为程序运行。",
        )
    elif _read_extension(name) in files.disk_images:
        yield DISK_IMAGE.seen(
            point_at(name, part.body_span),
            says=f"The attachment {quote(name)} is a disk image, in which programs may hide.",
            says_zh=f"附件 {quote(name)} 是磁盘映像，其中可能藏有程序。",
        )
    elif is_zip(part.content):
        yield from _examine_archive(part, files)


def _examine_archive(part: Part, files: FileEndings) -> Iterator[Finding]:
    names = dict.fromkeys(entry.name for entry in find_entries(part.content) if not entry.name.endswith("/"))
    programs = list(islice((name for name in names if _judge_name(name, files)), MAX_ENTRIES_SHOWN))
    if programs:
        kind = IN_ARCHIVE if len(names) <= MAX_LURE_ENTRIES else IN_LARGE_ARCHIVE
        yield kind.seen(
            *(point_at(f"{part.filename}: {name}", part.body_span) for name in programs),
            says=f"The archive {quote(part.filename)} holds the program {quote(programs[0])}.",
            says_zh=f"压缩包 {quote(part.filename)} 中含有程序 {quote(programs[0])}。",
        )


def _judge_name(name: str, files: FileEndings) -> Kind | None:
    if _read_extension(name) not in files.programs:
        return None
    if _REVERSING.search(name):
        return REVERSED
    stem = name[: name.rindex(".")]
    return DOUBLE_EXTENSION if _read_extension(stem) in files.documents else PROGRAM


def _read_extension(name: str) -> str:
    match = _NAME_END.search(name[-100:])
    return match[1].lower() if match else ""


def _is_program(content: bytes) -> bool:
    if content.startswith(b"MZ"):
        offset = int.from_bytes(content[0x3C:0x40], "little")
        return content[offset : offset + 4] == b"PE\x00\x00"
    return content.startswith(_MAGICS)
