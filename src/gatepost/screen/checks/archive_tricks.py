"""An archive is made so that programs see different files in it, or so that it writes where it should not.

Looks at what was noted when archives were opened (in every reading, so that nothing stays hidden from other checks).
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from gatepost.model.file_kinds import PROGRAMS, FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.screen.carried import Carried, list_carried
from gatepost.screen.case import Case, Kit
from gatepost.screen.kind import Kind
from gatepost.screen.quoting import quote

MAX_FILES = 2_000
MAX_SHOWN = 3  # traits of one kind, of one file

HIDDEN = Kind(
    "archive_tricks.hidden",
    Severity.DANGER,
    3.0,
    "Programs see different files in an archive: what one shows, another hides.",
)
PATH = Kind(
    "archive_tricks.path",
    Severity.DANGER,
    3.0,
    "An archive holds a name that leads out of the folder it is unpacked in.",
)
LINK = Kind(
    "archive_tricks.link",
    Severity.SUSPECT,
    2.0,
    "An archive holds a link that leads out of the folder it is unpacked in, or a device.",
)
STRUCTURE = Kind(
    "archive_tricks.structure",
    Severity.SUSPECT,
    2.0,
    "The records of an archive contradict each other, or its data: it is damaged, or made to be read differently.",
)
EXTRA_DATA = Kind(
    "archive_tricks.extra_data", Severity.SUSPECT, 2.0, "Something stands in an archive that belongs to no file of it."
)
NAMES = Kind(
    "archive_tricks.names", Severity.SUSPECT, 2.0, "Two files of an archive bear one name, or a name is no honest one."
)
UNREADABLE = Kind(
    "archive_tricks.unreadable",
    Severity.SUSPECT,
    2.0,
    "A file in an archive is packed in a way that only few programs undo, or is a piece of several.",
)
ODDITY = Kind("archive_tricks.oddity", Severity.NOTE, 0.0, "An archive is built in a way that is rare, and harmless.")
NEEDS_FILES = True
KINDS: tuple[Kind, ...] = (HIDDEN, PATH, LINK, STRUCTURE, EXTRA_DATA, NAMES, UNREADABLE, ODDITY)

_TRAITS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        HIDDEN: (
            "fake_encryption", "header_differs", "hidden_entry", "name_differs", "name_nul", "overlap", "several_ends",
            "two_directories", "unicode_name",
        ),
        PATH: ("path_escape", "through_link"),
        LINK: ("device", "link_outside"),
        STRUCTURE: (
            "cut_off", "data_in_entry", "descriptor_differs", "end_odd", "extra_odd", "extra_padded", "header_empty",
            "no_directory", "no_local_header", "unicode_stale", "wrong_checksum", "wrong_size", "zip64_odd",
        ),
        EXTRA_DATA: ("data_before", "data_behind", "data_between"),
        NAMES: ("name_control", "name_twice", "path_absolute"),
        UNREADABLE: ("rare_method", "unknown_method", "volumes"),
        ODDITY: ("cab_reserved", "empty", "name_alike", "name_backslash", "several_streams"),
    }
)  # fmt: skip
_BY_TRAIT: Mapping[str, Kind] = MappingProxyType(
    {f"archive.{trait}": kind for kind, traits in _TRAITS.items() for trait in traits}
)
_SAYS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        HIDDEN: ("shows different files to different programs", "会向不同的程序显示不同的文件"),
        PATH: ("wants to put a file outside of the folder it is unpacked in", "试图把文件写到解压目录之外"),
        LINK: ("holds a link out of the folder it is unpacked in", "含有指向解压目录之外的链接"),
        STRUCTURE: ("contradicts itself", "内部记录自相矛盾"),
        EXTRA_DATA: ("holds something that belongs to no file", "夹带不属于任何文件的数据"),
        NAMES: ("holds names that mislead", "含有容易误导的文件名"),
        UNREADABLE: ("is packed in a way that few programs read", "采用少数程序才能读取的压缩方式"),
        ODDITY: ("is built in a rare way", "构造方式少见"),
    }
)
# What is no oddity in some kinds of files: such programs are made of these, Android aligns data by that.
_EXPECTED: Mapping[str, frozenset[FileKind]] = MappingProxyType(
    {
        "archive.data_before": PROGRAMS,
        "archive.data_behind": PROGRAMS,
        "archive.extra_padded": frozenset({FileKind.APK, FileKind.JAR}),
    }
)


def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:  # noqa: ARG001 - all checks are called alike
    """Tell what is odd about each archive, a finding for each kind of oddity."""
    for carried in islice(list_carried(case), MAX_FILES):
        if carried.file.traits:
            yield from _examine_file(carried)


def _examine_file(carried: Carried) -> Iterator[Finding]:
    seen: dict[Kind, list[Evidence]] = {}
    for trait in carried.file.traits:
        kind = _BY_TRAIT.get(trait.code)
        if kind and carried.file.kind not in _EXPECTED.get(trait.code, ()):
            said = f"{trait.code.partition('.')[2]}: {trait.text}" if trait.text else trait.code.partition(".")[2]
            seen.setdefault(kind, []).append(carried.point(said))
    for kind, evidence in seen.items():
        says, says_zh = _SAYS[kind]
        yield kind.seen(
            *evidence[:MAX_SHOWN],
            says=f"The archive {carried.call()} {says}.",
            says_zh=f"压缩包 {quote(carried.name) or '（无名称）'} {says_zh}。",
        )
