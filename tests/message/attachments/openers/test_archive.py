"""Archives that libarchive reads are opened; what it does not decrypt is told as locked."""

import random
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import (
    pack,
    write_cab,
    write_folders,
    write_lha,
    write_locked_7z,
    write_locked_rar5,
    write_oldest_rar,
    write_rar4,
    write_rar5,
)
from archive_cases import EICAR, NOTE, find_contents, find_traits, give_prefixes, has_eicar, open_file
from file_samples import build_pe
from gatepost.model.contents import Opening
from gatepost.model.file_kinds import FileKind
from opened_files import texts
from zip_builder import Piece, write_zip

FILES = {"plan.txt": NOTE, "a.com": EICAR}
KINDS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "7z": lambda files: pack("7zip", files),
    "7z by bzip2": lambda files: pack("7zip", files, options="compression=bzip2"),
    "7z by PPMd": lambda files: pack("7zip", files, options="compression=ppmd"),
    "ISO": lambda files: pack("iso9660", files),
    "cpio, old": lambda files: pack("cpio", files),
    "cpio, new": lambda files: pack("cpio_newc", files),
    "ar of BSD": lambda files: pack("ar_bsd", files),
    "ar of System V": lambda files: pack("ar_svr4", files),
    "xar": lambda files: pack("xar", files),
    "RAR before 1.5": write_oldest_rar,
    "RAR 4": write_rar4,
    "RAR 5": write_rar5,
    "CAB": write_cab,
    "LHA": write_lha,
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_opened(kind: str) -> None:
    opened = open_file(KINDS[kind](FILES))
    assert find_contents(opened) == FILES
    assert (opened.opening, find_traits(opened)) == (Opening.OPENED, [])


@pytest.mark.parametrize("kind", KINDS)
def test_five_deep_it_is_opened(kind: str) -> None:
    content = EICAR
    for level in range(4):
        content = KINDS[kind]({f"level{level}": content})
    assert has_eicar(open_file(write_zip([Piece(b"outer", content)])))


@pytest.mark.parametrize("content", [
    write_rar4(FILES, file_flags=0x4), write_rar5(FILES, is_encrypted=True), write_rar4(FILES, main_flags=0x80),
])  # fmt: skip
def test_what_is_not_decrypted_is_locked(content: bytes) -> None:
    opened = open_file(content)
    assert (opened.opening, has_eicar(opened)) == (Opening.LOCKED, False)
    assert set(find_traits(opened)) <= {"locked_entry", "encrypted_names"}
    assert find_traits(opened)


@pytest.mark.parametrize("with_names", [False, True])
def test_a_locked_rar_opens_with_the_password_of_the_mail(with_names: bool) -> None:
    locked = write_locked_rar5(FILES, "Ladder-88", with_names=with_names)
    opened = open_file(locked, passwords=("Ladder-88",))
    assert (find_contents(opened), opened.opening, find_traits(opened)) == (FILES, Opening.OPENED, ["unlocked"])
    closed = open_file(locked)
    assert (closed.opening, closed.files) == (Opening.LOCKED, ())
    assert find_traits(closed)[0] == ("encrypted_names" if with_names else "locked_entry")


def test_a_locked_rar_opens_with_the_password_of_its_comment() -> None:
    locked = write_locked_rar5(FILES, "Ladder-88", comment=b"The password is: Ladder-88\r\n\x00")
    assert has_eicar(open_file(locked))
    assert not has_eicar(open_file(write_locked_rar5(FILES, "Ladder-88", comment=b"No word of it.")))


@pytest.mark.parametrize("kind", ["7z", "cpio, new", "RAR 4", "RAR 5"])
def test_an_archive_that_holds_nothing_is_told(kind: str) -> None:
    opened = open_file(KINDS[kind]({}))
    assert (opened.opening, find_traits(opened)) == (Opening.OPENED, ["empty"])


@pytest.mark.parametrize("with_names", [False, True])
def test_a_locked_7z_opens_with_the_password_of_the_mail(with_names: bool) -> None:
    locked = write_locked_7z(FILES, "Ladder-88", with_names=with_names)
    opened = open_file(locked, passwords=("Ladder-88",))
    assert (find_contents(opened), opened.opening, find_traits(opened)) == (FILES, Opening.OPENED, ["unlocked"])


def test_a_locked_7z_tells_its_names_unless_they_are_locked_too() -> None:
    opened = open_file(write_locked_7z({"invoice.exe": NOTE}, "Ladder-88"))
    assert (opened.opening, opened.files) == (Opening.LOCKED, ())
    assert [(trait.code, trait.text) for trait in opened.traits] == [("archive.locked_entry", "invoice.exe")]
    opened = open_file(write_locked_7z({"invoice.exe": NOTE}, "Ladder-88", with_names=True))
    assert (opened.opening, find_traits(opened)) == (Opening.LOCKED, ["encrypted_names"])


def test_volumes_and_reserved_room_are_told() -> None:
    assert find_traits(open_file(write_rar4(FILES, main_flags=1))) == ["volumes"]
    assert find_traits(open_file(write_rar5(FILES, archive_flags=1))) == ["volumes"]
    assert "volumes" in find_traits(open_file(write_cab(FILES, flags=1)))
    assert find_traits(open_file(write_cab(FILES, flags=4, reserved=b"room"))) == ["cab_reserved"]


