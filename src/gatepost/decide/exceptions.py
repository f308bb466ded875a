"""Exceptions from the policy by sender, recipient and network: compiled once, matched for each recipient.

Trust: the envelope sender is whatever the client says. An exception that lifts findings because of the sender's
name counts only where the name is proven (SPF, DMARC), where the network is named too, or where it says
`allow_unproven`.
Fails: BadSettings with the name of the exception.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network

from gatepost.decide.settings import ExceptionSettings
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.model.networks import Network, is_inside
from gatepost.model.proof import Proof
from gatepost.model.verdict import Action

Match = Callable[[Address | None], bool]
NULL_SENDER = "<>"


@dataclass(frozen=True, slots=True)
class Exemption:
    """One exception, ready to be matched."""

    settings: ExceptionSettings
    is_sender: Match
    is_recipient: Match
    networks: tuple[Network, ...]

    @property
    def lifts(self) -> bool:
        """Say whether this exception makes things milder."""
        return self.settings.action in (Action.DELIVER, Action.FLAG)

    def applies_to_mail(self, envelope: Envelope, proof: Proof) -> bool:
        """Say whether sender, network and proof fit, whoever the recipient is."""
        return (
            self.is_sender(envelope.mail_from)
            and (not self.networks or is_inside(envelope.client_ip, self.networks))
            and (not self._needs_proof or proof.sender_is_proven)
        )

    @property
    def _needs_proof(self) -> bool:
        return bool(self.lifts and self.settings.sender and not self.networks and not self.settings.allow_unproven)


def build_exemptions(settings: Iterable[ExceptionSettings]) -> tuple[Exemption, ...]:
    """Compile the list, in its order; raise BadSettings with the place of the first mistake."""
    return tuple(_build_exemption(one, f"decide.exceptions[{index}]") for index, one in enumerate(settings))


def _build_exemption(settings: ExceptionSettings, place: str) -> Exemption:
    try:
        return Exemption(
            settings=settings,
            is_sender=_build_match(settings.sender),
            is_recipient=_build_match(settings.recipient),
            networks=tuple(ip_network(text) for text in settings.networks),
        )
    except BadAddress as error:
        raise BadSettings(f"{place} ({settings.name}): {error.public}.") from error
    except ValueError as error:
        raise BadSettings(f"{place} ({settings.name}): networks: {error}.") from error


def _build_match(pattern: str) -> Match:
    if not pattern:
        return lambda _address: True
    if pattern == NULL_SENDER:
        return lambda address: address is None
    if pattern.startswith("."):
        parent = str(Domain.parse(pattern[1:]))
        return lambda address: address is not None and f".{address.domain}".endswith(f".{parent}")
    if "@" in pattern:
        key = Address.parse(pattern).key
        return lambda address: address is not None and address.key == key
    domain = Domain.parse(pattern)
    return lambda address: address is not None and address.domain == domain
