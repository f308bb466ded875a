"""The headers of ARJ archives, and their data as libarchive undoes it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import write_arj
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.arj import read_arj, unpack_arj

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
    (file,) = read_arj(write_arj({"a": NOTE}, method=4))
    assert unpack_arj(file, 100) is None


def test_damaged_data_gives_what_could_be_read() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, method=1))
    assert unpack_arj(file, 100) != (NOTE, True)


def test_locks_and_volumes_are_told() -> None:
    (file,) = read_arj(write_arj({"a": NOTE}, flags=0x05))
    assert (file.is_locked, file.is_volume, file.is_folder) == (True, True, False)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 150))
def test_any_bytes_have_files_or_none(noise: bytes, at: int) -> None:
    for file in read_arj(PACKED[:at] + noise + PACKED[at + len(noise) :]):
        found = unpack_arj(file, 50)
        assert found is None or len(found[0]) <= 50
