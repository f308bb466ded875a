"""Whose mail is taken in: domains of ours, and in them the recipients that exist.

Standards: RFC 5321 §3.6.2 (relaying), §4.1.1.11 and RFC 5321 §7.3 (tell no more about mailboxes than RCPT must).
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Protocol

from gatepost.flow.settings import Known, RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.model.ports import Admission, Clock

MAX_REMEMBERED_ANSWERS = 100_000


class AskUpstream(Protocol):
    """Asks the next hop whether it takes mail for a recipient."""

    async def ask_recipient(self, recipient: Address) -> Admission:
        """Give ACCEPTED, UNKNOWN or TRY_LATER."""
        ...


@dataclass(frozen=True, slots=True)
class KnownAddresses:
    """Addresses that exist, compared without regard to case, and domains in which every address exists."""

    keys: frozenset[str]
    whole_domains: frozenset[Domain]

    @classmethod
    def parse(cls, lines: tuple[str, ...], place: str) -> "KnownAddresses":
        """Read one address or `@domain` a line; raise BadSettings that names `place` and the line."""
        keys, domains = set(), set()
        for number, line in enumerate(lines, 1):
            text = line.partition("#")[0].strip()
            try:
                if text.startswith("@"):
                    domains.add(Domain.parse(text[1:]))
                elif text:
                    keys.add(Address.parse(text).key)
            except BadAddress as error:
                raise BadSettings(f"{place}, line {number}: {text!r} is not an address: {error.public}") from error
        return cls(frozenset(keys), frozenset(domains))

    def __contains__(self, recipient: Address) -> bool:
        return recipient.domain in self.whole_domains or recipient.key in self.keys


class Recipients:
    """Answers RCPT."""

    def __init__(
        self,
        settings: RecipientSettings,
        hostname: Domain,
        addresses: KnownAddresses,
        upstream: AskUpstream | None,
        clock: Clock,
    ) -> None:
        self.domains = frozenset(map(Domain.parse, settings.domains))
        self._hostname = hostname
        self._settings = settings
        self._addresses = addresses
        self._upstream = upstream
        self._clock = clock
        self._answers: OrderedDict[str, tuple[float, Admission]] = OrderedDict()

    async def admit(self, recipient: Address) -> Admission:
        """Say whether mail for this recipient is taken here; asks the upstream where that must be."""
        return self.find(recipient) or await self._ask(recipient)

    def find(self, recipient: Address) -> Admission | None:
        """Say the same at once, None when the upstream must be asked."""
        is_postmaster = recipient.local_part.lower() == "postmaster"  # RFC 5321 §4.5.1: always taken, at our host too
        if recipient.domain not in self.domains and not (is_postmaster and recipient.domain == self._hostname):
            return Admission.NOT_OURS
        if is_postmaster:
            return Admission.ACCEPTED
        match self._settings.known:
            case Known.ANY:
                return Admission.ACCEPTED
            case Known.LIST:
                return Admission.ACCEPTED if recipient in self._addresses else Admission.UNKNOWN
            case Known.ASK:
                return self._remember(recipient)

    def _remember(self, recipient: Address) -> Admission | None:
        known_until_s, answer = self._answers.get(recipient.key, (0.0, None))
        return answer if known_until_s > self._clock.monotonic_s() else None

    async def _ask(self, recipient: Address) -> Admission:
        answer = await self._upstream.ask_recipient(recipient) if self._upstream else Admission.ACCEPTED
        if answer is not Admission.TRY_LATER:
            self._answers[recipient.key] = (self._clock.monotonic_s() + self._settings.ask_cache_s, answer)
            self._answers.move_to_end(recipient.key)
            if len(self._answers) > MAX_REMEMBERED_ANSWERS:
                self._answers.popitem(last=False)
        return answer
