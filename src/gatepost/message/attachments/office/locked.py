"""Open encrypted documents with the passwords that Office itself tries, and with those that a mail tells.

Standards: MS-OFFCRYPTO 2.3.4 (ECMA-376), 2.3.5 (CryptoAPI RC4), 2.3.6 (RC4), 2.3.7 (XOR); MS-XLS 2.2.10: Excel opens
what is encrypted with "VelvetSweatshop" without asking.
Trust: the file is a stranger's, who may ask for millions of rounds of a hash for each try.
Fails: never; None where no password fits.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import msoffcrypto

from gatepost.message.attachments.office.biff import find_records
from gatepost.message.attachments.office.compound import CompoundFile

OWN_PASSWORDS = ("VelvetSweatshop", "/01Hannes Ruescher/01")
MAX_ROUNDS = 2_500_000  # of a hash, for all tries together: about two seconds
MAX_TRIED_BYTES = 64 * 1024 * 1024  # decrypted in all tries together
MAX_MASKED_BYTES = 4 * 1024 * 1024  # masks are taken off byte by byte
MAX_OLD_BYTES = 24 * 1024 * 1024  # RC4
_ROUNDS_WITHOUT_WORD = 50_000
_SPIN_COUNT = re.compile(rb'spinCount="(\d{1,12})"')
_ROUNDS_AT_LEAST = 1_000
_FILE_PASS, _RECORDS_BEFORE_FILE_PASS = 0x2F, 50
_WORD_FLAGS_AT = 0x0B
_LOCKED_PRESENTATION = b"\xdf\xc4\xd1\xf3"


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A document that was opened."""

    content: bytes
    password: str
    is_own: bool  # Office opens it without asking its reader


def is_locked(compound: CompoundFile) -> bool:
    """Say whether a compound file is an encrypted document."""
    if compound.has("EncryptedPackage") and compound.has("EncryptionInfo"):
        return True
    for path in compound.paths:
        name = path[-1].casefold()
        if len(path) == 1 and name in _SIGNS and _SIGNS[name](compound.read(path)):
            return True
    return False


def _is_locked_workbook(stream: bytes) -> bool:
    return _find_lock(stream) is not None


def _find_lock(stream: bytes) -> bytes | None:
    """Give the record that says how a workbook is encrypted."""
    records = islice(find_records(stream), _RECORDS_BEFORE_FILE_PASS)
    return next((data for kind, data in records if kind == _FILE_PASS), None)


def _is_masked(compound: CompoundFile) -> bool:
    streams = (compound.read(path) for name in ("Workbook", "Book") for path in compound.find(name))
    return any((_find_lock(stream) or b"\x01").startswith(b"\x00\x00") for stream in streams)


def _is_locked_text(stream: bytes) -> bool:
    return len(stream) > _WORD_FLAGS_AT and bool(stream[_WORD_FLAGS_AT] & 1)


def _is_locked_presentation(stream: bytes) -> bool:
    return stream[12:16] == _LOCKED_PRESENTATION


_SIGNS: Mapping[str, Callable[[bytes], bool]] = {
    "workbook": _is_locked_workbook,
    "book": _is_locked_workbook,
    "worddocument": _is_locked_text,
    "current user": _is_locked_presentation,
}


def unlock(compound: CompoundFile, content: bytes, passwords: Iterable[str]) -> Unlocked | None:
    """Try the passwords, as many as the time allows that the document's own rounds of hashing take."""
    tries = min(MAX_ROUNDS // _count_rounds(compound), max(1, MAX_TRIED_BYTES // len(content)))
    if not compound.has("EncryptionInfo") and not _is_bearable(compound, content):
        return None
    for password in [*OWN_PASSWORDS, *passwords][:tries]:
        opened = _try(content, password)
        if opened is not None:
            return Unlocked(opened, password, password in OWN_PASSWORDS)
    return None


def _is_bearable(compound: CompoundFile, content: bytes) -> bool:
    """Say whether an old document may be tried: the library writes what it decrypts back into the same sectors."""
    most_bytes = MAX_MASKED_BYTES if _is_masked(compound) else MAX_OLD_BYTES
    return len(content) <= most_bytes and not compound.runs_in_circles()


def _count_rounds(compound: CompoundFile) -> int:
    if not compound.has("EncryptionInfo"):
        return _ROUNDS_AT_LEAST
    match = _SPIN_COUNT.search(compound.read(("EncryptionInfo",)))
    return max(int(match[1]), _ROUNDS_AT_LEAST) if match else _ROUNDS_WITHOUT_WORD


def _try(content: bytes, password: str) -> bytes | None:
    opened = BytesIO()
    try:
        document = msoffcrypto.OfficeFile(BytesIO(content))
        document.load_key(password=password)  # its own proof of the password is wrong for SHA-1: the content proves it
        document.decrypt(opened)
    except Exception:  # noqa: BLE001 - the library asserts, looks up and unpacks what a stranger wrote
        return None
    return opened.getvalue()
