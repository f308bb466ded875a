"""Reads an SPF record, whole and strictly, before anything of it is evaluated.

Standards: RFC 7208 §3, §4.5, §4.6, §5, §6 and the grammar of §12.
Trust: records come from the DNS of anyone who sends mail.
Fails: SpfPermError with what is wrong; any bytes give a record or that.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from gatepost.model.proof import AuthResult
from gatepost.origin.spf_macros import MacroString, SpfPermError, parse_domain_spec, parse_macro_string

MAX_RECORD_BYTES = 8_192  # RFC 7208 §3.4 recommends 450; the longest in earnest use have about 2000
MAX_QUOTED_CHARS = 60  # of a term, in a reason
CACHED_RECORDS = 512  # large senders publish the same record for every mail

_VERSION = re.compile(rb"v=spf1(?: |\Z)", re.IGNORECASE)
_VERSION_CHARS = len("v=spf1")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)")
_DIRECTIVE = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9]*)((?:[:/].*)?)")
_VISIBLE = re.compile(r"[!-~]+")
_LENGTH = r"(0|[1-9][0-9]{0,2})"
_TARGET = re.compile(rf"(?::(.+?))?(?:/{_LENGTH})?(?://{_LENGTH})?")
_NETWORK = re.compile(rf":([0-9A-Fa-f:.]+)(?:/{_LENGTH})?")
_IP4_BITS = 32
_IP6_BITS = 128

_QUALIFIERS = {
    "": AuthResult.PASS,
    "+": AuthResult.PASS,
    "-": AuthResult.FAIL,
    "~": AuthResult.SOFTFAIL,
    "?": AuthResult.NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class MatchAll:
    """`all`: always (RFC 7208 §5.1)."""


@dataclass(frozen=True, slots=True)
class MatchNetwork:
    """`ip4`, `ip6`: the client is in the network (RFC 7208 §5.6)."""

    network: IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class MatchInclude:
    """`include`: the other domain's policy passes (RFC 7208 §5.2)."""

    target: MacroString


@dataclass(frozen=True, slots=True)
class MatchExists:
    """`exists`: there is any A record (RFC 7208 §5.7)."""

    target: MacroString


@dataclass(frozen=True, slots=True)
class MatchPointer:
    """`ptr`: a validated name of the client lies under the target (RFC 7208 §5.5)."""

    target: MacroString | None


@dataclass(frozen=True, slots=True)
class MatchHost:
    """`a`: the client is near an address of the target (RFC 7208 §5.3)."""

    target: MacroString | None
    ip4_bits: int
    ip6_bits: int


@dataclass(frozen=True, slots=True)
class MatchExchange:
    """`mx`: the client is near an address of a mail exchanger of the target (RFC 7208 §5.4)."""

    target: MacroString | None
    ip4_bits: int
    ip6_bits: int


Mechanism = MatchAll | MatchNetwork | MatchInclude | MatchExists | MatchPointer | MatchHost | MatchExchange


@dataclass(frozen=True, slots=True)
class Directive:
    """A mechanism, and what the result is when it matches; `text` is how it was written, shortened."""

    result: AuthResult
    mechanism: Mechanism
    text: str


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """One policy: directives in their order, and where to go when none matches or the client fails."""

    directives: tuple[Directive, ...] = ()
    redirect: MacroString | None = None
    explanation: MacroString | None = None


def choose_record(texts: Sequence[bytes]) -> bytes | None:
    """Give the one SPF record among the TXT records of a name, None where there is none (RFC 7208 §4.5)."""
    records = [text for text in texts if _VERSION.match(text)]
    if len(records) > 1:
        raise SpfPermError("there is more than one SPF record")
    return records[0] if records else None


@lru_cache(CACHED_RECORDS)
def parse_record(raw: bytes) -> SpfRecord:
    """Read a whole record; raise SpfPermError for a fault anywhere in it (RFC 7208 §4.6).

    >>> parse_record(b"v=spf1 -all").directives[0].result
    <AuthResult.FAIL: 'fail'>
    """
    if not _VERSION.match(raw):
        raise SpfPermError("the record does not begin with v=spf1")
    if len(raw) > MAX_RECORD_BYTES:
        raise SpfPermError(f"the record is longer than {MAX_RECORD_BYTES} bytes")
    if not raw.isascii():
        raise SpfPermError("the record is not ASCII")
    directives: list[Directive] = []
    targets: dict[str, MacroString] = {}
    for term in filter(None, raw[_VERSION_CHARS:].decode("ascii").split(" ")):
        _read_term(term, directives, targets)
    return SpfRecord(tuple(directives), targets.get("redirect"), targets.get("exp"))


