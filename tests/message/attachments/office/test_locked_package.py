"""Encrypted OpenDocument files open with their password, and with no other."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from built_files.office import build_locked_open_document
from gatepost.message.attachments.office.locked_package import MANIFEST, read_locks, unlock_package

PICTURE = "Pictures/a.png"


def read_parts(document: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(document)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("cipher", ["aes", "blowfish"])
def test_the_right_password_opens_every_part(cipher: str) -> None:
    locked = read_parts(build_locked_open_document("tulip", {PICTURE: b"picture" * 99}, cipher))
    opened = unlock_package(locked, ["rose", "tulip"], 10_000)
    assert opened is not None
    parts = read_parts(opened.content)
    assert (parts["content.xml"], parts[PICTURE]) == (b"<office:document-content/>", b"picture" * 99)
    assert (opened.password, opened.is_whole, b"encryption-data" in parts[MANIFEST]) == ("tulip", True, False)


@pytest.mark.parametrize("cipher", ["aes", "blowfish"])
def test_a_wrong_password_opens_nothing(cipher: str) -> None:
    locked = read_parts(build_locked_open_document("tulip", cipher=cipher))
    assert unlock_package(locked, ["rose", ""], 10_000) is None


def test_a_part_that_proves_nothing_is_proven_by_unpacking() -> None:
    locked = read_parts(build_locked_open_document("tulip"))
    locked[MANIFEST] = locked[MANIFEST].replace(b"m:checksum=", b"m:other=")
    assert unlock_package(locked, ["rose"], 10_000) is None
    assert unlock_package(locked, ["rose", "tulip"], 10_000) is not None


def test_another_part_with_a_lock_of_its_own_does_not_mislead() -> None:
    locked = read_parts(build_locked_open_document("tulip", {PICTURE: b"picture" * 99}))
    locked[PICTURE] = b"x"
    opened = unlock_package(locked, ["tulip"], 10_000)
    assert opened is not None
    assert read_parts(opened.content)["content.xml"] == b"<office:document-content/>"


def test_of_two_locks_of_one_part_the_last_one_counts() -> None:
    locked = read_parts(build_locked_open_document("tulip"))
    entry = locked[MANIFEST].index(b'<m:file-entry m:full-path="content.xml"')
    end = locked[MANIFEST].index(b"</m:file-entry>", entry) + len(b"</m:file-entry>")
    decoy = locked[MANIFEST][entry:end].replace(b'iteration-count="1000"', b'iteration-count="1"')
    locked[MANIFEST] = locked[MANIFEST][:entry] + decoy + locked[MANIFEST][entry:]
    opened = unlock_package(locked, ["tulip"], 10_000)
    assert opened is not None
    assert opened.is_whole


def test_a_long_part_is_proven_by_its_beginning() -> None:
    words = b"".join(b"%d," % number for number in range(9_999))
    locked = read_parts(build_locked_open_document("tulip", {"content.xml": words}))
    opened = unlock_package(locked, ["rose", "tulip"], 100_000)
    assert opened is not None
    assert read_parts(opened.content)["content.xml"] == words


def test_more_than_may_be_is_cut_and_told() -> None:
    locked = read_parts(build_locked_open_document("tulip", {PICTURE: b"picture" * 9999}))
    opened = unlock_package(locked, ["tulip"], 1000)
    assert opened is not None
    assert not opened.is_whole


def test_nobody_asks_for_rounds_without_end() -> None:
    locked = read_parts(build_locked_open_document("tulip"))
    locked[MANIFEST] = locked[MANIFEST].replace(b'iteration-count="1000"', b'iteration-count="900000000"')
    assert unlock_package(locked, ["tulip"], 10_000) is None


def test_a_lock_that_takes_memory_stays_closed() -> None:
    locked = read_parts(build_locked_open_document("tulip"))
    locked[MANIFEST] = locked[MANIFEST].replace(b'"PBKDF2"', b'"urn:org:documentfoundation:names:argon2id"')
    assert unlock_package(locked, ["tulip"], 10_000) is None


@given(st.text(alphabet='<>/"= mencryptiondatalgohsvc0123456789#:', max_size=200))
def test_any_manifest_gives_locks_or_none(text: str) -> None:
    manifest = f'<m><file-entry full-path="a"><encryption-data checksum="é"/>{text}</file-entry></m>'.encode()
    for lock in read_locks(manifest):
        assert lock.name == "a"
        assert not lock.is_known
