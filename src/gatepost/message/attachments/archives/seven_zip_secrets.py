"""Takes the encryption from 7z archives, with a password that fits; libarchive reads the rest.

Source: 7zFormat.txt and 7zAes of the LZMA SDK (public domain).
Trust: the archive comes from a stranger; so do most of the passwords.
Fails: never; None where nothing is encrypted, or no password fits. The first MAX_PASSWORDS are tried, all at once.
"""

import hashlib
import lzma
import struct
import zlib
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gatepost.message.attachments.archives.libarchive import ArchiveDamagedError, MissingLibraryError, Reader
from gatepost.message.attachments.archives.seven_zip import (
    AES,
    COPY,
    ENCODED_HEADER,
    HEADER,
    LZMA,
    LZMA2,
    MAIN_STREAMS,
    MARK,
    START_BYTES,
    Folder,
    Numbers,
    Streams,
    find_header,
    read_first_files,
    read_streams,
    take_coder_out,
    write_alone,
    write_archive,
    write_streams,
)
from gatepost.message.attachments.archives.zip_secrets import COMMON_PASSWORDS, UnlockedArchive

MAX_PASSWORDS = 24
MAX_POWER = 20  # of two: the rounds for a key; 7-Zip takes 19
MAX_HEADER_BYTES = 1024 * 1024
_MEMORY_BYTES = 64 * 1024 * 1024
_NO_ROUNDS = 0x3F
_AT_ONCE = 1 << 14
_KEY_BYTES, _BLOCK = 32, 16
_LOOKED_AT_BYTES = 4_096
_ERRORS = (ValueError, IndexError, StopIteration, struct.error, lzma.LZMAError, EOFError)


def unlock_7z(archive: bytes, passwords: Iterable[str]) -> UnlockedArchive | None:
    """Give the archive without its encryption."""
    if not archive.startswith(MARK):
        return None
    try:
        return _unlock(archive, list(dict.fromkeys((*passwords, *COMMON_PASSWORDS)))[:MAX_PASSWORDS])
    except _ERRORS:
        return None


def _unlock(archive: bytes, passwords: list[str]) -> UnlockedArchive | None:
    at, size = find_header(archive)
    header = archive[at : at + min(size, MAX_HEADER_BYTES)]
    keys = _Keys(passwords)
    if header[0] == ENCODED_HEADER:
        header = _open_header(archive, read_streams(Numbers(header, 1)), keys)
    if header[:2] != bytes((HEADER, MAIN_STREAMS)):
        return None
    numbers = Numbers(header, 2)
    streams = read_streams(numbers)
    end = numbers.at
    firsts = read_first_files(numbers, streams.folders)
    data = _open_data(archive, streams, firsts, keys)
    if data is None or not keys.was_used:
        return None
    return UnlockedArchive(write_archive(data, header[:2] + write_streams(streams) + header[end:]), keys.fitted)


def is_locked_7z(archive: bytes) -> bool:
    """Say whether anything in an archive is encrypted, or its header is."""
    try:
        at, size = find_header(archive)
        header = archive[at : at + min(size, MAX_HEADER_BYTES)]
        if header[0] == ENCODED_HEADER:
            packed = read_streams(Numbers(header, 1))
            if _find_lock(packed.folders[0]) is not None:
                return True
            header = _open_header(archive, packed, _Keys([]))
        return any(_find_lock(folder) is not None for folder in read_streams(Numbers(header, 2)).folders)
    except _ERRORS:
        return False


def _open_header(archive: bytes, streams: Streams, keys: "_Keys") -> bytes:
    """Undo how the header is packed; its checksum proves the password; b"" where none fits."""
    (folder,) = streams.folders
    start = START_BYTES + streams.packed_at
    packed = archive[start : start + streams.packed_sizes[0]]
    number = _find_lock(folder)
    if number is None:
        return _undo(folder, packed)
    lock, size = _take_out(folder, number)[:2]
    for key in keys.find(lock):
        try:
            plain = _undo(folder, _decrypt(key, lock, packed)[:size])
        except _ERRORS:
            continue
        if plain[:1] == bytes((HEADER,)) and folder.crc in (None, zlib.crc32(plain)):
            keys.prefer(lock, key)
            return plain
    return b""


