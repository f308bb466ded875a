"""Open encrypted OpenDocument files with the passwords that a mail tells.

Standards: OpenDocument 1.2 part 3 §3.4 (encryption), §4.8 (what the manifest says of it): every part is packed, and
encrypted by itself with a key made of the password (PBKDF2). OpenDocument 1.4 encrypts a whole document, with a key
that takes much memory to make (Argon2id): such a one stays locked.
Trust: the file is a stranger's, who may ask for millions of rounds of a hash for each part.
Fails: never; None where no password fits.
"""

import binascii
import hashlib
import re
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from types import MappingProxyType
from xml.parsers import expat

from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from gatepost.message.attachments.office.guarded_xml import Attributes, XmlRefusedError, get_local, read_xml

MANIFEST = "META-INF/manifest.xml"
MAX_TRY_ROUNDS = 2_500_000  # of a hash, for all passwords together: about a second
MAX_OPEN_ROUNDS = 5_000_000  # for all parts together, once the password is known
_ENCRYPTION = re.compile(rb"<((?:[\w.-]{1,50}:)?encryption-data)\b[^>]{0,2000}?(?:/>|>.{0,8000}?</\1\s*>)", re.DOTALL)
_MAIN_PART = "content.xml"  # which no program does without: another part may be locked otherwise, to mislead us
_PROVEN_BYTES = 1024
_TRIED_BYTES = 4 * _PROVEN_BYTES  # whole blocks; with what a wrong end takes away still more than is proven
_BLOCK_BYTES = 16
_KEY_BYTES = {"aes128-cbc": 16, "aes192-cbc": 24, "aes256-cbc": 32}


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A document without its locks."""

    content: bytes
    password: str
    is_whole: bool  # False where parts stayed locked, or had to be cut


@dataclass(slots=True)
class Lock:
    """How one part is encrypted, as the manifest says it."""

    name: str
    size_bytes: int
    algorithm: str = ""
    vector: bytes = b""
    salt: bytes = b""
    rounds: int = 0
    key_bytes: int = 0
    start_hash: str = "sha1"
    checksum: bytes = b""
    checksum_hash: str = ""
    derivation: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether it is one that opens here."""
        is_cipher = self.algorithm in _KEY_BYTES or self.algorithm.startswith("blowfish")
        return is_cipher and self.derivation.startswith("pbkdf2") and self.rounds > 0

    def decrypt(self, locked: bytes, password: str) -> bytes:
        """Give the packed part; with a wrong password, noise."""
        start_key = hashlib.new(self.start_hash, password.encode()).digest()
        size = _KEY_BYTES.get(self.algorithm) or self.key_bytes or _BLOCK_BYTES
        key = hashlib.pbkdf2_hmac("sha1", start_key, self.salt, self.rounds, size)
        if self.algorithm in _KEY_BYTES:
            whole = locked[: len(locked) // _BLOCK_BYTES * _BLOCK_BYTES]
            plain = Cipher(AES(key), CBC(self.vector)).decryptor().update(whole)
            return plain[: -plain[-1]] if plain and plain[-1] <= _BLOCK_BYTES else plain
        return Cipher(Blowfish(key), CFB(self.vector)).decryptor().update(locked)

    def proves(self, packed: bytes) -> bool:
        """Say whether a packed part is what the manifest says, or unpacks where it says nothing."""
        if self.checksum:
            return hashlib.new(self.checksum_hash, packed[:_PROVEN_BYTES]).digest() == self.checksum
        return bool(_unpack(packed, _PROVEN_BYTES))


def unlock_package(parts: Mapping[str, bytes], passwords: Iterable[str], most_bytes: int) -> Unlocked | None:
    """Give the document with all parts decrypted, of `most_bytes` at most; `parts` are as they stand in the archive."""
    last = {lock.name: lock for lock in read_locks(parts[MANIFEST])}  # of two about one part, LibreOffice takes this
    locks = [lock for lock in last.values() if lock.is_known and parts.get(lock.name)]
    if not locks:
        return None
    lock = min(locks, key=lambda lock: (lock.name != _MAIN_PART, lock.rounds, len(parts[lock.name])))
    beginning = parts[lock.name][:_TRIED_BYTES]
    for password in [*passwords][: MAX_TRY_ROUNDS // lock.rounds]:
        if (packed := _try(lock, beginning, password)) is not None and lock.proves(packed):
            return _build(parts, locks, password, most_bytes)
    return None


def read_locks(manifest: bytes) -> list[Lock]:
    """Give the locks of all parts that a manifest tells; of a broken manifest, those in front of the damage."""
    reader = _Reader()
    with suppress(expat.ExpatError, XmlRefusedError):
        read_xml(manifest, reader.enter, lambda _text: None, lambda _name: None)
    return reader.locks


@dataclass(slots=True)
class _Reader:
    locks: list[Lock] = field(default_factory=list)
    _name: str = ""
    _size_bytes: int = 0

    def enter(self, name: str, attributes: Attributes) -> None:
        if name == "file-entry":
            self._name, self._size_bytes = get_local(attributes, "full-path"), _read_number(attributes, "size")
        elif name == "encryption-data":
            kind = _read_word(attributes, "checksum-type")
            lock = Lock(self._name, self._size_bytes, checksum_hash="sha256" if "sha256" in kind else "sha1")
            lock.checksum = _read_bytes(attributes, "checksum") if "1k" in kind else b""
            self.locks.append(lock)
        elif self.locks and name in _SAYS:
            _SAYS[name](self.locks[-1], attributes)


def _say_algorithm(lock: Lock, attributes: Attributes) -> None:
    lock.algorithm = _read_word(attributes, "algorithm-name")
    lock.vector = _read_bytes(attributes, "initialisation-vector")


def _say_derivation(lock: Lock, attributes: Attributes) -> None:
    lock.derivation = _read_word(attributes, "key-derivation-name")
    lock.salt = _read_bytes(attributes, "salt")
    lock.rounds, lock.key_bytes = _read_number(attributes, "iteration-count"), _read_number(attributes, "key-size")


def _say_start(lock: Lock, attributes: Attributes) -> None:
    lock.start_hash = "sha256" if "sha256" in _read_word(attributes, "start-key-generation-name") else "sha1"


_SAYS: Mapping[str, Callable[[Lock, Attributes], None]] = MappingProxyType(
    {"algorithm": _say_algorithm, "key-derivation": _say_derivation, "start-key-generation": _say_start}
)


def _read_word(attributes: Attributes, name: str) -> str:
    """Give the last word of a name that may be a URL: `...#aes256-cbc`, `...:SHA256-1K`, `SHA1/1K`."""
    return get_local(attributes, name).rpartition("#")[2].rpartition(":")[2].lower()


def _read_bytes(attributes: Attributes, name: str) -> bytes:
    try:
        return b64decode(get_local(attributes, name))
    except (binascii.Error, ValueError):
        return b""


def _read_number(attributes: Attributes, name: str) -> int:
    written = get_local(attributes, name)[:12]
    return int(written) if written.isascii() and written.isdigit() else 0


def _try(lock: Lock, locked: bytes, password: str) -> bytes | None:
    try:
        return lock.decrypt(locked, password)
    except ValueError:  # a vector or a key of a length that there is not
        return None


def _build(parts: Mapping[str, bytes], locks: list[Lock], password: str, most_bytes: int) -> Unlocked:
    """Put the parts together again, the manifest without a word about locks."""
    opened = dict(_open_parts(parts, locks, password, most_bytes))
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            plain = _ENCRYPTION.sub(b"", content) if name == MANIFEST else opened.get(name, content)
            package.writestr(zipfile.ZipInfo(name), plain)
    is_whole = len(opened) == len({lock.name for lock in locks}) and sum(map(len, opened.values())) < most_bytes
    return Unlocked(written.getvalue(), password, is_whole)


def _open_parts(
    parts: Mapping[str, bytes], locks: list[Lock], password: str, most_bytes: int
) -> Iterator[tuple[str, bytes]]:
    rounds_left = MAX_OPEN_ROUNDS
    for lock in sorted(locks, key=_rank):
        rounds_left -= lock.rounds
        packed = _try(lock, parts[lock.name], password) if rounds_left >= 0 and most_bytes > 0 else None
        if packed is not None:
            content = _unpack(packed, most_bytes)
            most_bytes -= len(content)
            yield lock.name, content


def _rank(lock: Lock) -> tuple[bool, int]:
    """Let what may hold scripts come before pictures."""
    return lock.name.startswith(("Pictures/", "Thumbnails/")), lock.size_bytes


def _unpack(packed: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, limit)
    except zlib.error:
        return b""
