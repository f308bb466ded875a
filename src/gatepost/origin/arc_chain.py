"""Find the ARC sets of a mail, and hold them against the form that a chain must have.

Standards: RFC 8617 §4.1 (the three fields), §4.2 (sets and their instances), §5.2 (structure).
Trust: every byte comes from the mail's author or from whoever forwarded it.
Fails: BrokenChain with the reason; never anything else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost.message.message import Header, Message
from gatepost.model.errors import TheirFault
from gatepost.model.proof import AuthResult
from gatepost.origin.dkim_canonical import Form, canonicalize_header, empty_signature, take_field
from gatepost.origin.dkim_signature import (
    BadSignature,
    DkimSignature,
    parse_forms,
    parse_tag_list,
    read_algorithm,
    read_base64,
    read_domain,
    read_number,
    require_tag,
    split_list,
)

MAX_INSTANCES = 50  # RFC 8617 §4.2.1
MAX_CHAIN_BYTES = 262_144  # of all ARC fields; each seal hashes all before it, so the work grows with its square
MAX_SIGNED_NAMES = 2_000  # in h=

RESULTS_NAME = "arc-authentication-results"
SIGNATURE_NAME = "arc-message-signature"
SEAL_NAME = "arc-seal"
ARC_NAMES = (RESULTS_NAME, SIGNATURE_NAME, SEAL_NAME)  # in the order in which a seal hashes them (RFC 8617 §5.1.1)

_COMMENT = rb"(?:[ \t\r\n]|\([^()\\]*+\)|(?!))*+"  # (?!): see message/parameters.py
_RESULTS_INSTANCE = re.compile(rb"%b[iI]%b=%b([0-9]{1,2})%b;" % ((_COMMENT,) * 4))
_INSTANCE = re.compile(r"[0-9]{1,2}")
_DEFAULT_FORMS = "relaxed/relaxed"  # DKIM's default is simple, but sealers that omit c= mean this
_CHAIN_RESULTS = {"none": AuthResult.NONE, "pass": AuthResult.PASS, "fail": AuthResult.FAIL}


class BrokenChain(TheirFault):
    """The ARC chain does not hold; `public` says where and why."""


@dataclass(frozen=True, slots=True)
class ArcSeal:
    """One ARC-Seal, its syntax checked."""

    domain: str  # d=, A-labels in lower case
    selector: str  # s=, the same
    algorithm: str  # a=
    signature: bytes  # b=
    chain_result: AuthResult  # cv=: what the sealer found the chain before it to be


@dataclass(frozen=True, slots=True)
class ArcSet:
    """The three fields that one sealer added."""

    instance: int
    results: Header
    signature: Header
    seal: Header


def find_sets(message: Message) -> tuple[ArcSet, ...]:
    """Give the sets, oldest first, () when the mail has none; raise BrokenChain when they form no chain."""
    fields = {name: message.all_headers(name) for name in ARC_NAMES}
    if not any(fields.values()):
        return ()
    if max(map(len, fields.values())) > MAX_INSTANCES:
        raise BrokenChain(f"The mail has more than {MAX_INSTANCES} ARC sets.")
    if sum(header.span.end - header.span.start for headers in fields.values() for header in headers) > MAX_CHAIN_BYTES:
        raise BrokenChain(f"The ARC headers are longer than {MAX_CHAIN_BYTES} bytes.")
    tables = {name: _sort_fields(name, headers) for name, headers in fields.items()}
    last = max(max(table, default=0) for table in tables.values())
    return tuple(_take_set(tables, instance) for instance in range(1, last + 1))


def _sort_fields(name: str, headers: tuple[Header, ...]) -> dict[int, Header]:
    """Give the fields of one name by instance, each of which stands once."""
    table: dict[int, Header] = {}
    for header in headers:
        instance = read_instance(header)
        if instance is None:
            raise BrokenChain(f"An {name} header has no instance from 1 to {MAX_INSTANCES}, or is malformed.")
        if instance in table:
            raise BrokenChain(f"There are two {name} headers of instance {instance}.")
        table[instance] = header
    return table


def _take_set(tables: dict[str, dict[int, Header]], instance: int) -> ArcSet:
    for name in ARC_NAMES:
        if instance not in tables[name]:
            raise BrokenChain(f"There is no {name} header of instance {instance}.")
    return ArcSet(instance, *(tables[name][instance] for name in ARC_NAMES))


def read_instance(header: Header) -> int | None:
    """Give the i= of one ARC field, None where there is none that counts (RFC 8617 §4.2.1)."""
    if header.name == RESULTS_NAME:
        match = _RESULTS_INSTANCE.match(header.value)
        text = match[1].decode("ascii") if match else ""
    else:
        try:
            text = parse_tag_list(header.value).get("i", "")
        except BadSignature:
            return None
    instance = int(text) if _INSTANCE.fullmatch(text) else 0
    return instance if 1 <= instance <= MAX_INSTANCES else None


def read_results(field: bytes) -> bytes | None:
    """Give what stands behind the instance of an ARC-Authentication-Results field, None where there is none."""
    value = field.partition(b":")[2]
    match = _RESULTS_INSTANCE.match(value)
    return value[match.end() :] if match else None


def read_seal(header: Header) -> ArcSeal:
    """Read an ARC-Seal; raise BadSignature when it may not be used (RFC 8617 §4.1.3)."""
    tags = parse_tag_list(header.value)
    if "h" in tags:
        raise BadSignature("the tag h= may not stand in a seal")
    chain_result = _CHAIN_RESULTS.get(require_tag(tags, "cv").lower())
    if chain_result is None:
        raise BadSignature("the tag cv= is neither none, pass nor fail")
    read_number(tags, "t")  # nothing depends on it, but its syntax
    return ArcSeal(
        domain=read_domain(tags, "d"),
        selector=read_domain(tags, "s"),
        algorithm=read_algorithm(tags),
        signature=read_base64(require_tag(tags, "b")),
        chain_result=chain_result,
    )


def read_message_signature(header: Header) -> DkimSignature:
    """Read an ARC-Message-Signature: a DKIM-Signature with an instance for i= (RFC 8617 §4.1.2)."""
    tags = parse_tag_list(header.value)
    names = split_list(require_tag(tags, "h"))
    if len(names) > MAX_SIGNED_NAMES:
        raise BadSignature(f"more than {MAX_SIGNED_NAMES} headers are named")
    if SEAL_NAME in names:
        raise BadSignature("it signs ARC-Seal headers")
    header_form, body_form = parse_forms(tags.get("c", _DEFAULT_FORMS))
    return DkimSignature(
        domain=read_domain(tags, "d"),
        selector=read_domain(tags, "s"),
        algorithm=read_algorithm(tags),
        header_form=header_form,
        body_form=body_form,
        signed_names=names,
        body_hash=read_base64(require_tag(tags, "bh")),
        signature=read_base64(require_tag(tags, "b")),
        body_length=read_number(tags, "l"),
        signed_at_s=read_number(tags, "t"),
        expires_at_s=read_number(tags, "x"),
    )


def build_seal_data(raw: bytes, sets: tuple[ArcSet, ...]) -> Iterator[bytes]:
    """Give for each set, oldest first, what its seal signs: all fields up to its own (RFC 8617 §5.1.1)."""
    before = b""
    for arc_set in sets:
        seal = take_field(raw, arc_set.seal)
        before += _relax(take_field(raw, arc_set.results)) + _relax(take_field(raw, arc_set.signature))
        yield before + _relax(empty_signature(seal)).removesuffix(b"\r\n")
        before += _relax(seal)


def join_sets(raw: bytes, sets: tuple[ArcSet, ...]) -> bytes:
    """Give all fields of a chain as the next seal signs them."""
    fields = (header for arc_set in sets for header in (arc_set.results, arc_set.signature, arc_set.seal))
    return b"".join(_relax(take_field(raw, header)) for header in fields)


def _relax(field: bytes) -> bytes:
    return canonicalize_header(field, Form.RELAXED)