def _read_term(term: str, directives: list[Directive], targets: dict[str, MacroString]) -> None:
    try:
        _read_visible_term(term, directives, targets)
    except SpfPermError as error:
        raise SpfPermError(f"the term {quote_term(term)} is wrong: {error.public}") from error


def _read_visible_term(term: str, directives: list[Directive], targets: dict[str, MacroString]) -> None:
    if not _VISIBLE.fullmatch(term):
        raise SpfPermError("a control character stands in it")
    if match := _MODIFIER.fullmatch(term):
        _read_modifier(match[1].lower(), match[2], targets)
    elif match := _DIRECTIVE.fullmatch(term):
        mechanism = _read_mechanism(match[2].lower(), match[3])
        directives.append(Directive(_QUALIFIERS[match[1]], mechanism, quote_term(term)))
    else:
        raise SpfPermError("it is neither mechanism nor modifier")


def quote_term(term: str) -> str:
    """Give a term so that it can stand in a reason."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in term[: MAX_QUOTED_CHARS + 1])
    return shown if len(shown) <= MAX_QUOTED_CHARS else f"{shown[:MAX_QUOTED_CHARS]}..."


def _read_modifier(name: str, value: str, targets: dict[str, MacroString]) -> None:
    if name not in ("redirect", "exp"):
        parse_macro_string(value)  # unknown ones are ignored, but not their syntax (RFC 7208 §6)
        return
    if name in targets:
        raise SpfPermError("it stands there twice")
    targets[name] = parse_domain_spec(value)


def _read_mechanism(name: str, rest: str) -> Mechanism:
    read = _MECHANISMS.get(name)
    if read is None:
        raise SpfPermError("there is no such mechanism")
    return read(rest)


def _read_all(rest: str) -> MatchAll:
    if rest:
        raise SpfPermError("all takes nothing behind it")
    return MatchAll()


def _read_domain(rest: str) -> MacroString:
    if not rest.startswith(":"):
        raise SpfPermError("a colon and a domain are missing")
    return parse_domain_spec(rest[1:])


def _read_target(rest: str) -> tuple[MacroString | None, int, int]:
    match = _TARGET.fullmatch(rest)
    if match is None:
        raise SpfPermError("what stands behind the mechanism is malformed")
    target = parse_domain_spec(match[1]) if match[1] else None
    return target, _read_bits(match[2], _IP4_BITS), _read_bits(match[3], _IP6_BITS)


def _read_bits(digits: str | None, most: int) -> int:
    bits = most if digits is None else int(digits)
    if bits > most:
        raise SpfPermError(f"a prefix is longer than {most} bits")
    return bits


def _read_ip4(rest: str) -> MatchNetwork:
    address, bits = _split_network(rest, _IP4_BITS)
    try:
        return MatchNetwork(IPv4Network((IPv4Address(address), bits), strict=False))
    except ValueError as error:
        raise SpfPermError("an IPv4 address is malformed") from error


def _read_ip6(rest: str) -> MatchNetwork:
    address, bits = _split_network(rest, _IP6_BITS)
    try:
        return MatchNetwork(IPv6Network((IPv6Address(address), bits), strict=False))
    except ValueError as error:
        raise SpfPermError("an IPv6 address is malformed") from error


def _split_network(rest: str, most: int) -> tuple[str, int]:
    match = _NETWORK.fullmatch(rest)
    if match is None:
        raise SpfPermError("a network is malformed")
    return match[1], _read_bits(match[2], most)


_MECHANISMS: Mapping[str, Callable[[str], Mechanism]] = {
    "all": _read_all,
    "ip4": _read_ip4,
    "ip6": _read_ip6,
    "include": lambda rest: MatchInclude(_read_domain(rest)),
    "exists": lambda rest: MatchExists(_read_domain(rest)),
    "ptr": lambda rest: MatchPointer(_read_domain(rest) if rest else None),
    "a": lambda rest: MatchHost(*_read_target(rest)),
    "mx": lambda rest: MatchExchange(*_read_target(rest)),
}
