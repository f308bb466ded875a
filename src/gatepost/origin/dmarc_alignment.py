"""Weighs what SPF and DKIM proved against the domain of the visible sender.

Standards: RFC 7489 §3.1, RFC 9989 §4.4 (identifier alignment).
Trust: nothing in the mail; a proof counts only for the organisation of the visible sender, and the DNS of others is
not asked: whoever lets it hang must not turn "fail" into "cannot tell".
Fails: never; what the DNS does not tell weighs as temperror.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gatepost.model.errors import TryLater
from gatepost.model.proof import AuthResult, DkimProof, SpfProof
from gatepost.origin.dmarc_discovery import DmarcDirectory
from gatepost.origin.dmarc_record import DmarcRecord
from gatepost.origin.organisation import find_organisation

MAX_IDENTIFIERS = 20  # other domains of SPF and of DKIM each whose organisation is looked for

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

    SPF counts for the identity "mailfrom" alone, which for the null sender has the domain of HELO (RFC 7208 §2.4). A
    signature that leaves a tail of the body open never counts.
    """
    scale = _Scale(author, directory)
    sent = _gather((proof.domain, proof.result) for proof in spf if proof.identity == "mailfrom")
    signed = _gather((proof.domain, proof.result) for proof in dkim if proof.covers_whole_body)
    by_spf = await scale.weigh(sent, is_strict=record.spf_is_strict)
    by_dkim = await scale.weigh(signed, is_strict=record.dkim_is_strict)
    return Alignment(by_spf, by_dkim)


class _Scale:
    """Weighs what was proven against the domain of the author."""

    def __init__(self, author: str, directory: DmarcDirectory) -> None:
        self._author = author
        self._directory = directory

    async def weigh(self, proven: dict[str, AuthResult], *, is_strict: bool) -> AuthResult:
        """Give PASS when an aligned domain is proven, TEMPERROR when one may still be, else FAIL."""
        weighed = proven.pop(self._author, AuthResult.FAIL)
        if weighed is AuthResult.PASS or is_strict or not proven:
            return weighed
        try:
            organisation = await self._directory.find_organisation(self._author)
        except TryLater:
            return AuthResult.TEMPERROR if any(map(self._may_be_related, proven)) else weighed
        relatives = [name for name in proven if name == organisation or name.endswith(f".{organisation}")]
        kept = {name: proven[name] for name in relatives[:MAX_IDENTIFIERS]}
        return await self._weigh_relatives(kept, organisation, weighed)

    def _may_be_related(self, domain: str) -> bool:
        return find_organisation(domain) == find_organisation(self._author)

    async def _weigh_relatives(
        self, proven: dict[str, AuthResult], organisation: str, weighed: AuthResult
    ) -> AuthResult:
        """Weigh names at or below the author's organisation."""
        for domain, result in proven.items():
            try:
                is_aligned = await self._directory.find_organisation(domain) == organisation
            except TryLater:
                weighed = AuthResult.TEMPERROR
                continue
            if is_aligned and result is AuthResult.PASS:
                return AuthResult.PASS
            if is_aligned:
                weighed = AuthResult.TEMPERROR
        return weighed


def _gather(results: Iterable[tuple[str, AuthResult]]) -> dict[str, AuthResult]:
    """Keep the best result of each domain, of those that could help."""
    gathered = dict[str, AuthResult]()
    for domain, result in results:
        name = domain.lower().removesuffix(".")
        if name and result in _CERTAIN and gathered.get(name) is not AuthResult.PASS:
            gathered[name] = result
    return gathered
