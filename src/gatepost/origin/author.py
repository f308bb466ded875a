"""The one visible sender of a mail: exactly one From header with exactly one address, or the reason why not.

Standards: RFC 5322 §3.6.2, RFC 7489 §6.6.1 (what DMARC needs of From), RFC 6854 (groups), RFC 2047.
Trust: the header was written by a stranger who wants two programs to read two senders.
Fails: never; a header that two readers may read differently has no author.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from gatepost.message.addresses import parse_mailboxes
from gatepost.message.charset import guess_text
from gatepost.message.encoded_words import unfold
from gatepost.message.headers import MAX_VALUE_BYTES
from gatepost.message.message import Message
from gatepost.message.pieces import Header
from gatepost.message.source import MAX_HEADERS
from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress
from gatepost.origin.from_readings import find_other_organisation, split_readings, strip_hidden

MAX_FROM_BYTES = 16_384  # a longer one is a trick: clients cut it at different places
MAX_REMEMBERED = 256  # headers: several standards ask about one mail

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n|\Z)|\n(?![ \t])")
_ADDRESS = re.compile(r"(?:\"(?:[^\"\\]|\\.)++\"|[^\s\"()<>\[\]:;,\\@]++)@[^\s\"()<>:;,\\@]++")
_BARE_WORD = re.compile(r"[^\s<>,]++")


@dataclass(frozen=True, slots=True)
class Author:
    """The one who the reader is told has written this."""

    address: str  # as written
    domain: str  # A-labels in lower case


@dataclass(frozen=True, slots=True)
class NoAuthor:
    """There is not exactly one visible sender, and why."""

    reason: str  # one sentence for an analyst


def find_author(message: Message) -> Author | NoAuthor:
    """Give the one sender that every reader of this mail sees, or say why there is none."""
    headers = message.all_headers("from")
    if len(message.headers) >= MAX_HEADERS:
        return NoAuthor("The mail has more headers than are read, so another From may follow.")
    if not headers:
        return NoAuthor("The mail has no From header.")
    if len(headers) > 1:
        return NoAuthor(f"The mail has {len(headers)} From headers.")
    trouble = _find_trouble(headers[0].value)
    return NoAuthor(trouble) if trouble else _read_author(headers[0])


def _find_trouble(value: bytes) -> str:
    """Say what in the bytes of From makes readers differ, "" when nothing does."""
    if len(value) > min(MAX_FROM_BYTES, MAX_VALUE_BYTES - 1):
        return f"The From header is longer than {MAX_FROM_BYTES} bytes."
    if _CONTROL.search(value):
        return "The From header holds NUL, another control character or a bare line end."
    return ""


@lru_cache(MAX_REMEMBERED)
def _read_author(header: Header) -> Author | NoAuthor:
    text = guess_text(unfold(header.value))
    pieces = split_readings(text)
    if pieces is None:
        return NoAuthor("The From header has a quote or a comment that does not end.")
    if trouble := _find_ambiguity(strip_hidden(pieces)):
        return NoAuthor(trouble)
    author = _read_address(header, text)
    if isinstance(author, Author) and (other := find_other_organisation(pieces, author.domain)):
        return NoAuthor(f"The From header also names {other}, which some programs take for the sender's domain.")
    return author


def _find_ambiguity(plain: str) -> str:
    """Say why what is left of From is not one address, "" when it is."""
    if ":" in plain or ";" in plain:
        return "The From header names a group or a route, not one address."
    if len({word.lower() for word in _BARE_WORD.findall(plain) if "@" in word[1:-1]}) > 1:
        return "The From header names more than one address."
    if plain.count("<") > 1 or plain.count(">") != plain.count("<") or "\\" in plain:
        return "The From header is no address that all programs read alike."
    return ""


def _read_address(header: Header, text: str) -> Author | NoAuthor:
    found = parse_mailboxes(header)
    addresses = [mailbox.address for mailbox in found if mailbox.address]
    if not addresses:
        return NoAuthor("The From header holds no address.")
    if len(found) > 1:
        return NoAuthor("The From header names more than one sender.")
    address = addresses[0]
    if not _ADDRESS.fullmatch(address) or address not in text or "=?" in address or not address.isprintable():
        return NoAuthor("The address in From is malformed.")
    if not address.isascii() and not _is_utf8(header.value):
        return NoAuthor("The address in From is neither ASCII nor UTF-8.")
    if "@" in address.rpartition("@")[0]:
        return NoAuthor("The address in From holds a second @ in quotes, which not all programs read alike.")
    return _read_domain(address)


def _read_domain(address: str) -> Author | NoAuthor:
    try:
        domain = Domain.parse(address.rpartition("@")[2])
    except BadAddress as error:
        return NoAuthor(f"The domain in From is not one: {error.public}.")
    if domain.is_literal:
        return NoAuthor("The address in From has an IP address for a domain.")
    return Author(address, domain.name)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
