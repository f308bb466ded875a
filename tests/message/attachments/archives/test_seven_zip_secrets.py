"""The encryption is taken from 7z archives, with the password and with no other."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import pack, write_locked_7z
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.libarchive import Reader
from gatepost.message.attachments.archives.seven_zip import write_archive
from gatepost.message.attachments.archives.seven_zip_secrets import is_locked_7z, unlock_7z

FILES = {"plan.txt": NOTE * 300, "folder/a.com": EICAR}
METHODS = ("lzma", "lzma2", "bzip2", "deflate", "copy")


def read_all(archive: bytes) -> dict[str, bytes]:
    with Reader(archive, ("7zip",), ("none",)) as reader:
        return {member.name: reader.read(10**6)[0] for member in reader.members()}


@pytest.mark.parametrize("with_names", [False, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("password", ["Ladder-88", "梯子八八"])
def test_the_password_opens_every_file(password: str, method: str, with_names: bool) -> None:
    locked = write_locked_7z(FILES, password, method=method, with_names=with_names)
    unlocked = unlock_7z(locked, ("wrong", password))
    assert unlocked is not None
    assert (read_all(unlocked.content), unlocked.password) == (FILES, password)


@pytest.mark.parametrize("with_names", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_another_password_opens_nothing(method: str, with_names: bool) -> None:
    locked = write_locked_7z(FILES, "Ladder-88", method=method, with_names=with_names)
    assert unlock_7z(locked, tuple(f"wrong{number}" for number in range(20))) is None


@pytest.mark.parametrize("method", METHODS)
def test_no_wrong_password_seems_to_fit(method: str) -> None:
    for number in range(60):  # one byte alone that happens to be right is right once in 256 tries
        files = {"a": random.Random(number).randbytes(200)}
        assert unlock_7z(write_locked_7z(files, f"Ladder-{number}", method=method), ()) is None


def test_a_common_password_is_tried_unasked() -> None:
    assert unlock_7z(write_locked_7z(FILES, "infected"), ()) is not None


@pytest.mark.parametrize("method", METHODS)
def test_a_file_that_lies_alone_is_opened(method: str) -> None:
    unlocked = unlock_7z(write_locked_7z({"plan.txt": NOTE}, "Ladder-88", method=method), ("Ladder-88",))
    assert unlocked is not None
    assert read_all(unlocked.content) == {"plan.txt": NOTE}


@pytest.mark.parametrize("with_names", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_a_lock_is_seen_without_its_key(method: str, with_names: bool) -> None:
    assert is_locked_7z(write_locked_7z(FILES, "Ladder-88", method=method, with_names=with_names))
    assert not is_locked_7z(pack("7zip", FILES))
    assert not is_locked_7z(pack("7zip", FILES)[:-3])


def test_what_is_not_locked_is_left_as_it_is() -> None:
    for compression in ("lzma1", "lzma2", "copy", "bzip2", "ppmd", "deflate"):
        assert unlock_7z(pack("7zip", FILES, options=f"compression={compression}"), ("a",)) is None
    assert unlock_7z(b"", ()) is None


@pytest.mark.parametrize("power", [19, 20, 21, 62, 63])
def test_a_lock_made_to_cost_much_costs_little(power: int) -> None:
    locked = write_locked_7z({"a": NOTE}, "Ladder-88")
    locked = locked.replace(b"\x0e\x44\x0bvector", b"\x0e" + bytes((0x40 | power,)) + b"\x0bvector")
    start = time.process_time()
    assert unlock_7z(locked, tuple(f"wrong{number}" for number in range(50))) is None
    assert time.process_time() - start < 6


def test_a_header_that_claims_much_costs_little() -> None:
    """Ten thousand folders of ten thousand files each, or a header that is all folders."""
    claims = b"\x01\x04\x06\x00\x01\x09\x00\x00\x07\x0b\xa7\x10\x00" + b"\x01\x00" * 10_000 + b"\x0c" + bytes(10_000)
    start = time.process_time()
    for header in (
        claims + b"\x00\x08\x0d" + b"\xa7\x10" * 10_000 + b"\x0a\x01",
        claims[:12] + b"\x00" + b"\x20" * 3_000_000,
    ):
        assert unlock_7z(write_archive(b"", header), ()) is None
    assert time.process_time() - start < 3


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=20), st.integers(8, 400), st.booleans(), st.sampled_from(METHODS))
def test_any_bytes_are_unlocked_or_not(noise: bytes, at: int, with_names: bool, method: str) -> None:
    whole = write_locked_7z({"a.com": EICAR}, "infected", method=method, with_names=with_names)
    unlocked = unlock_7z(whole[:at] + noise + whole[at + len(noise) :], ())
    assert unlocked is None or unlocked.content.startswith(b"7z")
