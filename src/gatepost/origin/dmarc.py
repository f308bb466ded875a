"""Evaluates DMARC: is the one visible sender the one that SPF or DKIM proved, and if not, what does its domain ask?

Standards: RFC 7489 §3.1 (alignment), §6.6 (evaluation); RFC 9989 §4.10, §5.3; RFC 9091 (np).
Trust: nothing in the mail; a proof counts only for the organisation of the visible sender.
Fails: never; a DNS that does not answer ends as temperror.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepost.message.message import Message
from gatepost.model.errors import TryLater
from gatepost.model.ports import DnsStatus, Resolver
from gatepost.model.proof import AuthResult, DkimProof, DmarcProof, SpfProof
from gatepost.origin.author import Author, NoAuthor, find_author
from gatepost.origin.dmarc_alignment import weigh_alignment
from gatepost.origin.dmarc_discovery import DmarcDirectory
from gatepost.origin.dmarc_record import BadRecord, DmarcMethod, DmarcRecord, Policy
from gatepost.origin.header_lines import find_stray_line

MAX_RECORD_CHARS = 1_000  # of the published text, as it is kept with the proof
_SAMPLING_KEY = secrets.token_bytes(32)  # made before the workers fork, so they agree


@dataclass(frozen=True, slots=True)
class DmarcInquiry:
    """What can be asked before SPF and DKIM have answered: who the author is, and what the author's domain wants.

    Without a record nothing that SPF and DKIM say changes what is known already.
    """

    author: Author | NoAuthor
    known: DmarcProof
    record: DmarcRecord | None
    directory: DmarcDirectory
    stray_line: str = ""  # why programs read different headers, so that nothing proves what a reader sees

    async def conclude(self, spf: Sequence[SpfProof], dkim: Sequence[DkimProof]) -> DmarcProof:
        """Judge the author by what SPF and DKIM proved; no SPF at all means that it could not be asked."""
        if self.record is None:
            return self.known
        proofs = ((), ()) if self.stray_line else (spf, dkim)
        aligned = await weigh_alignment(self.known.domain, self.record, self.directory, *proofs)
        cannot_tell = not spf and aligned.result is AuthResult.FAIL
        proof = replace(
            self.known,
            result=AuthResult.UNKNOWN if cannot_tell else aligned.result,
            spf_is_aligned=aligned.spf is AuthResult.PASS,
            dkim_is_aligned=aligned.dkim is AuthResult.PASS,
        )
        if self.stray_line:
            return replace(proof, reason=self.stray_line)
        return replace(proof, reason=_explain(proof, [*_name_proven(spf), *_name_proven(dkim)]))


async def evaluate_dmarc(
    message: Message,
    spf: Sequence[SpfProof],
    dkim: Sequence[DkimProof],
    resolver: Resolver,
    method: DmarcMethod = DmarcMethod.PUBLIC_SUFFIX,
) -> DmarcProof:
    """Judge the visible sender by what SPF and DKIM proved."""
    return await (await begin_dmarc(message, resolver, method)).conclude(spf, dkim)


async def begin_dmarc(
    message: Message, resolver: Resolver, method: DmarcMethod = DmarcMethod.PUBLIC_SUFFIX
) -> DmarcInquiry:
    """Find the visible sender and the policy that its domain publishes."""
    directory, author = DmarcDirectory(resolver, method), find_author(message)
    if isinstance(author, NoAuthor):
        return DmarcInquiry(author, DmarcProof(AuthResult.PERMERROR, "", reason=author.reason), None, directory)
    known, record = await _find_wish(author, directory, resolver, message.raw)
    return DmarcInquiry(author, known, record, directory, find_stray_line(message))


async def _find_wish(
    author: Author, directory: DmarcDirectory, resolver: Resolver, raw: bytes
) -> tuple[DmarcProof, DmarcRecord | None]:
    unknown = DmarcProof(AuthResult.NONE, author.domain)
    try:
        found = await directory.discover(author.domain)
        if found.record is None:
            return replace(unknown, reason=f"{found.reason}."), None
        policy = await _find_policy(author, found.domain, found.record, resolver)
    except TryLater as error:
        silent = replace(unknown, result=AuthResult.TEMPERROR, reason=f"{error.public}.")
        return await _find_wish_above(silent, directory), None
    except BadRecord as error:
        broken = replace(unknown, result=AuthResult.PERMERROR, policy_domain=error.detail)
        return replace(broken, reason=f"{error.public}."), None
    asked = _soften(policy, found.record, directory.method, raw)
    text = _clean(found.text)
    return replace(unknown, policy=asked.value, policy_domain=found.domain, record=text), found.record


async def _find_wish_above(silent: DmarcProof, directory: DmarcDirectory) -> DmarcProof:
    """Tell what the organisation asks for names below, so that a forgotten one does not hide it."""
    try:
        found = await directory.discover_above(silent.domain)
    except (TryLater, BadRecord):
        return silent
    if found.record is None:
        return silent
    return replace(silent, policy=found.record.subdomain_policy.value, policy_domain=found.domain)


def _clean(text: bytes) -> str:
    """Give a record as it may stand in a report: on one line, short, without characters that mislead."""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_RECORD_CHARS].decode("latin-1"))


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
    """Choose by a keyed digest of the mail: neither sending it again nor trying forms of it beforehand helps."""
    if percent in (0, 100):
        return percent == 100  # noqa: PLR2004 - per cent
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8, key=_SAMPLING_KEY).digest(), "big") % 100 < percent


def _name_proven(proofs: Sequence[SpfProof] | Sequence[DkimProof]) -> list[str]:
    return [proof.domain for proof in proofs if proof.result is AuthResult.PASS]


def _explain(proof: DmarcProof, proven: list[str]) -> str:
    if proof.result is AuthResult.PASS:
        ways = [name for name, holds in (("SPF", proof.spf_is_aligned), ("DKIM", proof.dkim_is_aligned)) if holds]
        prove = "prove" if len(ways) > 1 else "proves"
        return f"{' and '.join(ways)} {prove} the visible sender's domain {proof.domain}."
    if proof.result is AuthResult.UNKNOWN:
        return f"SPF was not asked and DKIM does not prove {proof.domain}, so nobody can tell whether it sent this."
    if proof.result is AuthResult.TEMPERROR:
        return f"Whether {proof.domain} sent this cannot be told: the DNS does not answer."
    others = ", ".join(dict.fromkeys(proven[:3]))
    told = f"what is proven is {others}" if others else "nothing is proven"
    return f"The visible sender is {proof.domain}, but {told}."
