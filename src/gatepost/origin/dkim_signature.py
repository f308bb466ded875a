"""Read DKIM's tag lists, and the DKIM-Signature header field.

Standards: RFC 6376 §3.2 (tag lists), §3.5 (tags of a signature), §6.1.1 (what makes one invalid), RFC 8616 (U-labels).
Trust: every byte comes from the mail's author or from a stranger's DNS.
Fails: BadSignature with the reason; never anything else.
"""

import binascii
import re
from dataclasses import dataclass
from functools import lru_cache

from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress, TheirFault
from gatepost.origin.dkim_canonical import Form

MAX_TAG_LIST_BYTES = 65_536  # z= copies whole headers; longer is an attack
MAX_TAGS = 100
MAX_SIGNATURES = 8  # of one mail, counted from the top; the rest is not looked at
MAX_SIGNED_NAMES = 2_000  # in h=
MAX_REMEMBERED_DOMAINS = 1_024
ALGORITHMS = frozenset({"rsa-sha256", "ed25519-sha256", "rsa-sha1"})

_WHITESPACE = " \t\r\n"
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAG_LIST = re.compile(r"[\x20-\x7e\x80-\U0010ffff\t\r\n]*+")
_FOLDING = _WHITESPACE.encode()
_NUMBER = re.compile(r"[0-9]{1,76}")  # RFC 6376 §3.5: l= has up to 76 digits
_FOREVER = 1 << 62
_KEY_QUERIES = frozenset({"dns/txt", "dns"})  # RFC 6376 §3.5; "dns" is what drafts had


class BadSignature(TheirFault):
    """A signature or a key cannot be used; `public` says why."""


@dataclass(frozen=True, slots=True)
class DkimSignature:
    """One DKIM-Signature, its syntax checked."""

    domain: str  # d=, A-labels in lower case
    selector: str  # s=, the same
    algorithm: str  # a=
    header_form: Form
    body_form: Form
    signed_names: tuple[str, ...]  # h=, lower case
    body_hash: bytes  # bh=
    signature: bytes  # b=
    identity: str = ""  # i= as written
    identity_domain: str = ""  # what stands behind its @, A-labels; d= without i=
    body_length: int | None = None  # l=
    signed_at_s: int | None = None  # t=, Unix time
    expires_at_s: int | None = None  # x=


def parse_tag_list(text: bytes) -> dict[str, str]:
    """Read `name=value; name=value`: values without the white space around them (RFC 6376 §3.2).

    >>> parse_tag_list(b"v=1; d = example.com ;")
    {'v': '1', 'd': 'example.com'}
    """
    tags: dict[str, str] = {}
    for spec in _split_tags(text):
        name, equals, value = spec.partition("=")
        name = name.strip(_WHITESPACE)
        if not equals or not _TAG_NAME.fullmatch(name):
            raise BadSignature("the tag list is malformed")
        if name in tags:
            raise BadSignature(f"the tag {name}= stands twice")
        tags[name] = value.strip(_WHITESPACE)
    return tags


def _split_tags(text: bytes) -> list[str]:
    if len(text) > MAX_TAG_LIST_BYTES:
        raise BadSignature(f"the tag list is longer than {MAX_TAG_LIST_BYTES} bytes")
    try:
        told = text.decode()
    except UnicodeDecodeError as error:
        raise BadSignature("the tag list is not UTF-8") from error
    if not _TAG_LIST.fullmatch(told):
        raise BadSignature("the tag list is malformed")
    specs = told.split(";", MAX_TAGS)
    if len(specs) > MAX_TAGS:
        raise BadSignature(f"the tag list has {MAX_TAGS} tags or more")
    if not specs[-1].strip(_WHITESPACE):
        specs.pop()
    return specs


