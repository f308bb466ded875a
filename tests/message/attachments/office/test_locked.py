"""Encrypted documents open with Office's own passwords, and with those that are told."""

import struct
import time

import pytest

from built_files import build_file
from built_files.compound_files import build_compound
from built_files.office import build_locked, build_workbook, write_biff
from gatepost.message.attachments.office import locked
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.message.attachments.office.locked import is_locked, unlock
from paths import SHARED, needs_shared


def test_a_document_is_opened_with_a_password_that_is_told() -> None:
    content = build_file("locked-told.docx")
    compound = CompoundFile(content)
    assert is_locked(compound)
    assert unlock(compound, content, ["wrong"]) is None
    unlocked = unlock(compound, content, ["wrong", "boards-2025"])
    assert unlocked is not None
    assert (unlocked.content[:2], unlocked.password, unlocked.is_own) == (b"PK", "boards-2025", False)


@pytest.mark.parametrize("name", ["open-lock.xlsx", "old-lock.xls"])
def test_what_office_opens_by_itself_is_opened(name: str) -> None:
    content = build_file(name)
    unlocked = unlock(CompoundFile(content), content, [])
    assert unlocked is not None
    assert unlocked.is_own


@pytest.mark.parametrize("name", ["plain.xls", "dropper.doc", "runs-program.ppt"])
def test_what_is_open_is_not_locked(name: str) -> None:
    assert not is_locked(CompoundFile(build_file(name)))


@needs_shared
@pytest.mark.parametrize("ending", ["doc", "xls", "ppt", "docx", "xlsb", "pptm"])
def test_documents_of_office_itself_are_opened(ending: str) -> None:
    content = (SHARED / "suites" / "office-attachments-oletools" / "encrypted" / f"encrypted.{ending}").read_bytes()
    compound = CompoundFile(content)
    assert is_locked(compound)
    assert unlock(compound, content, ["wrong"]) is None
    assert unlock(compound, content, ["wrong", "encrypted"]) is not None


@pytest.mark.parametrize("rounds", [b"900000", b"9900000"])
def test_a_document_that_asks_for_many_rounds_takes_no_long_time(rounds: bytes) -> None:
    content = build_locked("secret")
    info = CompoundFile(content).read(("EncryptionInfo",))
    asking = info.replace(b'spinCount="100000"', b'spinCount="' + rounds + b'"')
    assert asking != info
    forged = build_compound({"EncryptionInfo": asking, "EncryptedPackage": b"x" * 5000})
    start = time.process_time()
    assert unlock(CompoundFile(forged), forged, [f"password{number}" for number in range(50)]) is None
    assert time.process_time() - start < 6


@pytest.mark.parametrize(("method", "opened"), [(0, False), (1, True)], ids=["masks", "RC4"])
def test_what_is_slow_is_tried_up_to_a_size(method: int, opened: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    monkeypatch.setattr(locked, "MAX_MASKED_BYTES", 100)
    monkeypatch.setattr(locked, "_try", lambda _content, password: tried.append(password))
    workbook = build_workbook(write_biff(0x2F, struct.pack("<HHH", method, 1, 1)))
    content = build_compound({"Workbook": workbook})
    assert unlock(CompoundFile(content), content, ["a"]) is None
    assert bool(tried) is opened


def test_a_chain_of_sectors_without_end_is_not_written_to() -> None:
    content = build_file("old-lock.xls")
    sectors = -(-CompoundFile(content).measure(("Workbook",)) // 64)
    chain = struct.pack(f"<{sectors}I", *range(1, sectors), 0xFFFFFFFE)
    endless = content.replace(chain, chain[:-4] + bytes(4))
    assert endless != content
    assert is_locked(CompoundFile(endless))
    assert unlock(CompoundFile(endless), endless, []) is None


def test_damage_is_no_error() -> None:
    content = build_compound({"EncryptionInfo": b"\x04\x00\x04\x00@\x00\x00\x00<a", "EncryptedPackage": b"x" * 100})
    assert unlock(CompoundFile(content), content, ["a"]) is None
