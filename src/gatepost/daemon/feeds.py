"""Keeps the lists of known bad URLs fresh: the keeper fetches what is due, the workers take up what was replaced."""

import asyncio
import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import structlog

from gatepost.config.settings import Settings
from gatepost.feeds.files import FEEDS_FOLDER, FeedFiles
from gatepost.feeds.schedule import FIRST_RETRY_S, find_wait_s, measure_age_s
from gatepost.feeds.settings import FeedSettings, FeedsSettings
from gatepost.feeds.shelf import FeedShelf
from gatepost.feeds.update import FeedUpdater, Outcome, Result
from gatepost.gates.metrics import Labelled
from gatepost.model.address import Domain
from gatepost.model.ports import Clock
from gatepost.net.dialer import SystemDialer, is_public
from gatepost.net.http import HttpFetcher
from gatepost.net.resolver import DnsResolver
from gatepost.net.tls_contexts import build_client_contexts
from gatepost.screen.guarded import gather_guard
from gatepost.screen.tables import Tables

TURN_S = 5.0
MAX_HEAD_START_S = 30.0  # gates that start together do not ask together
WARN_AGAIN_S = 86_400.0
FEED_NUMBERS: Mapping[str, str] = {
    "feed_entries": "Entries of a list of known bad URLs that is in use; 0 before the first fetch.",
    "feed_table_bytes": "Bytes that a list of known bad URLs takes on disk and, while it is asked, in memory.",
    "feed_failures": "Tries in a row in which a list could not be fetched; see gatepost feeds list for the reason.",
    "feed_age_s": "Seconds since a list was last fetched or found unchanged; above 172800 (two days) see gatepost feeds"
    " list.",
}

log = structlog.get_logger()


def build_updater(settings: Settings, tables: Tables, clock: Clock) -> FeedUpdater:
    """Make what fetches lists into the state folder; raise BadSettings where certificates cannot be read."""
    resolver, contexts = DnsResolver(settings.dns), build_client_contexts(settings.tls)
    dialer, public_dialer = SystemDialer(resolver, contexts), SystemDialer(resolver, contexts, is_public)
    own = (Domain.parse(name).name for name in (*settings.recipients.domains, settings.hostname, *settings.feeds.never))
    return FeedUpdater(Path(settings.state), gather_guard(tables, own), HttpFetcher(dialer, public_dialer), clock)


class FeedKeeper:
    """The keeper's part: one list after the other, so that no more than one building process runs."""

    def __init__(self, updater: FeedUpdater, settings: FeedsSettings, clock: Clock) -> None:
        self._updater = updater
        self._settings = settings
        self._clock = clock
        self._warned_s: dict[str, float] = {}
        self._tried_s: dict[str, float] = {}

    async def run(self) -> None:
        """Fetch what is due, again and again."""
        if not self._settings.lists:
            return
        await asyncio.sleep(random.uniform(0, MAX_HEAD_START_S) if self._has_tables() else 0)  # noqa: S311 - no secret
        while True:
            for name, feed in self._settings.lists.items():
                await self.turn(name, feed)
            await asyncio.sleep(TURN_S)

    async def turn(self, name: str, feed: FeedSettings) -> Outcome | None:
        """Update one list if it is due, and say what came of it."""
        now_s = self._clock.monotonic_s()
        has_just_tried = now_s - self._tried_s.get(name, -FIRST_RETRY_S) < FIRST_RETRY_S  # also where no state is kept
        if has_just_tried or find_wait_s(feed, self._files(name).load_state(), self._clock.now()) > 0:
            return None
        self._tried_s[name] = now_s
        try:
            outcome = await self._updater.update(name, feed)
        except Exception:
            log.exception("feed_broke", feed=name)  # a defect here must not stop the delivery of mail
            return None
        self._tell(outcome)
        return outcome

    def _tell(self, outcome: Outcome) -> None:
        match outcome.result:
            case Result.UPDATED:
                log.info("feed_updated", feed=outcome.name, entries=outcome.entry_count)
            case Result.UNCHANGED:
                log.debug("feed_unchanged", feed=outcome.name)
            case Result.FAILED:
                log.warning("feed_failed", feed=outcome.name, says=outcome.says)
                self._warn_if_stale(outcome.name)

    def _warn_if_stale(self, name: str) -> None:
        age_s = measure_age_s(self._files(name).load_state().good_at, self._clock.now())
        now_s = self._clock.monotonic_s()
        is_due = now_s - self._warned_s.get(name, -WARN_AGAIN_S) >= WARN_AGAIN_S
        if age_s is not None and age_s > self._settings.warn_after_s and is_due:
            self._warned_s[name] = now_s
            says = f"the list {name} is {age_s / 3600:.0f} h old; what was added since is not known here"
            log.warning("feed_stale", feed=name, says=says)

    def read_numbers(self) -> Iterable[Labelled]:
        """Give size and freshness of each list for Prometheus; no age before the first fetch."""
        return list(self._list_numbers())

    def _list_numbers(self) -> Iterator[Labelled]:
        for name in self._settings.lists:
            files = self._files(name)
            state = files.load_state()
            size_bytes = files.table.stat().st_size if files.table.exists() else 0
            yield Labelled("feed_entries", "feed", name, state.entry_count if size_bytes else 0)
            yield Labelled("feed_table_bytes", "feed", name, size_bytes)
            yield Labelled("feed_failures", "feed", name, state.failure_count)
            age_s = measure_age_s(state.good_at, self._clock.now())
            if age_s is not None:
                yield Labelled("feed_age_s", "feed", name, age_s)

    def _files(self, name: str) -> FeedFiles:
        return FeedFiles(self._updater.state / FEEDS_FOLDER, name)

    def _has_tables(self) -> bool:
        return any(self._files(name).table.exists() for name in self._settings.lists)


async def refresh_shelf(shelf: FeedShelf) -> None:
    """Take up new tables in a worker, again and again; the loop goes on meanwhile."""
    told: list[str] = []
    while shelf.is_in_use:
        troubles = await asyncio.to_thread(shelf.refresh)
        for says in troubles:
            if says not in told:
                log.warning("feed_unusable", says=says)
        told = troubles
        await asyncio.sleep(TURN_S)
