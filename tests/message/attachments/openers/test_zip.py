"""ZIP archives are opened in every reading, with passwords where they fit, and never past their room."""

import io
import os
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack
from archive_cases import EICAR, NOTE, find_contents, find_traits, give_prefixes, has_eicar, open_file
from gatepost.message.attachments.desk import RATIO_FLOOR_BYTES
from gatepost.model.contents import Opening
from opened_files import texts
from zip_bombs import BOMBS
from zip_builder import Piece, write_zip

PLAN = Piece(b"plan.txt", NOTE)


def test_files_are_opened_by_their_names() -> None:
    opened = open_file(write_zip([PLAN, Piece(b"folder/"), Piece(b"folder/a.txt", b"a", 0), Piece(b"empty", b"", 0)]))
    assert find_contents(opened) == {"plan.txt": NOTE, "folder/a.txt": b"a", "empty": b""}
    assert (opened.opening, find_traits(opened)) == (Opening.OPENED, [])


HIDING = {
    "only a local header": write_zip([PLAN, Piece(b"a.com", EICAR, has_central=False)]),
    "another method in the local header": write_zip([Piece(b"a.com", EICAR, 0, central={"method": 8})]),
    "another method in the directory": write_zip([Piece(b"a.com", EICAR, 8, local={"method": 0})]),
    "locked only in the directory": write_zip([Piece(b"a.com", EICAR, central={"flags": 1})]),
    "locked only in the local header": write_zip([Piece(b"a.com", EICAR, local={"flags": 1})]),
    "locked only by what it says": write_zip([Piece(b"a.com", EICAR, flags=1)]),
    "a size of nothing in the directory": write_zip([Piece(b"a.com", EICAR, 0, central={"packed": 0, "size": 0})]),
    "a wrong checksum": write_zip([Piece(b"a.com", EICAR, central={"crc": 1}, local={"crc": 1})]),
    "an end record in the comment": write_zip([Piece(b"a.com", EICAR, 0)], comment=write_zip([PLAN]) + write_zip([])),
    "an archive in front": write_zip([Piece(b"a.com", EICAR)]) + write_zip([PLAN]),
    "an archive behind": write_zip([PLAN]) + write_zip([Piece(b"a.com", EICAR)]),
    "data behind": write_zip([PLAN], behind=EICAR),
    "data in front": write_zip([PLAN], before=EICAR),
    "no directory": write_zip([PLAN, Piece(b"a.com", EICAR)])[:-120],
    "streamed, no directory": write_zip([Piece(b"a.com", EICAR, flags=8)])[:-80],
    "behind a folder's name": write_zip([Piece(b"a.com/", EICAR)]),
}


@pytest.mark.parametrize("case", HIDING)
def test_what_an_ambiguous_archive_hides_is_found(case: str) -> None:
    opened = open_file(HIDING[case])
    assert has_eicar(opened)
    if case != "behind a folder's name":
        assert find_traits(opened)


def test_a_file_with_two_names_is_opened_under_both_where_they_differ_in_kind() -> None:
    opened = open_file(write_zip([Piece(b"a.txt", NOTE, local={"name": b"a.bat"})]))
    assert sorted(find_contents(opened)) == ["a.bat", "a.txt"]


def test_two_files_of_one_name_are_both_opened() -> None:
    opened = open_file(write_zip([PLAN, Piece(b"plan.txt", EICAR)]))
    assert (len(opened.files), find_traits(opened)) == (2, ["name_twice"])


@pytest.mark.parametrize(
    ("piece", "code"),
    [
        (Piece(b"a", NOTE, central={"size": 5}, local={"size": 5}), "wrong_size"),
        (Piece(b"a", NOTE, central={"crc": 5}, local={"crc": 5}), "wrong_checksum"),
        (Piece(b"a", NOTE, padding=b"more"), "data_in_entry"),
        (Piece(b"a", NOTE, 97), "unknown_method"),
        (Piece(b"a", b"\xff\xff\xff", 0, central={"method": 8}, local={"method": 8}), "damaged"),
        (Piece(b"../a", NOTE), "path_escape"),
        (Piece(b"a", NOTE, flags=1), "fake_encryption"),
    ],
)
def test_what_is_odd_about_a_file_is_told(piece: Piece, code: str) -> None:
    assert code in find_traits(open_file(write_zip([piece, PLAN])))


def test_a_file_that_is_packed_in_an_unknown_way_is_told_as_unseen_and_hides_no_other() -> None:
    opened = open_file(write_zip([Piece(b"a.exe", NOTE, 97), Piece(b"b", EICAR)]))
    assert (opened.opening, has_eicar(opened)) == (Opening.LIMIT, True)
    assert texts(opened, "opening.unseen") == texts(opened, "archive.locked_entry") == ["a.exe"]


