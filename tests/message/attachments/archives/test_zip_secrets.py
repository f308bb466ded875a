"""Encrypted files of ZIP archives open with the password, in both encryptions, and with no other."""

import bz2
import time
import zlib

import pytest

from archive_builders import pack
from archive_cases import NOTE
from gatepost.message.attachments.archives.zip_layout import read_layout
from gatepost.message.attachments.archives.zip_secrets import MAX_TRIES, Keyring, spell

WAYS = ("zipcrypt", "aes128", "aes256")


def lock(way: str, password: str, count: int = 1) -> bytes:
    files = {f"{number}.txt": NOTE for number in range(count)}
    return pack("zip", files, password=password, options=f"encryption={way}")


def unlock(content: bytes, *passwords: str) -> list[bytes]:
    keys = Keyring(passwords)
    found = (keys.decrypt(content, entry.header, entry.data_at, 10**6) for entry in read_layout(content).entries)
    return [each.content for each in found if each]


@pytest.mark.parametrize("way", WAYS)
def test_the_password_opens_every_file(way: str) -> None:
    assert unlock(lock(way, "Zu7-tt", 3), "ladder", "Zu7-tt") == [NOTE] * 3


@pytest.mark.parametrize("way", WAYS)
def test_another_password_opens_nothing(way: str) -> None:
    assert unlock(lock(way, "Zu7-tt"), *(f"wrong{number}" for number in range(50))) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_common_password_is_tried_unasked(way: str) -> None:
    assert unlock(lock(way, "infected")) == [NOTE]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_packed_by_a_rare_method_before_it_was_locked_is_opened(way: str) -> None:
    packed = bz2.compress(NOTE)
    stored = pack("zip", {"a": packed}, password="ladder", options=f"encryption={way},compression=store")
    if way == "zipcrypt":
        locked = _name_method(stored, b"PK\x03\x04", 8).replace(crc(packed), crc(NOTE))
        locked = _name_method(locked, b"PK\x01\x02", 10)
    else:
        place = stored.index(b"\x01\x99\x07\x00")
        extra = stored[place : place + 11]
        locked = stored.replace(extra, extra[:-2] + b"\x0c\x00")
    assert unlock(locked, "ladder") == [NOTE]
    assert unlock(locked, "wrong") == []


def crc(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "little")


def _name_method(content: bytes, mark: bytes, place: int) -> bytes:
    at = content.index(mark) + place
    return content[:at] + b"\x0c\x00" + content[at + 2 :]


def test_no_more_than_asked_for_is_decrypted() -> None:
    content = lock("aes256", "Zu7-tt")
    (entry,) = read_layout(content).entries
    found = Keyring(["Zu7-tt"]).decrypt(content, entry.header, entry.data_at, 5)
    assert found is not None
    assert (found.content, found.is_whole) == (NOTE[:5], False)


def test_a_password_is_spelled_as_systems_of_east_and_west_do() -> None:
    spelled = {"梯子".encode(): "梯子", "梯子".encode("gb18030"): "梯子", b"a": "a"}
    assert spell(["梯子", "a", "", "a\x00b"]) == spelled


def test_many_locked_files_cost_no_more_than_the_limit_of_tries() -> None:
    content = lock("aes256", "Zu7-tt", 300)
    start = time.process_time()
    assert unlock(content, *(f"wrong{number}" for number in range(50))) == []
    assert time.process_time() - start < 3
    assert MAX_TRIES >= 50 * 12  # the passwords of a whole mail are tried at least on a few files
