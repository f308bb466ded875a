"""The keeper's process: takes up the journals, delivers, keeps order, answers people and Prometheus."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
import uvloop

from gatepost.daemon.antivirus import WATCHED, AntivirusWatch, build_watch
from gatepost.daemon.feeds import FEED_NUMBERS, FeedKeeper, build_updater
from gatepost.daemon.judges import keep_judges
from gatepost.daemon.logs import set_up_logs
from gatepost.daemon.parts import Plan, build_dialer
from gatepost.daemon.privileges import refuse_new_code
from gatepost.deliver.route import Router, build_router
from gatepost.flow.desk import Desk, Teach
from gatepost.flow.dispatch import GATHER_S, Dispatcher, Wake
from gatepost.flow.give_up import GivingUp, GivingUpRules
from gatepost.gates.control import serve_control
from gatepost.gates.counters import COUNTERS, GAUGES, SharedCounters
from gatepost.gates.metrics import MetricsPage, serve_metrics
from gatepost.gates.settings import parse_listen
from gatepost.learn.decisions import keep_decision
from gatepost.store.journal import Journal
from gatepost.store.ledger import JOURNAL_FOLDER, BooksAreHeld, Ledger

BOOKS_TIMEOUT_S = 120.0  # during a reload the former keeper ends first
BOOKS_WAIT_S = 0.1
STUCK_AFTER_S = 15.0
HOUSEKEEPING_S = 1.0
NICENESS = 15  # accepting mail goes before delivering it
KEPT_NUMBERS: Mapping[str, str] = {
    "deliveries_queued": "Deliveries, one for each recipient of a mail, that wait for the next hop; where it grows, the"
    " next hop does not take its mail: see gatepost queue list.",
    "deliveries_quarantined": "Deliveries, one for each recipient of a mail, that are held for a person to decide.",
    "deliveries_in_flight": "Deliveries that are being made at this moment.",
    "delivered_total": "Deliveries that the next hop took, one for each recipient, since the keeper started.",
    "delivered_cleaned_total": "Of the deliveries that the next hop took, those without the files that were taken out.",
    "journal_damaged_bytes": "Bytes of the journals that cannot be read as they were written; if not 0, the disk is"
    " failing: replace it.",
    "certificate_expires_s": "Seconds until the certificate ends that peers are shown; below 864000 renew it.",
}
METRICS: Mapping[str, str] = {**COUNTERS, **GAUGES, **KEPT_NUMBERS, **WATCHED, **FEED_NUMBERS}  # all of /metrics

log = structlog.get_logger()


def run_keeper(plan: Plan, counters: SharedCounters, news: int, tell_ready: Callable[[], None]) -> None:
    """Live the keeper's life, until SIGTERM."""
    set_up_logs(plan.settings.log)  # a reload may have changed them
    refuse_new_code()
    os.nice(NICENESS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_keep(plan, counters, news, tell_ready))


async def _keep(plan: Plan, counters: SharedCounters, news: int, tell_ready: Callable[[], None]) -> None:
    tell_ready()  # workers may begin: what they accept waits in their journals
    ledger = await _open_ledger(plan)
    taken = ledger.recover()
    log.info("books_open", taken_up=taken, **ledger.records.count_states())
    wake = Wake()
    journal = Journal(plan.state / JOURNAL_FOLDER, plan.clock, plan.settings.store, wake)
    router = build_router(
        plan.settings.deliver, build_dialer(plan), plan.clock,
        hostname=plan.hostname.name, own_domains=plan.own_domains | {plan.hostname},
    )  # fmt: skip
    rules = GivingUpRules(plan.settings.deliver, plan.hostname, plan.own_domains, plan.settings.recipients)
    giving_up = GivingUp(rules, journal, router.transport_for, plan.clock)
    dispatcher = Dispatcher(ledger, router.transport_for, giving_up, plan.clock, wake)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, dispatcher.stop)
    loop.add_reader(news, _hear_news, news, wake, loop)
    async with contextlib.AsyncExitStack() as open_things:
        feeds = FeedKeeper(
            build_updater(plan.settings, plan.judging.kit.tables, plan.clock), plan.settings.feeds, plan.clock
        )
        antivirus = build_watch(plan)
        await _open_doors(_Parts(plan, counters, ledger, dispatcher, wake, feeds, antivirus), open_things)
        async with asyncio.TaskGroup() as tasks:
            works = (_keep_house(journal, router), feeds.run(), keep_judges(plan), antivirus.run())
            aside = [tasks.create_task(work) for work in works]
            await dispatcher.run()
            for task in aside:
                task.cancel()
    await _close(router, journal, ledger)


