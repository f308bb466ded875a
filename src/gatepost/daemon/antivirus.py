"""The antivirus of a gate: workers ask it and count; who is silent is told in the log once, and so is how old it is."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from gatepost.daemon.parts import Plan, build_dialer
from gatepost.model.facts import AntivirusAnswer, Scanned
from gatepost.model.ports import Antivirus, Clock, Counters
from gatepost.net.clamd import Clamd
from gatepost.net.settings import AntivirusSettings
from gatepost.wire.clamd import ClamdVersion

LOOK_EVERY_S = 600.0
OLD_AFTER_S = 7 * 86_400.0
WARN_AGAIN_S = 60.0
WATCHED: Mapping[str, str] = {
    "antivirus_database_age_s": "Seconds since the signatures of the antivirus were made; above 604800 (a week)"
    " freshclam brings no newer ones.",
}

AskVersion = Callable[[], Awaitable[ClamdVersion | None]]

log = structlog.get_logger()


def build_antivirus(plan: Plan, counters: Counters) -> Antivirus | None:
    """Make what asks the antivirus, for one process; None where none is set."""
    settings = plan.settings.antivirus
    return (
        WatchedAntivirus(Clamd(settings, build_dialer(plan)), settings, counters, plan.clock)
        if settings.clamd
        else None
    )


class WatchedAntivirus:
    """Asks about a few mails at the same time, counts, and says when the answers stay away and when they come again."""

    def __init__(self, antivirus: Antivirus, settings: AntivirusSettings, counters: Counters, clock: Clock) -> None:
        self._antivirus = antivirus
        self._settings = settings
        self._counters = counters
        self._clock = clock
        self._free = asyncio.Semaphore(settings.connections)
        self._is_silent = False
        self._warned_s = -WARN_AGAIN_S

    async def scan(self, content: bytes) -> AntivirusAnswer:
        """Ask, or give up when too many others wait already."""
        try:
            await asyncio.wait_for(self._free.acquire(), self._settings.timeout_s)
        except TimeoutError:
            answer = AntivirusAnswer(Scanned.UNANSWERED)
            self._note(answer)
            return answer
        try:
            return await self._ask(content)
        finally:
            self._free.release()

    async def _ask(self, content: bytes) -> AntivirusAnswer:
        started_s = self._clock.monotonic_s()
        answer = await self._antivirus.scan(content)
        self._counters.add("antivirus_scans_total")
        self._counters.add("antivirus_ms_total", round((self._clock.monotonic_s() - started_s) * 1000))
        self._note(answer)
        return answer

    def _note(self, answer: AntivirusAnswer) -> None:
        match answer.outcome:
            case Scanned.UNANSWERED:
                self._counters.add("antivirus_failures_total")
                self._warn()
            case Scanned.FOUND | Scanned.CLEAN:
                self._counters.add("antivirus_found_total", int(answer.outcome is Scanned.FOUND))
                if self._is_silent:
                    log.info("antivirus_back", clamd=self._settings.clamd)
                self._is_silent = False
            case Scanned.TOO_LARGE:
                pass

    def _warn(self) -> None:
        now_s = self._clock.monotonic_s()
        if not self._is_silent and now_s - self._warned_s >= WARN_AGAIN_S:
            log.warning(
                "antivirus_silent", clamd=self._settings.clamd, says="mail is not scanned; see decide.not_scanned"
            )
            self._warned_s = now_s
        self._is_silent = True


def build_watch(plan: Plan) -> "AntivirusWatch":
    """Make what looks after the antivirus; it does nothing where none is set."""
    settings = plan.settings.antivirus
    ask_version = Clamd(settings, build_dialer(plan)).ask_version if settings.clamd else None
    return AntivirusWatch(ask_version, settings.clamd, plan.clock)


class AntivirusWatch:
    """The keeper's part: looks now and then which antivirus it is, and how old its signatures are."""

    def __init__(self, ask_version: AskVersion | None, clamd: str, clock: Clock) -> None:
        self._ask_version = ask_version
        self._clamd = clamd
        self._clock = clock
        self._version: ClamdVersion | None = None
        self._told = ""

    async def run(self) -> None:
        """Look, again and again."""
        while self._ask_version is not None:
            self._version = await self._ask_version()
            self._tell()
            await asyncio.sleep(LOOK_EVERY_S)

    def read_numbers(self) -> Mapping[str, float]:
        """Give the age of the signatures for /metrics, where it is known."""
        age_s = self._measure_age_s()
        return {} if age_s is None else {"antivirus_database_age_s": age_s}

    def _measure_age_s(self) -> float | None:
        at = self._version.database_at if self._version else None
        return None if at is None else (self._clock.now() - at).total_seconds()

    def _tell(self) -> None:
        """Say what is so, once until something else is."""
        event = self._find_event()
        if event != self._told:
            version = self._version or ClamdVersion("")
            tell = log.info if event == "antivirus_ready" else log.warning
            tell(event, clamd=self._clamd, version=version.program, database=version.database)
        self._told = event

    def _find_event(self) -> str:
        if self._version is None:
            return "antivirus_absent"
        return "antivirus_old" if (self._measure_age_s() or 0) > OLD_AFTER_S else "antivirus_ready"
