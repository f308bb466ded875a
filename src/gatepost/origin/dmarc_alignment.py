"""Weighs what SPF and DKIM proved against the domain of the visible sender.

Standards: RFC 7489 §3.1, RFC 9989 §4.4 (identifier alignment).
Trust: nothing in the mail; a proof counts only for the organisation of the visible sender.
Fails: never; what the DNS does not tell weighs as temperror.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gatepost.model.errors import TryLater
from gatepost.model.proof import AuthResult, DkimProof, SpfProof
from gatepost.origin.dmarc_discovery import DmarcDirectory
from gatepost.origin.dmarc_record import DmarcRecord

MAX_IDENTIFIERS = 20  # different domains of SPF and of DKIM each that are compared with the author's

_CERTAIN = (AuthResult.PASS, AuthResult.TEMPERROR)  # of the others nothing can come


@dataclass(frozen=True, slots=True)
class Alignment:
    """What speaks for the visible sender: PASS, TEMPERROR where it cannot be told, else FAIL."""

    spf: AuthResult
    dkim: AuthResult

    @property
    def result(self) -> AuthResult:
        """Give the better of both."""
        return next((each for each in _CERTAIN if each in (self.spf, self.dkim)), AuthResult.FAIL)


async def weigh_alignment(
    author: str, record: DmarcRecord, directory: DmarcDirectory, spf: Sequence[SpfProof], dkim: Sequence[DkimProof]
) -> Alignment:
    """Hold every proven domain against the author's.

    SPF counts for the identity "mailfrom"; a null sender has no domain there, and only then "helo" counts. A
    signature that leaves a tail of the body open never counts.
    """
    scale = _Scale(author, directory)
    by_spf = await scale.weigh(_choose_spf(spf), is_strict=record.spf_is_strict)
    by_dkim = await scale.weigh(_choose_dkim(dkim), is_strict=record.dkim_is_strict)
    return Alignment(by_spf, by_dkim)


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
