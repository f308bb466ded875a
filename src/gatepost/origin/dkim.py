"""Verify the DKIM signatures of a mail.

Standards: RFC 6376 §6 (verifying), §5.4.2 and §8.15 (added headers), §8.2 (l=); RFC 8301; RFC 8463;
RFC 8601 §2.7.1 (result words: neutral for a signature that cannot be read, permerror for a key that cannot be used).
Trust: the mail and the keys are written by strangers.
Fails: never; each signature ends as one DkimProof.

A pass names a signer and nobody else. Any domain may sign, a public suffix such as co.uk, too: DMARC decides what that
says of the visible sender, and there a suffix is the organisation of itself alone. A signer who is testing (t=y) passes
like others, with that for a reason: who may put a key into the domain's DNS may take the letter out, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gatepost.message.message import Header, Message
from gatepost.model.errors import TryLater
from gatepost.model.ports import Resolver
from gatepost.model.proof import AuthResult, DkimProof
from gatepost.origin.author import Author, find_author
from gatepost.origin.body_digests import MAX_LENGTHS, BodyDigests
from gatepost.origin.dkim_added import find_added_header
from gatepost.origin.dkim_canonical import build_signed_data
from gatepost.origin.dkim_keys import MIN_RSA_BITS, DkimKey, check_use, lookup_key, verify_signature
from gatepost.origin.dkim_signature import MAX_SIGNATURES, BadSignature, DkimSignature, parse_signature
from gatepost.origin.organisation import find_organisation


@dataclass(frozen=True, slots=True)
class DkimLimits:
    """What one mail may cost, and what counts."""

    max_signatures: int = MAX_SIGNATURES
    max_key_lookups: int = 6
    max_body_lengths: int = MAX_LENGTHS  # each different l= hashes the body once more; not asked where bodies are given
    min_rsa_bits: int = MIN_RSA_BITS
    max_clock_skew_s: int = 86_400  # of t= against our clock: signers are hours off, and RFC 6376 §3.5 leaves it open


DEFAULT_LIMITS = DkimLimits()


async def evaluate_dkim(
    message: Message,
    resolver: Resolver,
    now: datetime,
    limits: DkimLimits = DEFAULT_LIMITS,
    bodies: BodyDigests | None = None,
) -> tuple[DkimProof, ...]:
    """Verify each signature, in their order; an unsigned mail gives nothing.

    `bodies` are the digests of this very mail, when somebody else needs them, too.
    """
    headers = message.all_headers("dkim-signature")[: limits.max_signatures]
    signed = [(header, _read(header)) for header in headers]
    bodies = bodies or BodyDigests(message, limits.max_body_lengths)
    for _, signature in signed:
        if isinstance(signature, DkimSignature):
            bodies.expect(signature)
    inspection = _Inspection(message, resolver, now, limits, bodies)
    proofs = {place: await inspection.prove(*signed[place]) for place in _order_by_author(signed, message)}
    return tuple(proofs[place] for place in range(len(signed)))


def _order_by_author(signed: Sequence[tuple[Header, DkimSignature | BadSignature]], message: Message) -> Sequence[int]:
    """Give the places of signatures, the author's own first, so that no stranger's DNS uses up the time for it."""
    places = range(len(signed))
    author = find_author(message) if len(signed) > 1 else None
    if not isinstance(author, Author):
        return places
    organisation = find_organisation(author.domain)
    return sorted(places, key=lambda place: _find_signer(signed[place][1]) != organisation)


def _find_signer(signature: DkimSignature | BadSignature) -> str:
    return find_organisation(signature.domain) if isinstance(signature, DkimSignature) else ""


def _read(header: Header) -> DkimSignature | BadSignature:
    try:
        return parse_signature(header.value)
    except BadSignature as error:
        return error


@dataclass(slots=True)
class _Inspection:
    """One mail being verified: what its signatures share is made once."""

    message: Message
    resolver: Resolver
    now: datetime
    limits: DkimLimits
    bodies: BodyDigests
    _keys: dict[tuple[str, str], DkimKey | BadSignature | TryLater] = field(default_factory=dict)

    async def prove(self, header: Header, signature: DkimSignature | BadSignature) -> DkimProof:
        """Verify one signature."""
        if isinstance(signature, BadSignature):
            return DkimProof(AuthResult.NEUTRAL, "", "", reason=signature.public)
        result, reason = await self._verify(signature, header)
        return DkimProof(
            result=result,
            domain=signature.domain,
            selector=signature.selector,
            identity=signature.identity,
            algorithm=signature.algorithm,
            reason=reason,
            covers_whole_body=self._covers_whole_body(signature),
        )

    def _covers_whole_body(self, signature: DkimSignature) -> bool:
        length = signature.body_length
        return length is None or length >= self.bodies.measure(signature.body_form)

    async def _verify(self, signature: DkimSignature, header: Header) -> tuple[AuthResult, str]:
        if flaw := self._find_flaw(signature):  # before the DNS is asked
            return AuthResult.FAIL, flaw
        try:
            key = await self._find_key(signature)
        except BadSignature as error:
            return AuthResult.PERMERROR, error.public
        except TryLater:
            return AuthResult.TEMPERROR, "the DNS did not answer"
        if flaw := self._find_misuse(key, signature, header):
            return AuthResult.FAIL, flaw
        return AuthResult.PASS, "the signer is testing" if "y" in key.flags else ""

    def _find_misuse(self, key: DkimKey, signature: DkimSignature, header: Header) -> str:
        """Say why the key does not prove the mail, "" when it does."""
        if flaw := check_use(key, signature.algorithm, self.limits.min_rsa_bits) or _check_identity(key, signature):
            return flaw
        data = build_signed_data(self.message, header, signature.signed_names, signature.header_form)
        if not verify_signature(key, signature.algorithm, data, signature.signature):
            return "the signature does not fit the headers"
        return find_added_header(self.message, signature.signed_names)

    def _find_flaw(self, signature: DkimSignature) -> str:
        """Say what is wrong with a signature whatever its key is, "" when nothing."""
        now_s, skew_s = self.now.timestamp(), self.limits.max_clock_skew_s
        if signature.algorithm == "rsa-sha1":
            return "rsa-sha1 is no longer secure"
        if signature.expires_at_s is not None and signature.expires_at_s < now_s:
            return "the signature has expired"
        if signature.signed_at_s is not None and signature.signed_at_s > now_s + skew_s:
            return "the signature comes from the future"
        return self._compare_body(signature)

    def _compare_body(self, signature: DkimSignature) -> str:
        length = signature.body_length
        if length is not None and length > self.bodies.measure(signature.body_form):
            return "the body is shorter than was signed"
        digest = self.bodies.digest_signed(signature)
        if digest is None:
            return "too many different parts of the body are signed"
        return "" if digest == signature.body_hash else "the body was changed"

    async def _find_key(self, signature: DkimSignature) -> DkimKey:
        name = signature.selector, signature.domain
        if name not in self._keys:
            if len(self._keys) >= self.limits.max_key_lookups:
                raise BadSignature("too many different keys")
            try:
                self._keys[name] = await lookup_key(self.resolver, *name)
            except (BadSignature, TryLater) as error:
                self._keys[name] = error
        found = self._keys[name]
        if isinstance(found, DkimKey):
            return found
        raise found


def _check_identity(key: DkimKey, signature: DkimSignature) -> str:
    is_other = signature.identity_domain != signature.domain
    return "the key is not for subdomains" if "s" in key.flags and is_other else ""
