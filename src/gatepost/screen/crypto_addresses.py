"""Addresses of crypto currencies in a text, told from other long words by their checksums.

Standards: Bitcoin's Base58Check (also Tron's, which carries USDT, and Litecoin's); BIP 173, BIP 350 (bech32, bech32m).
Trust: the text comes from a mail's author.
Fails: never; no more than MAX_CANDIDATES are tried.
"""

import hashlib
import re
from collections.abc import Iterator
from itertools import islice

MAX_CANDIDATES = 50

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_CANDIDATE = re.compile(
    rf"(?<![A-Za-z0-9])(?:[13LMT][{_BASE58}]{{25,34}}|(?:bc|ltc)1[{_BECH32}]{{11,71}})(?![A-Za-z0-9])"
)
_VERSIONS = {"1": {0x00}, "3": {0x05}, "L": {0x30}, "M": {0x32}, "T": {0x41}}  # by the first character
_PACKED_BYTES = 25  # one of version, twenty of hash, four of checksum
_CHECKSUM_BYTES = 4
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CONSTANTS = (1, 0x2BC830A3)  # of bech32 and of bech32m


def find_crypto_addresses(text: str) -> Iterator[str]:
    """Give the addresses whose checksums hold."""
    for match in islice(_CANDIDATE.finditer(text), MAX_CANDIDATES):
        word = match[0]
        if _holds_bech32(word) if word[:2] in ("bc", "lt") else _holds_base58(word):
            yield word


def _holds_base58(word: str) -> bool:
    number = 0
    for letter in word:
        number = number * 58 + _BASE58.index(letter)
    if number >= 1 << 8 * _PACKED_BYTES:
        return False
    packed = number.to_bytes(_PACKED_BYTES, "big")
    content, checksum = packed[:-_CHECKSUM_BYTES], packed[-_CHECKSUM_BYTES:]
    twice = hashlib.sha256(hashlib.sha256(content).digest()).digest()
    return twice.startswith(checksum) and content[0] in _VERSIONS[word[0]]


def _holds_bech32(word: str) -> bool:
    prefix, _, data = word.partition("1")
    values = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    values += [_BECH32.index(letter) for letter in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check in _CONSTANTS
