"""Evaluates DMARC: is the one visible sender the one that SPF or DKIM proved, and if not, what does its domain ask?

Standards: RFC 7489 §3.1 (alignment), §6.6 (evaluation); RFC 9989 §4.10, §5.3; RFC 9091 (np).
Trust: nothing in the mail; a proof counts only for the organisation of the visible sender.
Fails: never; a DNS that does not answer ends as temperror.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gatepost.message.message import Message
from gatepost.model.errors import TryLater
from gatepost.model.ports import DnsStatus, Resolver
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, SpfProof
from gatepost.origin.author import Author, NoAuthor, find_author
from gatepost.origin.dmarc_discovery import Discovery, DmarcDirectory
from gatepost.origin.dmarc_record import BadRecord, DmarcMethod, DmarcRecord, Policy

MAX_IDENTIFIERS = 20  # different domains of SPF and of DKIM each that are compared with the author's

_CERTAIN = (AuthResult.PASS, AuthResult.TEMPERROR)  # of the others nothing can come


async def evaluate_dmarc(
    message: Message,
    spf: Sequence[SpfProof],
    dkim: Sequence[DkimProof],
    resolver: Resolver,
    method: DmarcMethod = DmarcMethod.PUBLIC_SUFFIX,
) -> DmarcProof:
    """Judge the visible sender by what SPF and DKIM proved.

    SPF counts for the identity "mailfrom"; a null sender has no domain there, and only then "helo" counts. A
    signature that leaves a tail of the body open never counts.
    """
    author = find_author(message)
    if isinstance(author, NoAuthor):
        return DmarcProof(AuthResult.PERMERROR, "", reason=author.reason)
    directory = DmarcDirectory(resolver, method)
    unknown = DmarcProof(AuthResult.NONE, author.domain)
    try:
        discovery = await directory.discover(author.domain)
        if discovery.record is None:
            return replace(unknown, reason=f"{discovery.reason}.")
        policy = await _find_policy(author, discovery.domain, discovery.record, resolver)
    except TryLater as error:
        return replace(unknown, result=AuthResult.TEMPERROR, reason=f"{error.public}.")
    except BadRecord as error:
        return replace(unknown, result=AuthResult.PERMERROR, policy_domain=error.detail, reason=f"{error.public}.")
    asked = _soften(policy, discovery.record, method, message.raw)
    proof = replace(unknown, policy=asked.value, policy_domain=discovery.domain)
    return await _align(proof, discovery, directory, (spf, dkim))


async def _find_policy(author: Author, place: str, record: DmarcRecord, resolver: Resolver) -> Policy:
    """Choose between p, sp and np (RFC 9989 §4.7); a name that DNS will not tell of is taken to exist."""
    if place == author.domain:
        return record.policy
    if record.absent_policy is record.subdomain_policy:
        return record.subdomain_policy
    try:
        answer = await resolver.lookup_a(author.domain)
    except TryLater:
        return record.subdomain_policy
    return record.absent_policy if answer.status is DnsStatus.NO_NAME else record.subdomain_policy


def _soften(policy: Policy, record: DmarcRecord, method: DmarcMethod, raw: bytes) -> Policy:
    """Apply pct (RFC 7489 §6.6.4) or t (RFC 9989 §4.7): one mail always falls on the same side."""
    is_soft = record.is_test if method is DmarcMethod.TREE_WALK else not _is_sampled(raw, record.percent)
    return policy.milder if is_soft else policy


def _is_sampled(raw: bytes, percent: int) -> bool:
    """Choose by the digest of the whole mail, so that sending it again does not help."""
    if percent in (0, 100):
        return percent == 100  # noqa: PLR2004 - per cent
    return int.from_bytes(hashlib.sha256(raw).digest()[:8], "big") % 100 < percent


async def _align(
    proof: DmarcProof,
    discovery: Discovery,
    directory: DmarcDirectory,
    proofs: tuple[Sequence[SpfProof], Sequence[DkimProof]],
) -> DmarcProof:
    record, (spf, dkim) = discovery.record, proofs
    if record is None:
        return proof
    scale = _Scale(proof.domain, directory)
    by_spf = await scale.weigh(_choose_spf(spf), is_strict=record.spf_is_strict)
    by_dkim = await scale.weigh(_choose_dkim(dkim), is_strict=record.dkim_is_strict)
    result = next((each for each in _CERTAIN if each in (by_spf, by_dkim)), AuthResult.FAIL)
    spf_is_aligned, dkim_is_aligned = by_spf is AuthResult.PASS, by_dkim is AuthResult.PASS
    proof = replace(proof, result=result, spf_is_aligned=spf_is_aligned, dkim_is_aligned=dkim_is_aligned)
    return replace(proof, reason=_explain(proof, [*_name_proven(spf), *_name_proven(dkim)]))


class _Scale:
    """Weighs what was proven against the domain of the author."""

    def __init__(self, author: str, directory: DmarcDirectory) -> None:
        self._author = author
        self._directory = directory

    async def weigh(self, proven: dict[str, AuthResult], *, is_strict: bool) -> AuthResult:
        """Give PASS when an aligned domain is proven, TEMPERROR when one may still be, else FAIL."""
        weighed = AuthResult.FAIL
        for domain, result in sorted(proven.items(), key=lambda item: item[0] != self._author)[:MAX_IDENTIFIERS]:
            try:
                is_aligned = await self._is_aligned(domain, is_strict=is_strict)
            except TryLater:
                weighed = AuthResult.TEMPERROR
                continue
            if is_aligned and result is AuthResult.PASS:
                return AuthResult.PASS
            if is_aligned:
                weighed = AuthResult.TEMPERROR
        return weighed

    async def _is_aligned(self, domain: str, *, is_strict: bool) -> bool:
        if domain == self._author:
            return True
        if is_strict or _top(domain) != _top(self._author):
            return False
        return await self._directory.find_organisation(domain) == await self._directory.find_organisation(self._author)


def _top(domain: str) -> str:
    return domain.rpartition(".")[2]


def _choose_spf(spf: Sequence[SpfProof]) -> dict[str, AuthResult]:
    by_sender = [proof for proof in spf if proof.identity == "mailfrom" and proof.domain]
    chosen = by_sender or [proof for proof in spf if proof.identity == "helo"]
    return _gather((proof.domain, proof.result) for proof in chosen)


def _choose_dkim(dkim: Sequence[DkimProof]) -> dict[str, AuthResult]:
    return _gather((proof.domain, proof.result) for proof in dkim if proof.covers_whole_body)


def _gather(results: Iterable[tuple[str, AuthResult]]) -> dict[str, AuthResult]:
    """Keep the best result of each domain, of those that could help."""
    gathered = dict[str, AuthResult]()
    for domain, result in results:
        name = domain.lower().removesuffix(".")
        if name and result in _CERTAIN and gathered.get(name) is not AuthResult.PASS:
            gathered[name] = result
    return gathered


def _name_proven(proofs: Sequence[SpfProof] | Sequence[DkimProof]) -> list[str]:
    return [proof.domain for proof in proofs if proof.result is AuthResult.PASS]


def _explain(proof: DmarcProof, proven: list[str]) -> str:
    if proof.result is AuthResult.PASS:
        ways = [name for name, holds in (("SPF", proof.spf_is_aligned), ("DKIM", proof.dkim_is_aligned)) if holds]
        return f"{' and '.join(ways)} prove the visible sender's domain {proof.domain}."
    if proof.result is AuthResult.TEMPERROR:
        return f"Whether {proof.domain} sent this cannot be told: the DNS does not answer."
    others = ", ".join(dict.fromkeys(proven[:3]))
    told = f"what is proven is {others}" if others else "nothing is proven"
    return f"The visible sender is {proof.domain}, but {told}."
