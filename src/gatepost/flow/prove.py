"""Proves where a mail comes from: SPF, DKIM, DMARC and ARC at the same time, under one deadline for all of DNS.

Standards: RFC 7208, RFC 6376, RFC 7489, RFC 8617; RFC 8601 §2.7 (results).
Trust: the mail and its DNS are strangers'. Each question opens the DNS for itself, so none can use up another's share.
Fails: TryLater when we ourselves are too busy to ask; never for what a mail or the DNS holds, whose silence ends as
temperror.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from gatepost.message.message import Message
from gatepost.model.address import Domain
from gatepost.model.envelope import Arrival
from gatepost.model.errors import BadAddress, BadSettings, TryLater
from gatepost.model.networks import Network, is_inside
from gatepost.model.ports import MailResolver, Resolver, Resolvers
from gatepost.model.proof import (
    UNPROVEN,
    ArcProof,
    AuthorDomain,
    AuthResult,
    DkimProof,
    DmarcProof,
    Proof,
    SpfProof,
)
from gatepost.origin.arc import evaluate_arc
from gatepost.origin.arc_trust import find_voucher
from gatepost.origin.author import Author, find_author
from gatepost.origin.author_domain import evaluate_author_domain
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.dkim import evaluate_dkim
from gatepost.origin.dmarc import DmarcInquiry, begin_dmarc
from gatepost.origin.dmarc_record import DmarcMethod
from gatepost.origin.settings import OriginSettings
from gatepost.origin.spf import SpfQuestion, evaluate_spf

_METHODS = {"public-suffix": DmarcMethod.PUBLIC_SUFFIX, "tree-walk": DmarcMethod.TREE_WALK}
_BEST_FIRST = (  # what stands for all signatures of a mail
    *(AuthResult.PASS, AuthResult.TEMPERROR, AuthResult.PERMERROR, AuthResult.FAIL, AuthResult.NEUTRAL),
)


@dataclass(frozen=True, slots=True)
class Proving:
    """What proving needs: built once for each process, shared by all mails."""

    resolvers: Resolvers
    hostname: Domain
    own_networks: tuple[Network, ...]
    trusted_sealers: frozenset[str]
    method: DmarcMethod


def build_proving(
    settings: OriginSettings, own_networks: Iterable[str], resolvers: Resolvers, hostname: Domain
) -> Proving:
    """Compile the settings; raise BadSettings with the place of a mistake."""
    try:
        networks = tuple(map(ip_network, own_networks))
    except ValueError as error:
        raise BadSettings(f"[recipients] trusted_networks: {error}") from error
    try:
        sealers = frozenset(Domain.parse(name).name for name in settings.trusted_sealers)
    except BadAddress as error:
        raise BadSettings(f"[origin] trusted_sealers: {error.public}") from error
    return Proving(resolvers, hostname, networks, sealers, _METHODS[settings.organisations])


async def prove_origin(message: Message, arrival: Arrival, bodies: BodyDigests, proving: Proving) -> Proof:
    """Ask all four standards about one mail; nothing is asked about a mail from our own networks."""
    if is_inside(arrival.envelope.client_ip, proving.own_networks):
        return UNPROVEN
    desk, now = _Desk(proving.resolvers), arrival.received_at
    async with asyncio.TaskGroup() as tasks:
        inquiry = tasks.create_task(begin_dmarc(message, desk.open(), proving.method))
        standing = tasks.create_task(_prove_author_domain(message, desk.open()))
        dkim = tasks.create_task(evaluate_dkim(message, desk.open(), now, bodies=bodies))
        arc = tasks.create_task(evaluate_arc(message, desk.open(), now, bodies=bodies))
        spf = tasks.create_task(_prove_spf(arrival, proving.hostname, desk.open()))
    told = _Told(spf.result(), dkim.result(), arc.result(), standing.result())
    proof = await _combine(message, inquiry.result(), told, proving)
    if proof.dmarc is AuthResult.TEMPERROR and desk.turned_us_away:
        raise TryLater("too many questions wait for the name servers")
    return proof


class _Desk:
    """Opens the DNS for each question about one mail, and knows whether we were too busy to ask one of them."""

    def __init__(self, resolvers: Resolvers) -> None:
        self._resolvers = resolvers
        self._opened: list[MailResolver] = []

    def open(self) -> MailResolver:
        """Give one more question's own view."""
        self._opened.append(self._resolvers.open_for_mail())
        return self._opened[-1]

    @property
    def turned_us_away(self) -> bool:
        """Say whether the silence of the DNS is our own."""
        return any(resolver.was_turned_away for resolver in self._opened)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the questions that need no other's answer brought."""

    spf: tuple[SpfProof, ...]
    dkim: tuple[DkimProof, ...]
    arc: ArcProof
    author_domain: AuthorDomain


async def _prove_spf(arrival: Arrival, hostname: Domain, resolver: Resolver) -> tuple[SpfProof, ...]:
    envelope = arrival.envelope
    if not envelope.client_ip:
        return ()
    asked_at = arrival.received_at
    question = SpfQuestion(envelope.client_ip, envelope.helo, envelope.mail_from, hostname, asked_at)
    return await evaluate_spf(question, resolver)


async def _prove_author_domain(message: Message, resolver: Resolver) -> AuthorDomain:
    author = find_author(message)
    return await evaluate_author_domain(author.domain, resolver) if isinstance(author, Author) else AuthorDomain.UNKNOWN


async def _combine(message: Message, inquiry: DmarcInquiry, told: _Told, proving: Proving) -> Proof:
    dmarc = await inquiry.conclude(told.spf, told.dkim)
    arc = _vouch(message, told.arc, dmarc, proving)
    return Proof(
        spf=_summarise_spf(told.spf),
        dkim=_summarise_dkim(told.dkim),
        dmarc=dmarc.result,
        arc=arc.result,
        spf_details=told.spf,
        dkim_details=told.dkim,
        dmarc_details=dmarc,
        arc_details=arc,
        author_domain=told.author_domain,
    )


def _vouch(message: Message, arc: ArcProof, dmarc: DmarcProof, proving: Proving) -> ArcProof:
    if arc.result is not AuthResult.PASS or not dmarc.domain or not proving.trusted_sealers:
        return arc
    return replace(arc, vouched_by=find_voucher(message, arc, dmarc.domain, proving.trusted_sealers))


def _summarise_spf(proofs: Sequence[SpfProof]) -> AuthResult:
    """Give the result for the envelope sender, which for the null sender is that for HELO (RFC 7208 §2.4)."""
    return next((proof.result for proof in proofs if proof.identity == "mailfrom"), AuthResult.UNKNOWN)


def _summarise_dkim(proofs: Sequence[DkimProof]) -> AuthResult:
    results = {proof.result for proof in proofs}
    return next((result for result in _BEST_FIRST if result in results), AuthResult.NONE)