def test_behind_a_file_that_is_packed_in_an_unknown_way_the_others_are_opened() -> None:
    opened = open_file(write_lha({"plan.txt": NOTE, "a.com": EICAR}, first_method=b"-lh2-"))
    assert (opened.opening, has_eicar(opened)) == (Opening.LIMIT, True)
    assert find_traits(opened) == ["locked_entry", "unknown_method"]
    assert texts(opened, "opening.unseen") == ["plan.txt"]


@pytest.mark.parametrize(("content", "name"), [
    (b"RE\x7e\x5e" + bytes(90), "a.rar"), (write_oldest_rar(FILES, method=3), "a.rar"),
    (write_oldest_rar(FILES, flags=4), "a.rar"), (write_lha({"a": NOTE}, first_method=b"-pm2-"), "a.pma"),
])  # fmt: skip
def test_archives_of_a_kind_that_libarchive_does_not_know_are_told_as_unseen(content: bytes, name: str) -> None:
    assert "opening.unseen" in {trait.code for trait in open_file(content, name).traits}


def test_of_a_damaged_file_is_opened_what_there_is() -> None:
    noise = random.Random(1).randbytes(300_000)
    packed = pack("7zip", {"a.com": EICAR + b" " * 100 + noise}, options="compression=lzma1")
    opened = open_file(packed[:200_000] + bytes(90_000) + packed[290_000:])
    assert (opened.opening, has_eicar(opened), find_traits(opened)) == (Opening.BROKEN, True, ["damaged"])


def test_more_entries_than_are_looked_at_are_told() -> None:
    opened = open_file(write_folders(10_001))
    assert (opened.opening, find_traits(opened)) == (Opening.LIMIT, ["many_files"])
    assert texts(opened, "opening.unseen") == [""]


def test_a_7z_whose_lock_hides_how_it_is_packed_is_locked() -> None:
    locked = write_locked_7z(FILES, "Ladder-88")
    strange = locked.replace(b"\x23\x03\x01\x01\x05", b"\x23\x03\x01\x7f\x05")
    start = struct.pack("<I", zlib.crc32(strange[32 + struct.unpack_from("<Q", strange, 12)[0] :]))
    strange = strange[:28] + start + strange[32:]
    strange = strange[:8] + struct.pack("<I", zlib.crc32(strange[12:32])) + strange[12:]
    assert open_file(strange).opening is Opening.LOCKED


@pytest.mark.parametrize(("kind", "name"), [("7z", "a.7z"), ("RAR 5", "a.rar"), ("CAB", "a.cab")])
def test_an_archive_behind_something_is_found(kind: str, name: str) -> None:
    opened = open_file(b"something else" * 9 + KINDS[kind](FILES), name)
    assert has_eicar(opened)
    assert "data_before" in find_traits(opened)


@pytest.mark.parametrize("mode", [1, 2])
def test_the_image_of_a_cd_with_all_bytes_of_its_sectors_is_opened(mode: int) -> None:
    image = pack("iso9660", FILES)
    head = b"\x00" + b"\xff" * 10 + b"\x00" + bytes((0, 0, 0, mode)) + bytes(8 * (mode - 1))
    sectors = (image[at : at + 2_048] for at in range(0, len(image), 2_048))
    opened = open_file(b"".join((head + sector).ljust(2_352, b"\x00") for sector in sectors), "a.bin")
    assert (find_contents(opened), opened.opening) == (FILES, Opening.OPENED)


def test_a_cabinet_among_the_resources_of_a_program_is_opened() -> None:
    opened = open_file(build_pe(b"MSCF is no cabinet" + bytes(70_000) + write_cab(FILES) + bytes(500)), "setup.exe")
    assert (opened.kind, has_eicar(opened), find_traits(opened)) == (FileKind.PE, True, ["data_before"])


def test_the_tables_of_a_library_are_no_files() -> None:
    symbols = b"/".ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"0".ljust(8) + b"4".ljust(10) + b"`\n" + bytes(4)
    plain = pack("ar_svr4", {"a.o": NOTE})
    opened = open_file(plain[:8] + symbols + plain[8:])
    assert (find_contents(opened), find_traits(opened)) == ({"a.o": NOTE}, [])


def test_a_bomb_is_told() -> None:
    opened = open_file(pack("7zip", {"a": bytes(12 << 20), "b": bytes(12 << 20)}))
    assert (opened.opening, find_traits(opened), len(opened.files)) == (Opening.LIMIT, ["bomb"], 1)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "ISO"])
def test_what_a_cut_or_a_changed_byte_leaves_is_opened_without_breaking(kind: str) -> None:
    for changed in give_prefixes(KINDS[kind](FILES)):
        assert "opening.broken" not in {trait.code for trait in open_file(changed).traits}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 250), st.sampled_from(sorted(set(KINDS) - {"ISO"})))
def test_any_bytes_are_opened_or_told(noise: bytes, at: int, kind: str) -> None:
    whole = KINDS[kind](FILES)
    opened = open_file(whole[:at] + noise + whole[at + len(noise) :])
    assert "opening.broken" not in {trait.code for trait in opened.traits}
