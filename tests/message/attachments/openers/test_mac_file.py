"""The file that a file of the Mac wraps is opened."""

import pytest

from archive_cases import EICAR, has_eicar, open_file
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from message.attachments.test_mac_forks import write_apple, write_mac_binary
from zip_builder import Piece, write_zip

PACKED = write_zip([Piece(b"a.com", EICAR)])


@pytest.mark.parametrize("content", [
    write_apple(b"\x00\x05\x16\x00\x00", {3: b"a.zip", 1: PACKED}), write_mac_binary(b"a.zip", PACKED),
])  # fmt: skip
def test_the_data_fork_is_opened(content: bytes) -> None:
    opened = open_file(content)
    assert (opened.kind, opened.opening, has_eicar(opened)) == (FileKind.MAC_FILE, Opening.OPENED, True)
    assert ([file.name for file in opened.files], opened.traits) == (["a.zip"], ())


def test_what_macs_put_beside_their_files_holds_nothing() -> None:
    opened = open_file(write_apple(b"\x00\x05\x16\x07\x00", {2: b"fork", 9: bytes(32)}), "._plan.txt")
    assert (opened.kind, opened.files, opened.traits) == (FileKind.MAC_FILE, (), ())
