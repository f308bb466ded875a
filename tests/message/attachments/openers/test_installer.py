"""What lies in the streams of a package of Windows Installer is opened; its tables are not."""

import pytest

from archive_builders import write_cab
from archive_cases import EICAR, NOTE, find_contents, give_prefixes, has_eicar, open_file
from built_files.compound_files import build_compound
from gatepost.message.attachments.openers.installer import read_stream_name
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind

PACKAGE = "000C1084-0000-0000-C000-000000000046"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"


def write_name(name: str) -> str:
    """Two letters in a sign, and the last one alone where it is left over."""
    signs = [
        chr(0x3800 + LETTERS.index(name[at]) + 64 * LETTERS.index(name[at + 1])) for at in range(0, len(name) - 1, 2)
    ]
    return "".join(signs) + (chr(0x4800 + LETTERS.index(name[-1])) if len(name) % 2 else "")


STREAMS = {
    write_name("ladder.cab"): write_cab({"a.com": EICAR}),
    write_name("Binary.Helper"): NOTE,
    "\u4840" + write_name("File"): b"rows of numbers",
    "\x05SummaryInformation": b"properties",
}


def test_cabinets_and_what_else_is_carried_are_opened() -> None:
    opened = open_file(build_compound(STREAMS, PACKAGE), "setup.msi")
    assert (opened.kind, opened.opening, has_eicar(opened)) == (FileKind.WINDOWS_INSTALLER, Opening.OPENED, True)
    assert find_contents(opened) == {"ladder.cab": write_cab({"a.com": EICAR}), "Binary.Helper": NOTE}


@pytest.mark.parametrize("name", ["Binary.Helper", "a", "ladder.cab", ""])
def test_names_of_streams_are_read(name: str) -> None:
    assert read_stream_name(write_name(name)) == name


def test_a_sign_that_stands_for_itself_is_left_alone() -> None:
    assert read_stream_name("\x01Ole 梯") == "\x01Ole 梯"


def test_what_a_cut_or_a_changed_byte_leaves_is_opened_or_told() -> None:
    whole = build_compound(STREAMS, PACKAGE)
    assert {open_file(changed, "setup.msi").opening for changed in give_prefixes(whole)} <= {
        Opening.OPENED, Opening.BROKEN, Opening.LEAF, Opening.LIMIT,
    }  # fmt: skip
