"""The encryption is taken from RAR archives of the fifth format, with the password and with no other."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_builders import write_locked_rar5, write_rar4, write_rar5
from archive_cases import EICAR, NOTE
from gatepost.message.attachments.archives.libarchive import Reader
from gatepost.message.attachments.archives.rar_secrets import unlock_rar5

FILES = {"plan.txt": NOTE, "folder/a.com": EICAR}


def read_all(archive: bytes) -> dict[str, bytes]:
    with Reader(archive, ("rar5",), ("none",)) as reader:
        return {member.name: reader.read(10**6)[0] for member in reader.members()}


@pytest.mark.parametrize("with_names", [False, True])
@pytest.mark.parametrize("password", ["Ladder-88", "梯子八八"])
def test_the_password_opens_every_file(password: str, with_names: bool) -> None:
    locked = write_locked_rar5(FILES, password, with_names=with_names)
    unlocked = unlock_rar5(locked, ("wrong", password))
    assert unlocked is not None
    assert (read_all(unlocked.content), unlocked.password) == (FILES, password)


@pytest.mark.parametrize("with_names", [False, True])
def test_another_password_opens_nothing(with_names: bool) -> None:
    assert unlock_rar5(write_locked_rar5(FILES, "Ladder-88", with_names=with_names), ("wrong", "")) is None


def test_a_common_password_is_tried_unasked() -> None:
    assert unlock_rar5(write_locked_rar5(FILES, "infected"), ()) is not None


def test_what_is_not_locked_is_left_as_it_is() -> None:
    assert (
        unlock_rar5(write_rar5(FILES), ("a",)) is unlock_rar5(write_rar4(FILES), ("a",)) is unlock_rar5(b"", ()) is None
    )


def test_packed_data_ends_where_its_last_block_ends() -> None:
    """The cipher fills its last block up; libarchive would take that for one more block of packed data."""
    packed = b"\x00\x5a\x02ab" + b"\x48\x5a\x03\x00abc"
    unlocked = unlock_rar5(write_locked_rar5({"a": packed}, "infected", packing=3 << 7), ())
    plain = write_rar5({"a": packed})
    assert unlocked is not None
    assert unlocked.content.endswith(packed + plain[plain.index(packed) + len(packed) :])


@pytest.mark.parametrize("count", [15, 19, 20, 60])
def test_a_lock_made_to_cost_much_costs_little(count: int) -> None:
    locked = bytearray(write_locked_rar5({"a": NOTE}, "Ladder-88"))
    locked[locked.index(b"salt of sixteen!") - 1] = count
    start = time.process_time()
    assert unlock_rar5(bytes(locked), tuple(f"wrong{number}" for number in range(50))) is None
    assert time.process_time() - start < 5


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.integers(8, 300), st.booleans())
def test_any_bytes_are_unlocked_or_not(noise: bytes, at: int, with_names: bool) -> None:
    whole = write_locked_rar5(FILES, "infected", with_names=with_names)
    unlocked = unlock_rar5(whole[:at] + noise + whole[at + len(noise) :], ())
    assert unlocked is None or unlocked.content.startswith(b"Rar!")
