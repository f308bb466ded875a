"""Asks name servers, and remembers what they said for as long as they allow.

Standards: RFC 1035, RFC 2308 (absent names are remembered too), RFC 5321 §5.1 and RFC 7505 (MX).
Trust: answers come from the network; names in them are used for connections only.
Fails: TryLater when no server answers in time or all fail.
"""

import asyncio
import resource
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from gatepost.model.errors import TryLater
from gatepost.model.ports import Clock, DnsAnswer, DnsStatus
from gatepost.net.clock import SystemClock
from gatepost.net.dns_budget import DnsBudget
from gatepost.net.dns_cache import DnsCache, Failure, Key, Told
from gatepost.net.dns_flights import Flights
from gatepost.net.dns_health import DnsHealth
from gatepost.net.dns_questions import NameServers, build_question
from gatepost.net.name_servers import choose_servers
from gatepost.net.settings import DnsSettings

MAX_UNDER_WAY = 2_000  # questions of one process at the same time, within its share of files: each holds a socket
SHARE_OF_FILES = 4  # a quarter of what the process may open; the rest is for mails

_CLOCK = SystemClock()
_IMPOSSIBLE: DnsAnswer[Any] = DnsAnswer((), DnsStatus.NO_NAME)
_NO_SERVER = Failure("no name server is known; set [dns] servers")
_DOWN = Failure("the name servers do not answer; see [dns] servers")
_BUSY = Failure("too many questions wait for the name servers")


class _Lookups(ABC):
    """The six questions of the Resolver port, each led back to one name and one type."""

    @abstractmethod
    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        """Give the records of one type, or raise TryLater."""

    async def lookup_addresses(self, host: str) -> Sequence[str]:
        """Give the IPv6 and IPv4 addresses of a host, empty when it has none; raise TryLater on failure."""
        answers = await asyncio.gather(self._answer(host, "AAAA"), self._answer(host, "A"), return_exceptions=True)
        found = [text for answer in answers if not isinstance(answer, BaseException) for text in answer.records]
        trouble = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if trouble is not None and not found:
            raise trouble
        return found

    async def lookup_txt(self, name: str) -> DnsAnswer[bytes]:
        """Give TXT records, the strings of each joined."""
        return await self._answer(name, "TXT")

    async def lookup_a(self, name: str) -> DnsAnswer[str]:
        """Give IPv4 addresses."""
        return await self._answer(name, "A")

    async def lookup_aaaa(self, name: str) -> DnsAnswer[str]:
        """Give IPv6 addresses."""
        return await self._answer(name, "AAAA")

    async def lookup_mx(self, name: str) -> DnsAnswer[tuple[int, str]]:
        """Give (preference, host) pairs, lowest first; a null MX (RFC 7505) is (0, "")."""
        return await self._answer(name, "MX")

    async def lookup_ptr(self, ip: str) -> DnsAnswer[str]:
        """Give the names that an address claims to have."""
        return await self._answer(ip, "PTR")


class DnsResolver(_Lookups):
    """The Resolver and Resolvers ports over dnspython; one for each process, for all its threads and event loops."""

    def __init__(self, settings: DnsSettings, clock: Clock = _CLOCK, *, system_file: str = "/etc/resolv.conf") -> None:
        self._settings = settings
        self._clock = clock
        servers = choose_servers(settings, system_file)
        self._name_servers = NameServers(servers, settings.timeout_s) if servers else None
        self._health = DnsHealth(self._check_servers, clock)
        self._flights: Flights[Key, Told] = Flights()
        self._cache = DnsCache(settings.cached_answers, clock)
        self.max_under_way = min(MAX_UNDER_WAY, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // SHARE_OF_FILES)

    @property
    def can_prove(self) -> bool:
        """Say whether the servers' word about DNSSEC is believed."""
        return self._name_servers is not None and self._name_servers.can_prove

    def open_for_mail(self) -> "DnsMailResolver":
        """Give a view with one deadline and one number of questions for all that is asked through it."""
        settings = self._settings
        budget = DnsBudget.open(settings.max_questions_for_mail, settings.mail_deadline_s, self._clock)
        return DnsMailResolver(self, budget)

    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        known = self.find_known(name, record_type)
        return known if known is not None else await self.ask(name, record_type)

    def find_known(self, name: str, record_type: str) -> DnsAnswer[Any] | None:
        """Give what needs no question: a remembered answer (or failure), or that no such name can exist."""
        if not name.isascii():  # not even to be looked for: the Kelvin sign's small letter is "k"
            return _IMPOSSIBLE
        told = self._cache.find((name.lower(), record_type))
        if told is not None:
            return _open(told)
        return None if build_question(name, record_type) else _IMPOSSIBLE

    async def ask(self, name: str, record_type: str) -> DnsAnswer[Any]:
        """Ask the name servers, with all others who ask the same; raise TryLater when they do not answer."""
        key = (name.lower(), record_type)
        if self.is_busy(name, record_type):
            return _open(_BUSY)
        return _open(await self._flights.join(key, lambda: self._ask_servers(key)))

    def is_busy(self, name: str, record_type: str) -> bool:
        """Say whether so much is under way that nothing else can be asked."""
        return len(self._flights) >= self.max_under_way and not self._flights.has((name.lower(), record_type))

    async def _ask_servers(self, key: Key) -> Told:
        """Ask in everybody's name: with the whole `timeout_s`, whatever time the one has left who asked first."""
        question = build_question(*key)
        if question is None:
            return _IMPOSSIBLE
        if self._name_servers is None:
            return _NO_SERVER
        if not await self._health.is_up():
            return _DOWN
        reply = await self._name_servers.ask(question, key[1])
        told = reply.told
        if isinstance(told, Failure) and told.is_silence and not await self._health.is_up_after_silence():
            return Failure(_DOWN.public, told.detail)
        self._cache.keep(key, reply)
        return told

    async def _check_servers(self) -> bool:
        return self._name_servers is not None and await self._name_servers.reply_at_all()


class DnsMailResolver(_Lookups):
    """The DNS for one mail: what is remembered is free, every question is paid from the budget."""

    def __init__(self, resolver: DnsResolver, budget: DnsBudget) -> None:
        self._resolver = resolver
        self._budget = budget
        self.was_turned_away = False

    async def _answer(self, name: str, record_type: str) -> DnsAnswer[Any]:
        known = self._resolver.find_known(name, record_type)
        if known is not None:
            return known
        self.was_turned_away = self.was_turned_away or self._resolver.is_busy(name, record_type)
        left_s = self._budget.take_question()
        try:
            async with asyncio.timeout(left_s):
                return await self._resolver.ask(name, record_type)
        except TimeoutError as error:
            raise self._budget.say_too_late() from error


def _open(told: Told) -> DnsAnswer[Any]:
    if isinstance(told, Failure):
        raise TryLater(told.public, told.detail)
    return told
