"""Beyond the corpus cases: what counts as made to exhaust."""

from archive_cases import NOTE, open_file
from carried_files import build_case, examine_case, find_in
from zip_builder import Piece, write_zip

CHECK = "archive_bomb"


def nest(levels: int, content: bytes = NOTE) -> bytes:
    for _ in range(levels):
        content = write_zip([Piece(b"a.zip", content, 0)])
    return content


def test_depth_counts_where_archives_are_no_longer_opened() -> None:
    assert find_in(CHECK, open_file(nest(9))) == []
    assert find_in(CHECK, open_file(nest(10))) == ["deep"]


def test_the_outermost_archive_is_named() -> None:
    (finding,) = examine_case(CHECK, build_case(open_file(nest(12), "parts.zip")))
    assert finding.says == "The archive parts.zip holds archives within archives without end."


def test_the_name_of_the_outermost_archive_cannot_drive_the_terminal_of_its_reader() -> None:
    (finding,) = examine_case(CHECK, build_case(open_file(nest(12), "parts\u202epiz.exe")))
    assert finding.says.isprintable()
    assert finding.says_zh.isprintable()


def test_what_packs_well_is_a_bomb_only_past_the_floor() -> None:
    assert find_in(CHECK, open_file(write_zip([Piece(b"a", bytes(3 << 20))]))) == []
    assert find_in(CHECK, open_file(write_zip([Piece(b"a", bytes(8 << 20))]))) == ["dense"]