def _find_lock(folder: Folder) -> int | None:
    return next((number for number, coder in enumerate(folder.coders) if coder.method == AES), None)


def _take_out(folder: Folder, number: int) -> tuple[bytes, int, int]:
    """Take a lock out of a folder; give it, the size of what comes out of it, and the place of what goes in."""
    lock = folder.coders[number].properties
    size = folder.sizes[sum(coder.outputs for coder in folder.coders[:number])]
    return lock, size, take_coder_out(folder, number)


def _undo(folder: Folder, packed: bytes) -> bytes:
    """Undo the one coder that is left in the folder of a header."""
    (coder,), (size,) = folder.coders, folder.sizes
    if size > MAX_HEADER_BYTES:
        raise ValueError(size)
    if coder.method == LZMA:
        alone = coder.properties + struct.pack("<Q", size)
        stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY_BYTES)
        return stream.decompress(alone + packed, size)
    return packed[:size]


def _open_data(archive: bytes, streams: Streams, firsts: list[tuple[int, int | None]], keys: "_Keys") -> bytes | None:
    """Decrypt the packed streams of all folders, and take that step out of the folders."""
    at, index, pieces = START_BYTES + streams.packed_at, 0, list[bytes]()
    for folder, first in zip(streams.folders, firsts, strict=True):
        count = len(folder.packed)
        sizes = streams.packed_sizes[index : index + count]
        packed = [archive[at + sum(sizes[:place]) : at + sum(sizes[: place + 1])] for place in range(count)]
        if not _open_folder(folder, packed, first, keys):
            return None
        streams.packed_sizes[index : index + count] = [len(piece) for piece in packed]
        pieces += packed
        at, index = at + sum(sizes), index + count
    streams.packed_at = 0
    return b"".join(pieces)


def _open_folder(folder: Folder, packed: list[bytes], first: tuple[int, int | None], keys: "_Keys") -> bool:
    was_locked = False
    while (number := _find_lock(folder)) is not None:
        was_locked = True
        lock, size, place = _take_out(folder, number)
        for key in keys.find(lock):
            plain = _decrypt(key, lock, packed[place])[:size]
            opened = [*packed[:place], plain, *packed[place + 1 :]]
            if _seems_right(folder, opened, place, first):
                keys.prefer(lock, key)
                packed[place] = plain
                break
        else:
            return False
    return not was_locked or len(packed) == 1 or _opens(folder, packed, first)


def _seems_right(folder: Folder, packed: list[bytes], place: int, first: tuple[int, int | None]) -> bool:
    """Hold the first bytes against how LZMA begins, then what comes out against the checksum of the first file.

    Of several streams, each of which has its lock, all must be open before anything comes out.
    """
    reader, plain = folder.find_reader(place), packed[place]
    if reader.method == COPY and len(packed) == 1:
        size, crc = first
        return crc is None or zlib.crc32(plain[: size or len(plain)]) == crc
    if reader.method == LZMA2:
        seems = _begins_as_lzma2(plain)
    elif reader.method == LZMA:
        seems = plain[:1] == b"\x00" and _goes_on(reader.properties[:1] + plain[:_LOOKED_AT_BYTES])
    else:
        seems = len(packed) == 1 or plain[:1] == b"\x00"  # so the smallest stream of BCJ2 begins
    return seems and (len(packed) > 1 or _opens(folder, packed, first))


def _opens(folder: Folder, packed: list[bytes], first: tuple[int, int | None]) -> bool:
    """Let libarchive say whether the first file comes out as its checksum has it."""
    try:
        with Reader(write_alone(folder, packed, first), ("7zip",), ("none",)) as reader:
            next(reader.members())
            content, is_whole = reader.read(_MEMORY_BYTES)
    except (ArchiveDamagedError, MissingLibraryError, StopIteration):
        return False
    return not is_whole or first[1] in (None, zlib.crc32(content))


