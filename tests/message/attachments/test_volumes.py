"""Pieces of an archive are known by their names, and put together when all of them are here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import NOTE
from gatepost.message.attachments.volumes import MAX_PIECES, Piece, Shelf, read_piece
from zip_builder import Piece as Entry
from zip_builder import write_end, write_zip

SEVEN_ZIP = pack("7zip", {"plan.txt": NOTE * 90})
ZIP = write_zip([Entry(b"plan.txt", NOTE * 90)])
LAST_VOLUME = ZIP[-40:-22] + write_end(1, 0, 0, changes={"disk": 2})


@pytest.mark.parametrize(("name", "content", "piece"), [
    ("a.7z.001", b"", Piece("a.7z", 1)),
    ("docs/A.ZIP.012", b"", Piece("docs/A.ZIP", 12)),
    ("a.z01", b"", Piece("a.zip", 1)),
    ("a.zip", LAST_VOLUME, Piece("a.zip", 3)),
    ("a.zip", ZIP, None),
    ("a.rar.002", b"", Piece("a.rar.002", 0)),
    ("a.r00", b"", Piece("a.r00", 0)),
    ("a.7z", b"", None),
    ("report.001", b"", None),
    ("", b"", None),
])  # fmt: skip
def test_a_piece_is_known_by_its_name(name: str, content: bytes, piece: Piece | None) -> None:
    assert read_piece(name, content) == piece


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("whole", [SEVEN_ZIP, ZIP], ids=["7z", "ZIP"])
def test_the_last_piece_to_come_makes_the_archive_whole(whole: bytes, order: tuple[int, ...]) -> None:
    step = len(whole) // 3 + 1
    shelf = Shelf()
    found = [shelf.put(Piece("a.7z", number + 1), whole[number * step :][:step]) for number in order]
    assert found == [None, None, whole]


@pytest.mark.parametrize(("pieces", "content"), [
    ((1,), SEVEN_ZIP), ((1, 3), SEVEN_ZIP), ((1, 2), SEVEN_ZIP[:-20]), ((0, 0), SEVEN_ZIP), ((1, 2), NOTE),
    ((2, 3), ZIP),
])  # fmt: skip
def test_what_is_not_whole_is_not_given(pieces: tuple[int, ...], content: bytes) -> None:
    shelf, half = Shelf(), len(content) // 2
    parts = (content[:half], content[half:])
    assert {shelf.put(Piece("a.7z", number), part) for number, part in zip(pieces, parts, strict=False)} == {None}


def test_pieces_of_several_archives_are_not_mixed() -> None:
    shelf, half = Shelf(), len(ZIP) // 2
    assert shelf.put(Piece("a.zip", 1), ZIP[:half]) is shelf.put(Piece("b.zip", 2), ZIP[half:]) is None
    assert shelf.put(Piece("A.zip", 2), ZIP[half:]) == ZIP


def test_no_more_pieces_than_the_limit_are_kept() -> None:
    shelf = Shelf()
    for number in range(MAX_PIECES):
        shelf.put(Piece("a.zip", number + 2), b"")
    assert shelf.put(Piece("a.zip", 1), ZIP) is None


@given(st.text(max_size=30), st.binary(max_size=30))
def test_any_name_and_bytes_are_a_piece_or_none(name: str, content: bytes) -> None:
    piece = read_piece(name, content)
    assert piece is None or piece.number >= 0
