"""What the headers of RAR archives tell, in both formats."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import write_rar4, write_rar5
from archive_cases import NOTE
from gatepost.message.attachments.archives.rar_headers import RarHeaders, read_rar_headers

FILES = {"plan.txt": NOTE, "folder/rota.txt": NOTE}


def test_an_open_archive_has_nothing_locked() -> None:
    assert read_rar_headers(write_rar4(FILES)) == read_rar_headers(write_rar5(FILES)) == RarHeaders()


def test_names_of_locked_files_are_given() -> None:
    locked = frozenset(FILES)
    assert read_rar_headers(write_rar4(FILES, file_flags=0x4)).locked == locked
    assert read_rar_headers(write_rar5(FILES, is_encrypted=True)).locked == locked


def test_encrypted_names_are_told() -> None:
    assert read_rar_headers(write_rar4(FILES, main_flags=0x80)).has_encrypted_names
    assert read_rar_headers(b"Rar!\x1a\x07\x01\x00" + bytes(4) + b"\x05\x04\x00\x00\x00\x00").has_encrypted_names


def test_volumes_are_told() -> None:
    assert read_rar_headers(write_rar4(FILES, main_flags=0x1)).is_volume
    assert read_rar_headers(write_rar5(FILES, archive_flags=0x1)).is_volume


def test_the_comment_is_read() -> None:
    headers = read_rar_headers(write_rar5(FILES, comment="密码：ladder".encode(), is_encrypted=True))
    assert (headers.comment.decode(), headers.locked) == ("密码：ladder", frozenset(FILES))
    assert read_rar_headers(write_rar5(FILES)).comment == b""


def test_a_header_that_is_longer_than_the_archive_ends_the_list() -> None:
    """Its extra area would be looked for behind the end, without end."""
    huge = b"\xff\xff\xff\xff\xff\xff\x7f"
    assert read_rar_headers(b"Rar!\x1a\x07\x01\x00" + bytes(4) + huge + b"\x02\x03\x10\x00" + bytes(20)) == RarHeaders()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(8, 150))
def test_any_bytes_have_headers(noise: bytes, at: int) -> None:
    for whole in (write_rar4(FILES), write_rar5(FILES, is_encrypted=True)):
        assert isinstance(read_rar_headers(whole[:at] + noise + whole[at + len(noise) :]), RarHeaders)
