"""Takes the encryption from RAR archives of the fifth format, with a password that fits; libarchive reads the rest.

Source: the technical note of RARLAB on RAR 5.0 (encryption header, file encryption record), PBKDF2 (RFC 8018 §5.2).
Trust: the archive comes from a stranger; so do most of the passwords.
Fails: never; None where no password fits. A password costs about twenty milliseconds.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gatepost.message.attachments.archives.rar_headers import MAX_BLOCKS, RAR5, Numbers
from gatepost.message.attachments.archives.zip_secrets import COMMON_PASSWORDS, UnlockedArchive

MAX_ROUNDS = 3_000_000  # of all tries together: two seconds
_MAIN, _FILE, _LOCKED_HEADERS, _END = 1, 2, 4, 5
_HAS_EXTRA, _HAS_DATA = 0x1, 0x2
_HAS_TIME, _HAS_CRC = 0x2, 0x4
_ENCRYPTION_RECORD = 1
_HAS_CHECK = 0x1
_BLOCK = 16
_MAX_COUNT = 20
_IS_LAST = 0x40
_CHECK_ROUNDS = 32  # more than for the key
_MAX_HEADER_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Lock:
    """What an encryption record says."""

    count: int  # the rounds are two to this power
    salt: bytes
    vector: bytes
    check: bytes  # b"" where the archive does not tell which password fits


class _Keys:
    """The passwords, and the keys that were made of them."""

    def __init__(self, passwords: Iterable[str]) -> None:
        self._passwords = list(dict.fromkeys((*passwords, *COMMON_PASSWORDS)))
        self.fitted = ""  # the password that fitted last
        self._rounds_left = MAX_ROUNDS
        self._found: dict[tuple[int, bytes], bytes | None] = {}

    def find(self, lock: _Lock) -> bytes | None:
        """Give the key of a lock; None where no password fits."""
        place = (lock.count, lock.salt)
        if place not in self._found:
            self._found[place] = self._try_all(lock) if lock.check and lock.count <= _MAX_COUNT else None
        return self._found[place]

    def _try_all(self, lock: _Lock) -> bytes | None:
        rounds = 1 << lock.count
        for password in self._passwords:
            if self._rounds_left < rounds:
                return None
            self._rounds_left -= rounds
            spelled = password.encode("utf-8", "replace")
            checked = hashlib.pbkdf2_hmac("sha256", spelled, lock.salt, rounds + _CHECK_ROUNDS)
            if _fold(checked) == lock.check:
                self._passwords.insert(0, password)  # the next file most likely has the same
                self.fitted = password
                return hashlib.pbkdf2_hmac("sha256", spelled, lock.salt, rounds)
        return None


def _fold(checked: bytes) -> bytes:
    parts = [int.from_bytes(checked[at : at + 8], "big") for at in range(0, 32, 8)]
    return (parts[0] ^ parts[1] ^ parts[2] ^ parts[3]).to_bytes(8, "big")


def unlock_rar5(archive: bytes, passwords: Iterable[str]) -> UnlockedArchive | None:
    """Give the archive without its encryption; None where it has none, or where no password opens it."""
    keys = _Keys(passwords)
    blocks = list(_read_blocks(archive, keys))
    if not archive.startswith(RAR5) or not any(block.lock for block in blocks):
        return None
    out = bytearray(RAR5)
    for block in blocks:
        written = _write(block, keys)
        if written is None:
            return None
        out += written
    return UnlockedArchive(bytes(out), keys.fitted)


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    header: bytes  # without its checksum and its size
    data: bytes
    lock: _Lock | None  # of the data


def _read_blocks(archive: bytes, keys: _Keys) -> Iterator[_Block]:
    at, key = len(RAR5), b""
    for _ in range(MAX_BLOCKS):
        header, end = _read_header(archive, at, key)
        numbers = Numbers(header, 0)
        kind, flags = numbers.take(), numbers.take()
        extra_bytes = numbers.take() if flags & _HAS_EXTRA else 0
        data_bytes = numbers.take() if flags & _HAS_DATA else 0
        if not header:
            return
        if kind == _LOCKED_HEADERS:
            found = keys.find(_read_lock(header, numbers.at, has_vector=False))
            if found is None:
                return
            key = found
            yield _Block(kind, header, b"", _read_lock(header, numbers.at, has_vector=False))
        else:
            lock = _find_lock(header, len(header) - extra_bytes) if kind == _FILE else None
            yield _Block(kind, header, archive[end : end + data_bytes], lock)
        at = end + data_bytes


def _read_header(archive: bytes, at: int, key: bytes) -> tuple[bytes, int]:
    """Give a header, and where its block's data begins; an encrypted one begins with the vector of its encryption."""
    plain = archive[at : at + 4 + 10]
    if key:
        at += _BLOCK
        plain = _decrypt(key, archive[at - _BLOCK : at], archive[at : at + _BLOCK])
    numbers = Numbers(plain, 4)
    size = numbers.take()
    total = numbers.at + size
    if not 0 < size <= _MAX_HEADER_BYTES or at + total > len(archive):
        return b"", at
    if not key:
        return archive[at + numbers.at : at + total], at + total
    end = at + -(-total // _BLOCK) * _BLOCK
    return _decrypt(key, archive[at - _BLOCK : at], archive[at:end])[numbers.at : total], end


def _find_lock(header: bytes, at: int) -> _Lock | None:
    """Look for the encryption record among the extra records of a file."""
    numbers = Numbers(header, at)
    while 0 <= at <= numbers.at < len(header):
        size = numbers.take()
        start = numbers.at
        if numbers.take() == _ENCRYPTION_RECORD:
            return _read_lock(header, numbers.at, has_vector=True)
        numbers.at = start + size
    return None


def _read_lock(header: bytes, at: int, *, has_vector: bool) -> _Lock:
    numbers = Numbers(header, at)
    numbers.take()  # the version
    flags = numbers.take()
    at = numbers.at + 1
    salt = header[at : at + 16]
    at += 16
    vector = header[at : at + 16] if has_vector else b""
    at += len(vector)
    check = header[at : at + 8] if flags & _HAS_CHECK else b""
    return _Lock(header[numbers.at] if numbers.at < len(header) else _MAX_COUNT + 1, salt, vector, check)


def _write(block: _Block, keys: _Keys) -> bytes | None:
    """Write one block without encryption; b"" for what is only about it."""
    if block.kind == _LOCKED_HEADERS:
        return b""
    if block.kind == _FILE:
        return _write_file(block, keys)
    return _frame(block.header) if block.kind in (_MAIN, _END) else b""


def _write_file(block: _Block, keys: _Keys) -> bytes | None:
    """Write a file's block without its extra records, which hold the encryption, and without its checksum."""
    numbers = Numbers(block.header, 0)
    _, flags = numbers.take(), numbers.take()
    for bit in (_HAS_EXTRA, _HAS_DATA):
        if flags & bit:
            numbers.take()
    file_flags, size, attributes = numbers.take(), numbers.take(), numbers.take()
    numbers.at += 4 * (bool(file_flags & _HAS_TIME) + bool(file_flags & _HAS_CRC))
    packing, system, name_bytes = numbers.take(), numbers.take(), numbers.take()
    name = block.header[numbers.at : numbers.at + name_bytes]
    data = block.data
    if block.lock:
        key = keys.find(block.lock)
        if key is None:
            return None
        data = _decrypt(key, block.lock.vector, data)
        data = _find_packed(data) if packing >> 7 & 7 else data[:size]  # the cipher's last block is filled up
    kept = _spell(file_flags & ~(_HAS_TIME | _HAS_CRC), size, attributes, packing, system, len(name))
    return _frame(_spell(_FILE, _HAS_DATA, len(data)) + kept + name) + data


def _find_packed(data: bytes) -> bytes:
    """Give packed data without what fills the cipher's last block: one of its own blocks says that it is the last."""
    at = 0
    while at + 2 < len(data):
        flags = data[at]
        size_bytes = (flags >> 3 & 3) + 1
        at += 2 + size_bytes + int.from_bytes(data[at + 2 : at + 2 + size_bytes], "little")
        if flags & _IS_LAST:
            return data[:at]
    return data


def _frame(header: bytes) -> bytes:
    rest = _spell(len(header)) + header
    return zlib.crc32(rest).to_bytes(4, "little") + rest


def _spell(*values: int) -> bytes:
    written = bytearray()
    for value in values:
        left = value
        while left > 0x7F:  # noqa: PLR2004 - seven bits a byte
            written.append(left & 0x7F | 0x80)
            left >>= 7
        written.append(left)
    return bytes(written)


def _decrypt(key: bytes, vector: bytes, data: bytes) -> bytes:
    whole = len(data) // _BLOCK * _BLOCK
    if len(vector) != _BLOCK or not whole:
        return b""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(data[:whole]) + decryptor.finalize()
