"""Every opener is found, and an order is answered in its order."""

from gatepost.message.attachments.opening import load_openers, open_files
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen, Keep, OpenOrder


def test_every_kind_has_an_entry() -> None:
    assert set(load_openers()) == set(FileKind)


def test_files_are_answered_in_their_order_with_bytes_where_asked() -> None:
    files = (FileToOpen("1", "a.txt", b"one"), FileToOpen("2", "b.txt", b""))
    opened = open_files(OpenOrder(files, keep=Keep.ALL)).files
    assert [(file.path, file.name, file.content) for file in opened] == [("1", "a.txt", b"one"), ("2", "b.txt", b"")]
    assert opened[1].kind is FileKind.EMPTY
    assert open_files(OpenOrder(files)).files[0].content == b""
