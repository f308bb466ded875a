"""A file that is a piece of an archive is told; the last of the mail has the whole archive in it."""

import pytest

from archive_builders import pack
from archive_cases import EICAR, NOTE, has_eicar
from gatepost.message.attachments.opening import make_desk
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import Keep
from opened_files import codes, texts

WHOLE = pack("7zip", {"a.com": EICAR}, options="compression=store")


def test_the_whole_archive_lies_in_the_piece_that_comes_last() -> None:
    desk = make_desk((), Keep.ALL)
    first = desk.open("1", "a.7z.001", WHOLE[:60])
    last = desk.open("2", "a.7z.002", WHOLE[60:])
    assert texts(first, "archive.volumes") == ["a.7z.001"]
    assert (has_eicar(first), has_eicar(last)) == (False, True)
    assert [(file.path, file.name, file.kind) for file in last.files] == [("2:1", "a.7z", FileKind.SEVEN_ZIP)]


def test_pieces_in_an_archive_are_put_together() -> None:
    desk = make_desk((), Keep.ALL)
    opened = desk.open("1", "b.zip", pack("zip", {"d/a.7z.001": WHOLE[:60], "d/a.7z.002": WHOLE[60:]}))
    assert has_eicar(opened)


@pytest.mark.parametrize("name", ["a.7z", "plan.txt", "a.001"])
def test_a_file_that_is_no_piece_is_left_alone(name: str) -> None:
    assert "archive.volumes" not in codes(make_desk((), Keep.ALL).open("1", name, NOTE))
