"""Validate the ARC chain of a mail: who sealed it on its way, and whether every seal still holds.

Standards: RFC 8617 §5.2 (validation), RFC 8301 (short keys are over).
Trust: every byte comes from the mail's author or from whoever forwarded it, the keys from strangers' DNS.
Fails: never; what does not hold is a proof that says so.

A chain that passes says only who sealed and that the mail is as the newest sealer left it. Anyone may add one more
seal to a chain of others, around whatever content: who trusts a result in the chain trusts the newest sealer and
every sealer down to that result.
"""

from dataclasses import dataclass, field
from datetime import datetime

from gatepost.message.message import Message
from gatepost.model.errors import TryLater
from gatepost.model.ports import Resolver
from gatepost.model.proof import ArcProof, AuthResult
from gatepost.origin.arc_chain import (
    ArcSeal,
    ArcSet,
    BrokenChain,
    build_seal_data,
    find_sets,
    read_message_signature,
    read_seal,
)
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim_added import find_added_header
from gatepost.origin.dkim_canonical import build_signed_data
from gatepost.origin.dkim_keys import MIN_RSA_BITS, DkimKey, check_use, lookup_key, verify_signature
from gatepost.origin.dkim_signature import BadSignature, DkimSignature

MAX_KEY_LOOKUPS = 20  # for one chain; honest ones have a handful of sealers


@dataclass(frozen=True, slots=True)
class ArcLimits:
    """How strict to be; the defaults are for mail, the rest for test vectors of old."""

    min_rsa_bits: int = MIN_RSA_BITS
    max_key_lookups: int = MAX_KEY_LOOKUPS
    allow_unsigned_from: bool = False  # RFC 6376 §5.4 wants From signed; drafts of ARC did without


STRICT = ArcLimits()


async def evaluate_arc(
    message: Message,
    resolver: Resolver,
    now: datetime,
    limits: ArcLimits = STRICT,
    bodies: BodyDigests | None = None,
) -> ArcProof:
    """Say whether the chain holds: NONE without one, PASS with its sealers, else FAIL or TEMPERROR with the reason.

    `bodies` are the digests of this very mail, when somebody else needs them, too.
    """
    try:
        sets = find_sets(message)
        if not sets:
            return ArcProof(AuthResult.NONE)
        seals = _read_seals(sets)
        keys = _KeyRing(resolver, limits)
        await _verify_message(message, sets[-1], keys, now, bodies or BodyDigests(message))
        await _verify_seals(message, sets, seals, keys)
    except BrokenChain as error:
        return ArcProof(AuthResult.FAIL, reason=error.public)
    if keys.trouble:  # nothing is known to be broken
        return ArcProof(AuthResult.TEMPERROR, reason=keys.trouble)
    sealers = tuple(seal.domain for seal in seals)
    return ArcProof(
        AuthResult.PASS, sealers, f"The chain of {len(sealers)} holds; the newest seal is of {sealers[-1]}."
    )


@dataclass(slots=True)
class _KeyRing:
    """The keys of one chain, each asked for once; after a question without an answer no more are asked."""

    resolver: Resolver
    limits: ArcLimits
    keys: dict[tuple[str, str], DkimKey] = field(default_factory=dict)
    trouble: str = ""  # why not everything could be verified

    async def verify(self, signed: ArcSeal | DkimSignature, data: bytes) -> None:
        """Raise BadSignature where the signature over `data` does not hold; note it as trouble without its key."""
        key = await self._find_key(signed.selector, signed.domain)
        if key is None:
            return
        if flaw := check_use(key, signed.algorithm, self.limits.min_rsa_bits):
            raise BadSignature(flaw)
        if not verify_signature(key, signed.algorithm, data, signed.signature):
            raise BadSignature("what was signed was changed, or it was signed with another key")

    async def _find_key(self, selector: str, domain: str) -> DkimKey | None:
        key = self.keys.get((selector, domain))
        if key is None and not self.trouble:
            if len(self.keys) >= self.limits.max_key_lookups:
                raise BadSignature(f"the chain needs more than {self.limits.max_key_lookups} keys")
            try:
                key = self.keys[selector, domain] = await lookup_key(self.resolver, selector, domain)
            except TryLater:
                self.trouble = f"The DNS does not answer when asked for the key of {domain}."
        return key


def _read_seals(sets: tuple[ArcSet, ...]) -> tuple[ArcSeal, ...]:
    """Read all seals; what they say of the chain before them must fit their place (RFC 8617 §5.2)."""
    seals = []
    for arc_set in sets:
        try:
            seal = read_seal(arc_set.seal)
        except BadSignature as error:
            raise _break("ARC-Seal", arc_set, error) from error
        expected = AuthResult.NONE if arc_set.instance == 1 else AuthResult.PASS
        if seal.chain_result is AuthResult.FAIL:
            raise BrokenChain(f"The sealer {seal.domain} of instance {arc_set.instance} found the chain broken.")
        if seal.chain_result is not expected:
            raise BrokenChain(f"The ARC-Seal of instance {arc_set.instance} has cv={seal.chain_result}.")
        seals.append(seal)
    return tuple(seals)


async def _verify_message(message: Message, newest: ArcSet, keys: _KeyRing, now: datetime, bodies: BodyDigests) -> None:
    """Check that the mail is as the newest sealer left it; older ones may have been followed by changes."""
    try:
        signature = read_message_signature(newest.signature)
        _check_signature(signature, message, keys.limits, now)
        _check_body(signature, bodies)
        names, form = signature.signed_names, signature.header_form
        await keys.verify(signature, build_signed_data(message, newest.signature, names, form))
    except BadSignature as error:
        raise _break("ARC-Message-Signature", newest, error) from error


def _check_signature(signature: DkimSignature, message: Message, limits: ArcLimits, now: datetime) -> None:
    if "from" not in signature.signed_names and not limits.allow_unsigned_from:
        raise BadSignature("the From header is not signed")
    if signature.expires_at_s is not None and signature.expires_at_s < now.timestamp():
        raise BadSignature("the signature has expired")
    if flaw := find_added_header(message, signature.signed_names):
        raise BadSignature(flaw)


def _check_body(signature: DkimSignature, bodies: BodyDigests) -> None:
    if signature.body_length is not None and signature.body_length != bodies.measure(signature.body_form):
        raise BadSignature("it does not cover the whole body")
    if bodies.digest(signature.body_form) != signature.body_hash:
        raise BadSignature("the body was changed")


async def _verify_seals(message: Message, sets: tuple[ArcSet, ...], seals: tuple[ArcSeal, ...], keys: _KeyRing) -> None:
    """Check every seal, newest first: a broken chain mostly breaks there."""
    signed = list(build_seal_data(message.raw, sets))
    for arc_set, seal, data in reversed(list(zip(sets, seals, signed, strict=True))):
        try:
            await keys.verify(seal, data)
        except BadSignature as error:
            raise _break("ARC-Seal", arc_set, error) from error


def _break(name: str, arc_set: ArcSet, error: BadSignature) -> BrokenChain:
    return BrokenChain(f"The {name} of instance {arc_set.instance} is not valid: {error.public}.")