def _begins_as_lzma2(plain: bytes) -> bool:
    """A first chunk is stored (1) or packed with all set anew (0xE0 and more): then properties and LZMA follow."""
    if plain[:1] == b"\x01":
        return True
    return plain[:1] >= b"\xe0" and plain[6:7] == b"\x00" and _goes_on(plain[5 : 5 + _LOOKED_AT_BYTES])


def _goes_on(begun: bytes) -> bool:
    """Say whether bytes can be LZMA: its properties, then its data."""
    stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY_BYTES)
    try:
        stream.decompress(begun[:1] + b"\x00\x00\x00\x01" + b"\xff" * 8 + begun[1:], _LOOKED_AT_BYTES)
    except lzma.LZMAError:
        return False
    return True


class _Keys:
    """The passwords, and the keys that were made of them for each lock."""

    def __init__(self, passwords: list[str]) -> None:
        self._passwords = [password.encode("utf-16-le", "replace") for password in passwords]
        self._found: dict[bytes, list[bytes]] = {}
        self.was_used = False

    @property
    def fitted(self) -> str:
        """Give the password that fitted, once one was used."""
        return self._passwords[0].decode("utf-16-le", "replace") if self.was_used else ""

    def find(self, lock: bytes) -> list[bytes]:
        """Give the keys of a lock, one for each password."""
        name = _name_lock(lock)
        if name not in self._found:
            self._found[name] = [] if len(self._found) > 1 else list(_make_keys(self._passwords, name[1:], name[0]))
        return self._found[name]

    def prefer(self, lock: bytes, key: bytes) -> None:
        """Keep the password that fitted, for all locks."""
        self.was_used = True
        self._passwords = [self._passwords[self.find(lock).index(key)]]
        self._found = {_name_lock(lock): [key]}


def _make_keys(passwords: list[bytes], salt: bytes, power: int) -> Iterator[bytes]:
    """Hash salt, password and a counter, over and over; the counters are made once for all passwords."""
    words = [salt + password for password in passwords]
    if power == _NO_ROUNDS:
        return (word[:_KEY_BYTES].ljust(_KEY_BYTES, b"\x00") for word in words)
    if power > MAX_POWER:
        return iter(())
    hashes = [hashlib.sha256() for _ in words]
    for first in range(0, 1 << power, _AT_ONCE):
        last = min(first + _AT_ONCE, 1 << power)
        counters = [number.to_bytes(8, "little") for number in range(first, last)]
        for word, digest in zip(words, hashes, strict=True):
            digest.update(word)
            digest.update(word.join(counters))
    return (digest.digest() for digest in hashes)


def _name_lock(lock: bytes) -> bytes:
    """Give what a key depends on besides the password: the rounds, and the salt."""
    return bytes((lock[0] & _NO_ROUNDS,)) + _read_lock(lock)[1]


def _read_lock(properties: bytes) -> tuple[bytes, bytes]:
    """Give the vector and the salt."""
    if not properties[0] & 0xC0:
        return bytes(_BLOCK), b""
    salt_bytes = (properties[0] >> 7 & 1) + (properties[1] >> 4)
    vector_bytes = (properties[0] >> 6 & 1) + (properties[1] & 0x0F)
    vector = properties[2 + salt_bytes : 2 + salt_bytes + vector_bytes]
    return vector.ljust(_BLOCK, b"\x00"), properties[2 : 2 + salt_bytes]


def _decrypt(key: bytes, lock: bytes, packed: bytes) -> bytes:
    vector = _read_lock(lock)[0]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector[:_BLOCK])).decryptor()
    return decryptor.update(packed[: len(packed) // _BLOCK * _BLOCK]) + decryptor.finalize()
