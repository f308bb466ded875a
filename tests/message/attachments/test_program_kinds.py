"""Programs are told from what begins alike."""

import pytest

from file_samples import DOS, PE, build_pe
from gatepost.message.attachments.program_kinds import detect_dos_or_windows, detect_fat_or_class, find_overlay
from gatepost.model.file_kinds import FileKind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PE, FileKind.PE),
        (DOS, FileKind.DOS_PROGRAM),
        (b"MZ" + bytes(58) + b"\x40\x00\x00\x00NE" + bytes(50), FileKind.DOS_PROGRAM),
        (b"MZ", None),
        (b"MZ" + bytes(200), None),
        (b"MZ" + b"\xff" * 80, None),
        (b"MZee is how the letter is signed, and it goes on for many more words.", None),
    ],
)
def test_a_header_says_what_loads_the_program(content: bytes, kind: FileKind | None) -> None:
    assert detect_dos_or_windows(content) is kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02" + bytes(20), FileKind.MACH_O),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(20), FileKind.JAVA_CLASS),
        (b"\xca\xfe\xba\xbe", None),
    ],
)
def test_a_universal_program_is_told_from_a_class(content: bytes, kind: FileKind | None) -> None:
    assert detect_fat_or_class(content) is kind


def test_what_lies_behind_the_sections_is_found() -> None:
    program = build_pe()
    assert find_overlay(program) == -1
    assert find_overlay(program + b"more") == len(program)
    assert find_overlay(b"MZ") == -1


def test_a_section_table_without_end_is_left() -> None:
    assert find_overlay(b"MZ" + bytes(58) + b"\x40\x00\x00\x00PE\x00\x00\x00\x00\xff\xff" + b"\xff" * 10_000) == -1