def test_an_archive_that_holds_nothing_or_only_folders_is_told() -> None:
    for content in (write_zip([]), write_zip([Piece(b"photos/", b"", 0)])):
        opened = open_file(content)
        assert (opened.files, opened.opening, find_traits(opened)) == ((), Opening.OPENED, ["empty"])


def test_a_symbolic_link_is_told_where_it_leads_outside() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr, link.create_system = 0o120777 << 16, 3
        archive.writestr(link, "../../etc/passwd")
    assert find_traits(open_file(packed.getvalue())) == ["link_outside"]


@pytest.mark.parametrize("way", ["zipcrypt", "aes128", "aes256"])
def test_a_locked_archive_opens_with_the_password_of_the_mail(way: str) -> None:
    locked = pack("zip", {"a.com": EICAR}, password="Zu7-tt", options=f"encryption={way}")
    opened = open_file(locked, passwords=("ladder", "Zu7-tt"))
    assert (has_eicar(opened), opened.opening, find_traits(opened)) == (True, Opening.OPENED, ["unlocked"])
    closed = open_file(locked, passwords=("ladder",))
    assert (closed.files, closed.opening, find_traits(closed)) == ((), Opening.LOCKED, ["locked_entry"])


def test_an_archive_five_deep_is_opened() -> None:
    content = EICAR
    for level in range(5):
        content = write_zip([Piece(b"level %d" % level, content)])
    assert has_eicar(open_file(content))


def test_a_file_that_is_too_large_hides_none_behind_it() -> None:
    large = Piece(b"large.bin", bytes(RATIO_FLOOR_BYTES + 1))
    opened = open_file(write_zip([large, Piece(b"a.com", EICAR), PLAN]))
    assert [file.name for file in opened.files] == ["large.bin", "a.com", "plan.txt"]
    assert [file.content for file in opened.files[1:]] == [EICAR, NOTE]
    assert (opened.opening, "opening.unseen" in {trait.code for trait in opened.traits}) == (Opening.LIMIT, False)


def test_what_is_undone_in_python_has_a_limit_of_its_own() -> None:
    """Deflate and Deflate64 write short stored data alike."""
    noise = os.urandom(60_000)
    head = b"\x01" + len(noise).to_bytes(2, "little") + (len(noise) ^ 0xFFFF).to_bytes(2, "little")
    said = {"method": 9, "size": len(noise), "crc": zlib.crc32(noise)}
    pieces = [Piece(b"%d" % number, head + noise, 0, local=said, central=said) for number in range(60)]
    few = open_file(write_zip(pieces[:5]))
    assert (set(find_contents(few).values()), find_traits(few), few.opening) == (
        {noise},
        ["rare_method"],
        Opening.OPENED,
    )
    start = time.process_time()
    many = open_file(write_zip(pieces))
    assert time.process_time() - start < 5
    is_whole = [file.content == noise for file in many.files]
    assert (many.opening, is_whole[0], is_whole[-1], len(is_whole)) == (Opening.LIMIT, True, False, 60)


def test_the_comment_of_an_archive_may_tell_its_password() -> None:
    locked = pack("zip", {"plan.txt": NOTE}, password="Zu7-tt", options="encryption=aes256")
    comment = b"The password is Zu7-tt."
    told = locked[:-2] + struct.pack("<H", len(comment)) + comment
    assert find_contents(open_file(told)) == {"plan.txt": NOTE}
    assert open_file(locked).opening is Opening.LOCKED


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_costs_little_and_is_told(case: str) -> None:
    content = BOMBS[case]()
    start = time.process_time()
    opened = open_file(content)
    assert time.process_time() - start < 3
    codes = find_traits(opened)
    assert Opening.LIMIT in {file.opening for file in opened.walk()} or "bomb" in codes
    assert sum(file.size_bytes for file in opened.walk()) < 300 << 20
    assert {"bomb", "overlap", "many_files"} & set(codes) or case == "two hundred archives deep"


def test_what_a_cut_or_a_changed_byte_leaves_is_opened_without_breaking() -> None:
    whole = write_zip(
        [PLAN, Piece(b"b", os.urandom(50), 0, flags=8), Piece(b"c", b"c", extra=struct.pack("<HH", 1, 0))]
    )
    for changed in give_prefixes(whole):
        assert "opening.broken" not in {trait.code for trait in open_file(changed).traits}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_any_bytes_are_opened_or_told(noise: bytes, at: int) -> None:
    whole = write_zip([PLAN, Piece(b"b", EICAR, 0, flags=8)], comment=b"comment")
    opened = open_file(whole[:at] + noise + whole[at + len(noise) :])
    assert "opening.broken" not in {trait.code for trait in opened.traits}
