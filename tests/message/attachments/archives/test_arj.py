"""The headers of ARJ archives, and their data as libarchive undoes it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import write_arj
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.arj import MAX_FILES, MAX_TRIES_BYTES, ArjKeys, read_arj, unpack_arj
from gatepost.message.attachments.archives.libarchive import TooManyMembersError
from message.attachments.archives.test_arj_fastest import write_fastest

PACKED = write_arj({"plan.txt": NOTE, "a.com": EICAR})


def test_files_are_read_with_their_data() -> None:
    assert {file.name: (file.data, file.size_bytes) for file in read_arj(PACKED)} == {
        "plan.txt": (NOTE, len(NOTE)), "a.com": (EICAR, len(EICAR)),
    }  # fmt: skip


def test_stored_data_is_given_within_the_room() -> None:
    plan, _ = read_arj(PACKED)
    assert unpack_arj(plan, 100) == (NOTE, True)
    assert unpack_arj(plan, 5) == (NOTE[:5], False)


def test_a_method_that_nobody_knows_gives_none() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, method=9))
    assert unpack_arj(file, 100) is None


def test_damaged_data_gives_what_could_be_read() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, method=1))
    assert unpack_arj(file, 100) != (NOTE, True)


def test_the_fastest_method_is_undone() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}))
    fast = replace(file, method=4, data=write_fastest(NOTE))
    assert unpack_arj(fast, 100) == (NOTE, True)
    assert unpack_arj(fast, 5) == (NOTE[:5], False)


@pytest.mark.parametrize(("password", "known"), [("ladder", ("wrong", "ladder")), ("infected", ())])
def test_what_is_locked_opens_with_a_password_of_the_mail_or_a_common_one(
    password: str, known: tuple[str, ...]
) -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, flags=1))
    twisted = bytes(letter ^ (ord(password[at % len(password)]) + 7) & 0xFF for at, letter in enumerate(NOTE))
    locked = replace(file, data=twisted, modifier=7)
    keys = ArjKeys(known)
    assert (keys.unlock(locked, 100), keys.fitted) == (NOTE, password)
    assert ArjKeys(("other",)).unlock(replace(locked, modifier=8), 100) is None


def test_the_work_of_tries_is_limited() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, flags=1))
    keys = ArjKeys(())
    assert keys.unlock(replace(file, size_bytes=MAX_TRIES_BYTES), 100) is None
    assert keys.unlock(replace(file, method=4, size_bytes=MAX_TRIES_BYTES // 25), 100) is None


def test_a_list_that_does_not_end_is_told() -> None:
    with pytest.raises(TooManyMembersError):
        list(read_arj(write_arj({str(number): b"" for number in range(MAX_FILES)})))


def test_locks_and_volumes_are_told() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, flags=0x05))
    assert (file.is_locked, file.is_volume, file.is_folder) == (True, True, False)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 150))
def test_any_bytes_have_files_or_none(noise: bytes, at: int) -> None:
    for file in read_arj(PACKED[:at] + noise + PACKED[at + len(noise) :]):
        found = unpack_arj(file, 50)
        assert found is None or len(found[0]) <= 50
