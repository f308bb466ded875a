"""Opens files of ZIP archives that are encrypted, with passwords that may fit.

Standards: APPNOTE.TXT 6.3.10 §6.1 (traditional encryption); WinZip's AE-1 and AE-2 (extra field 0x9901).
Trust: the archive comes from a stranger; so do most of the passwords.
Fails: never; None where no password fits. A try costs about a millisecond for AES, a tenth of that otherwise.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from gatepost.message.attachments.archives.libarchive import ArchiveDamagedError, MissingLibraryError, Reader
from gatepost.message.attachments.archives.zip_data import (
    DEFLATE64,
    UnknownMethodError,
    Unpacked,
    unpack,
    unpack_by_libarchive,
    wrap_alone,
)
from gatepost.message.attachments.archives.zip_records import (
    AES,
    AES_EXTRA,
    DEFLATED,
    ENCRYPTED,
    HAS_DESCRIPTOR,
    STORED,
    STRONG,
    Header,
    find_extra,
)

# What people take who want a scanner to be locked out, or to hand on samples.
COMMON_PASSWORDS = (
    "infected", "infected-test", "password", "123456", "1234", "12345", "123", "malware", "virus", "12345678",
    "123456789", "1", "2025", "2026", "admin", "qwerty", "abc123", "111111", "000000", "0000", "1111", "666666",
    "888888", "a123456", "passw0rd",
)  # fmt: skip
MAX_TRIES = 5_000
MAX_SLOW_BYTES = 2 * 1024 * 1024  # of a file that is undone in Python
_AES_TRIES = 12  # as long as so many of the other kind
_FULL_TRIES = 20
_HEAD_BYTES = 12
_AES_ROUNDS = 1_000
_AES_EXTRA_BYTES = 7
_WITH_LIBARCHIVE = frozenset({STORED, DEFLATED})  # methods that it decrypts and undoes in one step
_START_KEYS = (0x12345678, 0x23456789, 0x34567890)
_MASK = 0xFFFFFFFF


def _build_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC = _build_table()


class UnlockedArchive(NamedTuple):
    """An archive without its encryption, and the password that took it away."""

    content: bytes
    password: str


def spell(passwords: Iterable[str]) -> Mapping[bytes, str]:
    """Give passwords by their bytes: in UTF-8, and as Chinese Windows writes them."""
    spelled: dict[bytes, str] = {}
    for password in passwords:
        spelled.setdefault(password.encode("utf-8", "replace"), password)
        if not password.isascii():
            spelled.setdefault(password.encode("gb18030", "replace"), password)
    return {each: password for each, password in spelled.items() if each and b"\x00" not in each}


class Keyring:
    """The passwords for one archive: the one that fitted last comes first, and the number of tries is limited."""

    def __init__(self, passwords: Iterable[str]) -> None:
        self._spelled = spell((*passwords, *COMMON_PASSWORDS))
        self._passwords = list(self._spelled)
        self._tries_left = MAX_TRIES
        self._known = b""  # the one that fitted last

    @property
    def fitted(self) -> str:
        """Give the password that fitted last, "" before."""
        return self._spelled.get(self._known, "")

    def decrypt(self, content: bytes, header: Header, data_at: int, room_bytes: int) -> Unpacked | None:
        """Give the content under the first password that fits."""
        if header.flags & STRONG:
            return None
        test = _passes_aes if header.method == AES else _passes_traditional
        for password in self._passwords:
            if self._tries_left <= 0:
                return None
            self._tries_left -= _AES_TRIES if header.method == AES else 1
            if password == self._known or test(content, header, data_at, password):
                self._tries_left -= _FULL_TRIES
                found = _open_with(password, content, header, data_at, room_bytes)
                if found is not None:
                    self._tries_left = MAX_TRIES
                    self._known = password
                    self._passwords.remove(password)
                    self._passwords.insert(0, password)
                    return found
        return None


def _open_with(password: bytes, content: bytes, header: Header, data_at: int, room_bytes: int) -> Unpacked | None:
    try:
        if _read_method(header) in _WITH_LIBARCHIVE:
            found = unpack_by_libarchive(content, header, data_at, room_bytes, (password,))
        else:
            found = _unpack_in_two_steps(password, content, header, data_at, room_bytes)
    except (UnknownMethodError, ArchiveDamagedError, StopIteration, MissingLibraryError):
        return None
    return found if not found.is_damaged and (_fits(found, header) or not found.is_whole) else None


def _read_method(header: Header) -> int:
    """Give how the content was packed before it was encrypted."""
    extra = find_extra(header.extra, AES_EXTRA) if header.method == AES else None
    return int.from_bytes(extra[5:7], "little") if extra else header.method


def _unpack_in_two_steps(password: bytes, content: bytes, header: Header, data_at: int, room_bytes: int) -> Unpacked:
    """Decrypt, then unpack: what libarchive is shown is the packed content, encrypted, as if it were a stored file."""
    method = _read_method(header)
    data = content[data_at : data_at + header.packed_bytes]
    stored = replace(header, size_bytes=len(data) - _find_overhead(header))
    if header.method == AES:
        extra = find_extra(header.extra, AES_EXTRA) or b""
        extra = b"\x02\x00" + extra[2:5] + bytes(2)  # of the second version: that has no checksum of the content
        stored = replace(stored, extra=struct.pack("<HH", AES_EXTRA, len(extra)) + extra)
    else:
        stored = replace(stored, method=STORED)
    with Reader(wrap_alone(stored, data), ("zip",), passwords=(password,)) as reader:
        reader.ignore_checksums()
        next(reader.members())
        packed, _ = reader.read(len(data))
    plain = replace(header, method=method, packed_bytes=len(packed), flags=header.flags & ~ENCRYPTED)
    return unpack(packed, plain, 0, min(room_bytes, MAX_SLOW_BYTES) if method == DEFLATE64 else room_bytes)


def _find_overhead(header: Header) -> int:
    """Give how many bytes encryption adds: salt, check and code of AES, or the head of the other kind."""
    if header.method != AES:
        return _HEAD_BYTES
    extra = find_extra(header.extra, AES_EXTRA) or bytes(_AES_EXTRA_BYTES)
    return 4 + 4 * extra[4] + 2 + 10


def _fits(found: Unpacked, header: Header) -> bool:
    """Say whether the content is the one that was packed; AE-2 leaves the checksum out, its own is in the data."""
    return header.method == AES or zlib.crc32(found.content) == header.crc


def _passes_traditional(content: bytes, header: Header, data_at: int, password: bytes) -> bool:
    head = content[data_at : data_at + _HEAD_BYTES]
    expected = header.time >> 8 if header.flags & HAS_DESCRIPTOR else header.crc >> 24
    keys = _START_KEYS
    for byte in password:
        keys = _turn(keys, byte)
    plain = 0
    for byte in head:
        twisted = keys[2] | 2
        plain = byte ^ (twisted * (twisted ^ 1) >> 8) & 0xFF
        keys = _turn(keys, plain)
    return plain in (expected, header.crc >> 24)


def _turn(keys: tuple[int, int, int], byte: int) -> tuple[int, int, int]:
    first = keys[0] >> 8 ^ _CRC[(keys[0] ^ byte) & 0xFF]
    second = ((keys[1] + (first & 0xFF)) * 134775813 + 1) & _MASK
    return first, second, keys[2] >> 8 ^ _CRC[(keys[2] ^ second >> 24) & 0xFF]


def _passes_aes(content: bytes, header: Header, data_at: int, password: bytes) -> bool:
    extra = find_extra(header.extra, AES_EXTRA)
    if extra is None or len(extra) < _AES_EXTRA_BYTES or extra[4] not in (1, 2, 3):
        return False
    salt_bytes, key_bytes = 4 + 4 * extra[4], 8 + 8 * extra[4]
    salt = content[data_at : data_at + salt_bytes]
    derived = hashlib.pbkdf2_hmac("sha1", password, salt, _AES_ROUNDS, 2 * key_bytes + 2)
    return derived[-2:] == content[data_at + salt_bytes : data_at + salt_bytes + 2]
