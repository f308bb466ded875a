"""Mail addresses and domains, built by their parsers only.

Standards: RFC 5321 §4.1.2 (Mailbox), §4.5.3.1 (sizes), RFC 6531 §3.3 (SMTPUTF8), RFC 5890 (A-labels).
Trust: the text comes from a peer or from a mail.
Fails: BadAddress with the reason; never anything else.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Self

import idna

from gatepost.model.errors import BadAddress

MAX_LOCAL_PART_BYTES = 64  # RFC 5321 §4.5.3.1.1
MAX_DOMAIN_BYTES = 255  # RFC 5321 §4.5.3.1.2
MAX_PATH_BYTES = 256  # RFC 5321 §4.5.3.1.3, with the two angle brackets

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LITERAL = re.compile(r"\[(IPv6:)?([0-9a-f:.]{2,45})\]", re.IGNORECASE | re.ASCII)  # ASCII: else "ı" is an "i"
_ATOM_TEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a0-\ud7ff\ue000-\U0010ffff-]+"
_DOT_STRING = re.compile(rf"{_ATOM_TEXT}(?:\.{_ATOM_TEXT})*")
_QUOTED = re.compile(r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u00a0-\ud7ff\ue000-\U0010ffff]|\\[\x20-\x7e])*"')


@dataclass(frozen=True, slots=True)
class Domain:
    """A DNS name as A-labels in lower case without the final dot, or an address literal in brackets.

    >>> str(Domain.parse("Bücher.Example."))
    'xn--bcher-kva.example'
    """

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one domain or address literal; raise BadAddress with the reason."""
        if literal := _LITERAL.fullmatch(text):
            return cls(_normalise_literal(literal[2], is_tagged=literal[1] is not None))
        name = text.lower()
        if not name.isascii():
            name = _to_ascii(name)
        name = name.removesuffix(".")
        if not name or len(name) > MAX_DOMAIN_BYTES:
            raise BadAddress("the domain is empty or longer than 255 bytes")
        if not all(_LABEL.fullmatch(label) for label in name.split(".")):
            raise BadAddress("the domain has a label that no host name may have")
        return cls(name)

    @property
    def is_literal(self) -> bool:
        """Say whether this is an address literal such as [192.0.2.1]."""
        return self.name.startswith("[")

    @property
    def unicode(self) -> str:
        """Give the name as a person reads it (U-labels), or as it is where a label does not decode."""
        if "xn--" not in self.name:
            return self.name
        try:
            return idna.decode(self.name)
        except idna.IDNAError:
            return self.name

    def __str__(self) -> str:
        return self.name


def _normalise_literal(text: str, *, is_tagged: bool) -> str:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise BadAddress("the address literal holds no IP address") from error
    if isinstance(address, IPv6Address) is not is_tagged:  # RFC 5321 §4.1.3
        raise BadAddress("an address literal is written [192.0.2.1] or [IPv6:2001:db8::1]")
    return f"[ipv6:{address}]" if is_tagged else f"[{address}]"


def _to_ascii(name: str) -> str:
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadAddress("the domain is not a valid internationalised name") from error


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: local part as written (quotes included), domain normalised.

    >>> str(Address.parse("Joe.User@EXAMPLE.com"))
    'Joe.User@example.com'
    """

    local_part: str
    domain: Domain

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `local@domain`; raise BadAddress with the reason."""
        local_part, at, domain = text.rpartition("@")
        if not at:
            raise BadAddress("the address has no @")
        if len(local_part.encode("utf-8", "surrogatepass")) > MAX_LOCAL_PART_BYTES:
            raise BadAddress("the part before the @ is longer than 64 bytes")
        if not (_DOT_STRING.fullmatch(local_part) or _QUOTED.fullmatch(local_part)):
            raise BadAddress("the part before the @ has characters that need quotes")
        return cls(local_part, Domain.parse(domain))

    @property
    def needs_smtputf8(self) -> bool:
        """Say whether this address can travel only to a next hop with SMTPUTF8 (RFC 6531)."""
        return not self.local_part.isascii()

    @property
    def key(self) -> str:
        """Give the form by which two spellings of one mailbox compare equal: all in lower case."""
        return f"{self.local_part.lower()}@{self.domain.name}"

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain.name}"
