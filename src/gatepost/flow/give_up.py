"""What becomes of a mail that the next hop does not take: told to its sender, or put where an administrator sees it.

Standards: RFC 5321 §6.1 and §4.5.5 (null sender), RFC 3464 (the bounce), RFC 3834 §2 (no answers to automatic mail).
A bounce goes only to a sender who is proven or ours: a forged sender is a stranger who must not be troubled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

import structlog

from gatepost.deliver.bounce import Failure, build_bounce, find_bounce_obstacle
from gatepost.deliver.parcel import FailedForGood, FailedForNow, Transport
from gatepost.deliver.retry import next_attempt_at
from gatepost.deliver.settings import DeliverSettings
from gatepost.flow.settings import RecipientSettings
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Envelope
from gatepost.model.errors import StorageTrouble
from gatepost.model.mail_id import MailIds
from gatepost.model.networks import is_inside
from gatepost.model.ports import Clock
from gatepost.model.verdict import Action, Decision, Screening, Verdict
from gatepost.store.entries import Event, MailEntry, State, StoredMail, encode_entry
from gatepost.store.frames import Kind, build_frame
from gatepost.store.journal import Journal
from gatepost.store.rows import DueDelivery

TROUBLE_WAIT = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GivingUpRules:
    """Who we are, whose word we take, and how long we try."""

    deliver: DeliverSettings
    hostname: Domain
    own_domains: frozenset[Domain]
    recipients: RecipientSettings

    def sender_is_local(self, envelope: Envelope) -> bool:
        """Say whether a sender in one of our domains wrote from one of our networks."""
        if envelope.mail_from is None or envelope.mail_from.domain not in self.own_domains:
            return False
        return is_inside(envelope.client_ip, map(ip_network, self.recipients.trusted_networks))


class GivingUp:
    """Decides when to stop trying, and what to do then."""

    def __init__(
        self,
        rules: GivingUpRules,
        journal: Journal,
        find_transport: Callable[[Domain], Transport | None],
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._journal = journal
        self._find_transport = find_transport
        self._clock = clock
        self._mail_ids = MailIds()

    @property
    def hostname(self) -> Domain:
        """Give the name that we sign with."""
        return self._rules.hostname

    def find_next_attempt_at(self, turn: DueDelivery) -> datetime | None:
        """Give when a delivery that failed for now is tried again; None when it has been tried long enough."""
        return next_attempt_at(turn.attempts + 1, turn.queued_at, self._clock.now(), self._rules.deliver)

    async def give_up(
        self, mail: StoredMail, failed: Sequence[tuple[DueDelivery, FailedForNow | FailedForGood]]
    ) -> list[Event]:
        """Bounce the mail for these recipients, or quarantine it; give the events that say so."""
        envelope = mail.entry.envelope
        obstacle = self._find_obstacle(mail)
        if obstacle or envelope.mail_from is None:
            return [self._build_event(turn, State.QUARANTINED, f"{why.says}; {obstacle}", why) for turn, why in failed]
        try:
            await self._send_bounce(mail, envelope.mail_from, failed)
        except StorageTrouble as trouble:
            log.warning("bounce_not_kept", mail=mail.entry.mail_id, says=trouble.public, detail=trouble.detail)
            later = self._clock.now() + TROUBLE_WAIT
            return [self._build_event(turn, State.QUEUED, why.says, why, later) for turn, why in failed]
        return [self._build_event(turn, State.BOUNCED, why.says, why) for turn, why in failed]

    def _find_obstacle(self, mail: StoredMail) -> str:
        envelope = mail.entry.envelope
        obstacle = find_bounce_obstacle(
            envelope,
            mail.entry.verdict.screening.proof,
            mail.raw,
            sender_is_local=self._rules.sender_is_local(envelope),
        )
        if not obstacle and envelope.mail_from and self._find_transport(envelope.mail_from.domain) is None:
            return "not bounced: no way out to the sender's domain is configured ([deliver.smarthost])"
        return f"not bounced: {obstacle}" if obstacle else ""

    async def _send_bounce(
        self, mail: StoredMail, sender: Address, failed: Sequence[tuple[DueDelivery, FailedForNow | FailedForGood]]
    ) -> None:
        now = self._clock.now()
        mail_id = self._mail_ids.make(now)
        recipients = mail.entry.envelope.recipients
        failures = tuple(Failure(recipients[turn.recipient_number], why.status, why.says) for turn, why in failed)
        raw = build_bounce(mail.raw, sender, failures, self._rules.hostname, mail_id, now)
        decision = Decision(sender, Action.DELIVER, "bounce", "A notice of non-delivery by gatepost.", "退信通知。")
        envelope = Envelope(None, (sender,), "", "", "LOCAL", needs_smtputf8=sender.needs_smtputf8, door="bounce")
        verdict = Verdict(Screening(was_judged=False, subject="Mail could not be delivered"), (decision,))
        entry = MailEntry(mail_id, now, len(raw), envelope, verdict)
        await self._journal.append(build_frame(Kind.MAIL, encode_entry(entry), raw))

    def _build_event(
        self,
        turn: DueDelivery,
        state: State,
        says: str,
        why: FailedForNow | FailedForGood,
        next_at: datetime | None = None,
    ) -> Event:
        return Event(
            turn.mail_id, turn.recipient_number, self._clock.now(), state, says, status=why.status,
            attempts=turn.attempts + 1, next_attempt_at=next_at,
        )  # fmt: skip
