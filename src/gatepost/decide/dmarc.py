"""Rules on a mail that its visible sender's domain did not send: what the domain asks, and what the operator does.

Standards: RFC 7489 §6.6.2 and §6.7 (policy enforcement considerations).
Fails: BadSettings with the place of a mistake.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from gatepost.decide.settings import DmarcActions
from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.model.proof import AuthResult, DmarcProof, Proof
from gatepost.model.verdict import Action

_ASKS = {
    "reject": ("asks to refuse such mail", "要求拒收此类邮件"),
    "quarantine": ("asks to keep such mail apart", "要求隔离此类邮件"),
    "none": ("asks for nothing but reports", "仅要求提供报告"),
}
_LETS_IN = (Action.DELIVER, Action.FLAG)
_NO_ANSWER = ("whether {} sent this mail cannot be told now", "目前无法确认该邮件是否由 {} 发出")


class DmarcRules:
    """The settings, compiled."""

    def __init__(self, settings: DmarcActions) -> None:
        self._settings = settings
        self._domains = _parse_domains(settings.domains)

    def find_action(self, proof: DmarcProof) -> tuple[Action, str]:
        """Give the action for a mail that is not proven, and the key inside `[decide]` that says so.

        Where the DNS does not say whether it is, a mail that would be kept away must not come in for that: whoever
        sends it chooses whom we have to ask, be it a forgotten name below the domain whose servers are gone.
        """
        if proof.result is not AuthResult.TEMPERROR:
            return self._find_wish(proof)
        if self._find_wish(proof)[0] not in _LETS_IN:
            return self._settings.unsure, "dmarc.unsure"
        return self._settings.temperror, "dmarc.temperror"

    def _find_wish(self, proof: DmarcProof) -> tuple[Action, str]:
        for pattern in (proof.domain, *_climb(proof.domain)):
            if pattern in self._domains:
                return self._domains[pattern], f"dmarc.domains.{pattern}"
        policy = proof.policy or "none"  # "" where the DNS does not say
        return getattr(self._settings, policy), f"dmarc.{policy}"


def find_failure(proof: Proof) -> DmarcProof | None:
    """Give what DMARC says about a mail that it does not pass and nobody trusted vouches for; None for any other."""
    details = proof.dmarc_details
    if details is None or proof.author_is_proven:
        return None
    is_failure = details.result is AuthResult.FAIL and details.policy in _ASKS
    return details if is_failure or details.result is AuthResult.TEMPERROR else None


def explain_failure(proof: DmarcProof) -> tuple[str, str]:
    """Say in one sentence why such a mail is not let through, in English and Chinese."""
    if proof.result is AuthResult.TEMPERROR:
        return _NO_ANSWER[0].format(proof.domain), _NO_ANSWER[1].format(proof.domain)
    asks, asks_zh = _ASKS[proof.policy]
    return (
        f"{proof.domain} did not send this mail and {asks}",
        f"该邮件并非由 {proof.domain} 发出，且该域名{asks_zh}",
    )


def _climb(domain: str) -> Iterator[str]:
    """Give the patterns that cover a domain, closest first.

    >>> list(_climb("mail.a.example"))
    ['.mail.a.example', '.a.example', '.example']
    """
    while domain:  # each turn takes a label
        yield f".{domain}"
        domain = domain.partition(".")[2]


def _parse_domains(domains: Mapping[str, Action]) -> Mapping[str, Action]:
    parsed = {}
    for name, action in domains.items():
        dot = "." if name.startswith(".") else ""
        try:
            parsed[f"{dot}{Domain.parse(name.removeprefix('.'))}"] = action
        except BadAddress as error:
            raise BadSettings(f"decide.dmarc.domains: {name!r} is no domain: {error.public}.") from error
    return MappingProxyType(parsed)
