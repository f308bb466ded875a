"""What judges a kept mail for a command: the settings of the gate, and a sandbox of this process's own.

Loads all checks: imported only where something is to be judged.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from gatepost.cli.output import pick_language
from gatepost.config.settings import Settings
from gatepost.flow.clean import Scan
from gatepost.flow.desk import Desk
from gatepost.flow.former import Judges, present_judges
from gatepost.flow.judging import Judging, build_judging, give_feeds, give_opener
from gatepost.flow.release import find_obstacle
from gatepost.flow.take_out import CannotCleanError
from gatepost.gates.control import RemoteDesk
from gatepost.model.address import Domain
from gatepost.model.errors import BadInput
from gatepost.net.clamd import Clamd
from gatepost.net.clock import SystemClock
from gatepost.net.dialer import SystemDialer
from gatepost.net.resolver import DnsResolver
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.tls_contexts import build_client_contexts
from gatepost.store.entries import State


def build_judging_by(settings: Settings, judges: Judges) -> Judging:
    """Build what judging needs, with the model and the lists of these judges; nothing is asked from the network."""
    own_domains = frozenset(map(Domain.parse, settings.recipients.domains))
    judging = build_judging(judges.screening, settings.decide, own_domains, SystemClock())
    packed = judging.kit.rule_book.rules.pack()
    opener = Sandbox(settings.open, rules=packed) if settings.open.enabled else None
    return give_opener(give_feeds(judging, judges.shelf), opener)


def build_present_judging(settings: Settings) -> Judging:
    """Build what judges mail that comes now."""
    return build_judging_by(settings, present_judges(Path(settings.state), settings.screen, settings.feeds))


def refuse_what_is_held(desk: Desk | RemoteDesk, mails: Sequence[str], settings: Settings) -> None:
    """Judge what is left of mails without their suspect files; raise BadInput for the first that would be held."""
    judging, scan = build_present_judging(settings), _build_scan(settings)
    for mail in mails:
        waiting = [one.recipient_number for one in desk.show(mail).deliveries if one.state is State.QUARANTINED]
        obstacle = None
        with suppress(CannotCleanError):  # the desk says so when it is asked for the release
            obstacle = find_obstacle(desk.recall(mail), waiting, judging, scan) if waiting else None
        if obstacle:
            why = pick_language(*obstacle)
            raise BadInput(f"{mail}: what is left would be held, too: {why}; --allow-held lets it go all the same")


def _build_scan(settings: Settings) -> Scan | None:
    if not settings.antivirus.clamd:
        return None
    dialer = SystemDialer(DnsResolver(settings.dns), build_client_contexts(settings.tls))
    clamd = Clamd(settings.antivirus, dialer)
    return lambda content: asyncio.run(clamd.scan(content))