def parse_signature(value: bytes) -> DkimSignature:
    """Read the value of a DKIM-Signature field; raise BadSignature when it may not be used (RFC 6376 §6.1.1)."""
    tags = parse_tag_list(value)
    if require_tag(tags, "v") != "1":
        raise BadSignature("the signature is of an unknown version")
    if not _KEY_QUERIES.intersection(split_list(tags.get("q", "dns/txt"))):
        raise BadSignature("the key is not in the DNS")
    domain = read_domain(tags, "d")
    header_form, body_form = parse_forms(tags.get("c", "simple/simple"))
    signed_at, expires_at = (read_number(tags, name) for name in "tx")
    if signed_at is not None and expires_at is not None and expires_at <= signed_at:
        raise BadSignature("the signature expires before it is made")
    return DkimSignature(
        domain=domain,
        selector=read_domain(tags, "s"),
        algorithm=read_algorithm(tags),
        header_form=header_form,
        body_form=body_form,
        signed_names=read_signed_names(tags),
        body_hash=read_base64(require_tag(tags, "bh")),
        signature=read_base64(require_tag(tags, "b")),
        identity=tags.get("i", ""),
        identity_domain=_read_identity_domain(tags, domain),
        body_length=read_number(tags, "l"),
        signed_at_s=signed_at,
        expires_at_s=expires_at,
    )


def require_tag(tags: dict[str, str], name: str) -> str:
    """Give the value of a tag that must be there."""
    try:
        return tags[name]
    except KeyError as error:
        raise BadSignature(f"the tag {name}= is missing") from error


def read_domain(tags: dict[str, str], name: str) -> str:
    """Give a domain or a selector as A-labels in lower case."""
    return _normalise_domain(require_tag(tags, name), name)


def read_algorithm(tags: dict[str, str]) -> str:
    """Give a= in lower case when it is one that was ever defined."""
    algorithm = require_tag(tags, "a").lower()
    if algorithm not in ALGORITHMS:
        raise BadSignature("the algorithm is unknown")
    return algorithm


def read_signed_names(tags: dict[str, str]) -> tuple[str, ...]:
    """Give the header names of h= in lower case; From must be among them (RFC 6376 §5.4)."""
    names = split_list(require_tag(tags, "h"))
    if "from" not in names:
        raise BadSignature("the From header is not signed")
    if len(names) > MAX_SIGNED_NAMES:
        raise BadSignature(f"more than {MAX_SIGNED_NAMES} headers are named")
    return names


def read_number(tags: dict[str, str], name: str) -> int | None:
    """Give a decimal number, None where the tag is absent."""
    text = tags.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise BadSignature(f"the tag {name}= is not a number")
    return min(int(text), _FOREVER)


def read_base64(text: str) -> bytes:
    """Decode base64 with folding white space in it; it must not be empty."""
    try:
        data = binascii.a2b_base64(text.encode("ascii").translate(None, _FOLDING), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the base64 is malformed") from error
    if not data:
        raise BadSignature("the base64 is empty")
    return data


def parse_forms(text: str) -> tuple[Form, Form]:
    """Read c=: header form and body form; the body's is simple where it is not named (RFC 6376 §3.5)."""
    header, _, body = text.lower().partition("/")
    try:
        return Form(header.strip(_WHITESPACE)), Form(body.strip(_WHITESPACE) or "simple")
    except ValueError as error:
        raise BadSignature("the canonicalisation is unknown") from error


def split_list(text: str) -> tuple[str, ...]:
    """Give the words of a colon-separated list in lower case."""
    return tuple(word.strip(_WHITESPACE).lower() for word in text.split(":"))


def _read_identity_domain(tags: dict[str, str], domain: str) -> str:
    if "i" not in tags:
        return domain
    _, at, identity_domain = tags["i"].rpartition("@")
    name = _normalise_domain(identity_domain, "i")
    if not at or not f".{name}".endswith(f".{domain}"):
        raise BadSignature("the tag i= is not within d=")
    return name


@lru_cache(MAX_REMEMBERED_DOMAINS)
def _normalise_domain(text: str, tag: str) -> str:
    try:
        domain = Domain.parse(text)
    except BadAddress as error:
        raise BadSignature(f"the tag {tag}= is no domain") from error
    if domain.is_literal:
        raise BadSignature(f"the tag {tag}= is no domain")
    return domain.name