@dataclass(frozen=True, slots=True)
class _Parts:
    plan: Plan
    counters: SharedCounters
    ledger: Ledger
    dispatcher: Dispatcher
    wake: Wake
    feeds: FeedKeeper
    antivirus: AntivirusWatch


async def _open_ledger(plan: Plan) -> Ledger:
    until_s = plan.clock.monotonic_s() + BOOKS_TIMEOUT_S
    while True:
        try:
            return Ledger(plan.state, plan.clock, plan.settings.store)
        except BooksAreHeld:
            if plan.clock.monotonic_s() > until_s:
                raise
            await asyncio.sleep(BOOKS_WAIT_S)


async def _open_doors(parts: _Parts, open_things: contextlib.AsyncExitStack) -> None:
    """Open the control socket and the page for Prometheus; without them mail still flows."""
    desk = Desk(parts.ledger, parts.plan.clock, parts.wake, _build_teaching(parts.plan))
    try:
        await open_things.enter_async_context(await serve_control(parts.plan.state, desk))
    except OSError as error:
        log.error("no_control_socket", says=str(error))  # noqa: TRY400 - the address says it all
    if not parts.plan.settings.metrics.listen:
        return
    where = parse_listen(parts.plan.settings.metrics.listen)
    page = MetricsPage(
        METRICS, lambda: _read_numbers(parts), lambda: _find_trouble(parts), read_labelled=parts.feeds.read_numbers
    )
    try:
        await open_things.enter_async_context(await serve_metrics(where.host, where.port, page))
    except OSError as error:
        log.error("no_metrics", says=f"[metrics] listen: {where} cannot be listened on ({error.strerror or error})")  # noqa: TRY400


def _build_teaching(plan: Plan) -> Teach | None:
    """Give what keeps people's decisions; nothing here learns from them."""
    if not plan.settings.store.decisions_days:
        return None
    house = (plan.judging.kit, plan.own_domains)
    return lambda mail, label, at: keep_decision(plan.state, mail, label, at, house)


def _read_numbers(parts: _Parts) -> dict[str, float]:
    states = parts.ledger.records.count_states()
    return {
        **parts.counters.totals(),
        "deliveries_queued": states["queued"],
        "deliveries_quarantined": states["quarantined"],
        "deliveries_in_flight": parts.dispatcher.in_flight_count,
        "delivered_total": parts.dispatcher.delivered_count,
        "delivered_cleaned_total": parts.dispatcher.delivered_cleaned_count,
        "journal_damaged_bytes": parts.ledger.damaged_bytes,
        "certificate_expires_s": parts.plan.contexts.expires_in_s(),
        **parts.antivirus.read_numbers(),
    }


def _find_trouble(parts: _Parts) -> str:
    silent_s = parts.plan.clock.monotonic_s() - parts.dispatcher.ticked_s
    if silent_s > STUCK_AFTER_S:
        return f"the keeper has done nothing for {silent_s:.0f} s"
    unreadable = (f"{name} cannot be read ({why})" for name, why in parts.ledger.unreadable.items())
    return parts.dispatcher.trouble or next(unreadable, "")


def _hear_news(news: int, wake: Wake, loop: asyncio.AbstractEventLoop) -> None:
    """Wake the dispatcher, and stop listening while it gathers: every flush of every worker is news."""
    with contextlib.suppress(BlockingIOError):
        os.eventfd_read(news)
    wake()
    loop.remove_reader(news)
    loop.call_later(GATHER_S, loop.add_reader, news, _hear_news, news, wake, loop)


async def _keep_house(journal: Journal, router: Router) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_S)
        journal.rotate_if_old()
        await router.close_idle()


async def _close(router: Router, journal: Journal, ledger: Ledger) -> None:
    await router.close()
    await journal.close()
    ledger.close()
