"""A worker's process: one whole house with its own event loop; it receives, judges and keeps."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
import uvloop

from gatepost.daemon.antivirus import build_antivirus
from gatepost.daemon.feeds import refresh_shelf
from gatepost.daemon.logs import set_up_logs
from gatepost.daemon.parts import Plan, build_dialer, build_history
from gatepost.daemon.privileges import refuse_new_code
from gatepost.daemon.sandboxes import build_sandbox
from gatepost.deliver.route import Router, build_router
from gatepost.deliver.smtp import SmtpTransport
from gatepost.flow.house import House
from gatepost.flow.judging import Judging, give_antivirus, give_history, give_opener
from gatepost.flow.reception import HouseReception
from gatepost.flow.recipients import Recipients
from gatepost.flow.settings import Known
from gatepost.gates.counters import CounterRow
from gatepost.gates.smtp import SmtpDoor, SmtpGate, SmtpParts, build_peer_limits
from gatepost.model.address import Address
from gatepost.model.ports import Admission, Opener
from gatepost.store.journal import Journal
from gatepost.store.ledger import JOURNAL_FOLDER
from gatepost.store.vault import JournalVault

RETIRE_SIGNAL = signal.SIGUSR1
PATIENCE_S = 600.0  # for the sessions of a worker that has been replaced
GRACE_S = 20.0
HOUSEKEEPING_S = 1.0
SWITCH_INTERVAL_S = 0.0005  # the journal's thread gets its turn soon, and so do the sessions that wait for its flush

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A door and its listening socket for this worker."""

    door: SmtpDoor
    sock: socket.socket


def run_worker(
    plan: Plan, doors: Sequence[OpenDoor], counters: CounterRow, news: int, tell_ready: Callable[[], None]
) -> None:
    """Live a worker's life, until SIGTERM."""
    set_up_logs(plan.settings.log)  # a reload may have changed them
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    refuse_new_code()
    sandbox = build_sandbox(plan, counters)  # before there is a loop: it is started beside all else
    with contextlib.ExitStack() as ending, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if sandbox is not None:
            ending.callback(sandbox.close)
        runner.run(_receive(_Parts(plan, doors, counters, news, sandbox), tell_ready))


@dataclass(frozen=True, slots=True)
class _Parts:
    plan: Plan
    doors: Sequence[OpenDoor]
    counters: CounterRow
    news: int
    opener: Opener | None


async def _receive(parts: _Parts, tell_ready: Callable[[], None]) -> None:
    plan = parts.plan
    journal = Journal(
        plan.state / JOURNAL_FOLDER, plan.clock, plan.settings.store, lambda: os.eventfd_write(parts.news, 1)
    )
    told_to_stop, told_to_retire = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told_to_stop.set)
    asyncio.get_running_loop().add_signal_handler(RETIRE_SIGNAL, told_to_retire.set)
    async with asyncio.TaskGroup() as tasks:
        gate = await _open_gate(parts, _build_house(parts, journal), tasks)
        housekeeping = [
            tasks.create_task(_rotate(journal)),
            tasks.create_task(_retire(gate, told_to_retire, told_to_stop)),
            tasks.create_task(refresh_shelf(plan.judging.kit.feeds)),
        ]
        tell_ready()
        await told_to_stop.wait()
        await gate.stop(GRACE_S)
        for task in housekeeping:
            task.cancel()
    await journal.close()


async def _rotate(journal: Journal) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_S)
        journal.rotate_if_old()


async def _retire(gate: SmtpGate, told_to_retire: asyncio.Event, told_to_stop: asyncio.Event) -> None:
    """When a new worker has taken over, let the open sessions end by themselves before we end."""
    await told_to_retire.wait()
    await gate.retire(PATIENCE_S)
    told_to_stop.set()


async def _open_gate(parts: _Parts, house: House, tasks: asyncio.TaskGroup) -> SmtpGate:
    plan = parts.plan
    limits = build_peer_limits(plan.settings.smtp, plan.clock)
    smtp_parts = SmtpParts(HouseReception(house), plan.clock, parts.counters, limits, plan.contexts.current, tasks)
    gate = SmtpGate(smtp_parts, plan.settings.smtp, plan.hostname.name)
    for each in parts.doors:
        await gate.open(each.door, each.sock)
    return gate


def _build_house(parts: _Parts, journal: Journal) -> House:
    plan = parts.plan
    recipients = plan.settings.recipients
    return House(
        hostname=plan.hostname,
        clock=plan.clock,
        vault=JournalVault(journal),
        recipients=Recipients(recipients, plan.hostname, plan.addresses, _build_asker(plan), plan.clock),
        judging=_build_judging(parts),
        max_received_count=recipients.max_received_count,
    )


def _build_judging(parts: _Parts) -> Judging:
    judging = give_opener(parts.plan.judging, parts.opener)
    judging = give_history(judging, build_history(parts.plan, parts.counters))
    return give_antivirus(judging, build_antivirus(parts.plan, parts.counters))


class _RouteAsker:
    """Asks the next hop of the recipient's domain; a Maildir takes every address."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def ask_recipient(self, recipient: Address) -> Admission:
        """Give ACCEPTED, UNKNOWN or TRY_LATER."""
        transport = self._router.transport_for(recipient.domain)
        return await transport.ask_recipient(recipient) if isinstance(transport, SmtpTransport) else Admission.ACCEPTED


def _build_asker(plan: Plan) -> _RouteAsker | None:
    if plan.settings.recipients.known is not Known.ASK:
        return None
    router = build_router(
        plan.settings.deliver, build_dialer(plan), plan.clock,
        hostname=plan.hostname.name, own_domains=plan.own_domains | {plan.hostname},
    )  # fmt: skip
    return _RouteAsker(router)
