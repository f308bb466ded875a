"""What judging needs, built once for each process: checks, tables, policy, and the ports that are asked.

Fails: BadSettings with the place of a mistake.
"""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata

import msgspec

from gatepost.decide.policy import Policy, build_policy
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.shelf import FeedShelf
from gatepost.flow.prove import Proving
from gatepost.model.address import Domain
from gatepost.model.errors import TryLater
from gatepost.model.ports import Antivirus, Clock, Opener
from gatepost.screen.case import Kit
from gatepost.screen.kit import build_kit
from gatepost.screen.lookups.history import HistoryDesk
from gatepost.screen.settings import ScreenSettings

OPENER_THREADS = 128  # more than the mails that the sandbox has and lets wait: its line is fair, ours is not
MAX_HELD_BYTES = 192 * 1024 * 1024  # of unlocked files, while an antivirus is asked about them
RULES = "rules"  # of YARA, among what is set for judging
DIGEST_CHARS = 16  # enough to tell settings apart


class Holding:
    """Counts the bytes of files that lie in memory, of all mails about which an antivirus is asked at the same time."""

    def __init__(self, most_bytes: int = MAX_HELD_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held = 0
        self._counting = threading.Lock()

    @contextmanager
    def hold(self, count: int) -> Iterator[None]:
        """Hold so many bytes meanwhile; raise TryLater where others hold too many."""
        with self._counting:
            if count and self._held and self._held + count > self._most_bytes:
                raise TryLater("too many files wait for the antivirus")
            self._held += count
        try:
            yield
        finally:
            with self._counting:
                self._held -= count


@dataclass(frozen=True, slots=True)
class Judging:
    """What judging needs: built once for each process, shared by all mails."""

    kit: Kit
    policy: Policy
    own_domains: frozenset[Domain]
    clock: Clock
    threads: Executor  # for mails too large to judge between two turns of the event loop
    openers: Executor  # wait for the sandbox
    proving: Proving | None = None  # None: nothing is asked from the network
    history: HistoryDesk | None = None  # None: nobody knows whom the recipients know
    opener: Opener | None = None  # None: what a mail carries stays closed
    antivirus: Antivirus | None = None  # None: none is asked
    gatepost: str = ""  # version of this program
    settings: tuple[tuple[str, str], ...] = ()  # see Verdict
    holding: Holding = field(default_factory=Holding)


def build_judging(
    screening: ScreenSettings,
    deciding: DecideSettings,
    own_domains: frozenset[Domain],
    clock: Clock,
    proving: Proving | None = None,
) -> Judging:
    """Load tables, checks and policy; raise BadSettings with the place of a mistake."""
    threads = ThreadPoolExecutor(screening.threads, thread_name_prefix="judge")
    kit = build_kit(screening)
    return Judging(
        kit=kit,
        policy=build_policy(deciding),
        own_domains=own_domains,
        clock=clock,
        threads=threads,
        openers=ThreadPoolExecutor(OPENER_THREADS, thread_name_prefix="open"),
        proving=proving,
        gatepost=metadata.version("gatepost"),
        settings=(*_digest_settings(screening, deciding, own_domains), (RULES, kit.rule_book.version)),
    )


def _digest_settings(
    screening: ScreenSettings, deciding: DecideSettings, own_domains: frozenset[Domain]
) -> tuple[tuple[str, str], ...]:
    """Name what is set for judging; which file holds the model is left out, for the model tells its version itself."""
    parts = {
        "screen": msgspec.structs.replace(screening, model=""),
        "decide": deciding,
        "recipients.domains": sorted(domain.name for domain in own_domains),
    }
    return tuple((name, _digest(part)) for name, part in parts.items())


def _digest(part: object) -> str:
    return hashlib.sha256(msgspec.json.encode(part, order="deterministic")).hexdigest()[:DIGEST_CHARS]


def give_feeds(judging: Judging, feeds: FeedShelf) -> Judging:
    """Let the checks ask these lists of known bad URLs and files."""
    return replace(judging, kit=replace(judging.kit, feeds=feeds))


def give_history(judging: Judging, history: HistoryDesk | None) -> Judging:
    """Let the lookup ask this book of contacts; it belongs to one process."""
    return replace(judging, history=history)


def give_opener(judging: Judging, opener: Opener | None) -> Judging:
    """Let what a mail carries be opened by this one; its processes belong to one process."""
    return replace(judging, opener=opener)


def give_antivirus(judging: Judging, antivirus: Antivirus | None) -> Judging:
    """Let this one be asked about every mail."""
    return replace(judging, antivirus=antivirus)
