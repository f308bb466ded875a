"""Asks whether a domain lets this client send mail in its name: SPF for HELO and MAIL FROM.

Standards: RFC 7208 (check_host: §4, limits: §4.6.4), RFC 8616 §4 (internationalised domains).
Trust: the question comes from the sender's SMTP session, the records from the DNS of anyone.
Fails: never; what cannot be evaluated is a result (temperror, permerror, none).
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from gatepost.model.address import Address, Domain
from gatepost.model.errors import BadAddress, TryLater
from gatepost.model.ports import DnsAnswer, DnsStatus, R, Resolver
from gatepost.model.proof import AuthResult, SpfProof
from gatepost.origin.spf_macros import (
    MacroString,
    SpfPermError,
    expand_macros,
    expand_name,
    parse_explanation,
    trim_name,
    uses_letter,
)
from gatepost.origin.spf_record import (
    Directive,
    MatchAll,
    MatchExchange,
    MatchExists,
    MatchHost,
    MatchInclude,
    MatchNetwork,
    MatchPointer,
    Mechanism,
    SpfRecord,
    choose_record,
    parse_record,
)

MAX_LOOKUP_TERMS = 10  # include, a, mx, ptr, exists and redirect, over all records (RFC 7208 §4.6.4)
MAX_VOID_LOOKUPS = 2  # terms that lead to no record at all (RFC 7208 §4.6.4)
MAX_EXCHANGES = 10  # names of one mx; more are an error
MAX_POINTERS = 10  # names of the client; more are ignored, their owner is not the sender
MAX_EXPLANATION_CHARS = 400  # fits into an SMTP reply

IDENTITY_HELO = "helo"
IDENTITY_MAIL_FROM = "mailfrom"
_POSTMASTER = "postmaster"  # the sender's local part where there is none (RFC 7208 §4.3)
_UNKNOWN_NAME = "unknown"  # for %{p} where no name is proven (RFC 7208 §7.3)

Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class SpfQuestion:
    """What one SMTP session says about its client; `mail_from` is None for the null sender."""

    client_ip: str
    helo: str  # as the client said it
    mail_from: Address | None
    hostname: Domain  # ours, for the r macro
    asked_at: datetime | None = None  # for the t macro


async def evaluate_spf(question: SpfQuestion, resolver: Resolver) -> tuple[SpfProof, ...]:
    """Evaluate HELO and MAIL FROM (RFC 7208 §2.3, §2.4); the null sender is postmaster at HELO.

    MAIL FROM is asked first: a name in HELO whose DNS hangs must not use up the time for what DMARC needs.
    """
    ip, asked = _parse_ip(question.client_ip), (question, resolver)
    sender = question.mail_from
    mail_from = await _evaluate_sender(sender, ip, asked) if sender else None
    helo = await _evaluate(IDENTITY_HELO, _POSTMASTER, _parse_domain(question.helo), ip, asked)
    return helo, mail_from or replace(helo, identity=IDENTITY_MAIL_FROM)


async def _evaluate_sender(sender: Address, ip: Ip | None, asked: tuple[SpfQuestion, Resolver]) -> SpfProof:
    local_part, domain = sender.local_part or _POSTMASTER, _parse_domain(sender.domain.name)
    return await _evaluate(IDENTITY_MAIL_FROM, local_part, domain, ip, asked)


def _parse_ip(text: str) -> Ip | None:
    """Read the client's address; one that IPv6 only carries is IPv4 (RFC 7208 §5)."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _parse_domain(text: str) -> str:
    """Give the domain to check in A-labels, "" for a literal or what is not fully qualified (RFC 7208 §4.3)."""
    try:
        domain = Domain.parse(text)
    except BadAddress:
        return ""
    is_name = "." in domain.name and not domain.is_literal and trim_name(domain.name) == domain.name
    return domain.name if is_name else ""


async def _evaluate(
    identity: str, local_part: str, domain: str, ip: Ip | None, asked: tuple[SpfQuestion, Resolver]
) -> SpfProof:
    if not domain or ip is None:
        missing = "fully qualified domain" if ip else "client address"
        return SpfProof(AuthResult.NONE, identity, domain, f"There is no {missing} to check.")
    check = _Check(asked[0], asked[1], ip, local_part, domain)
    try:
        outcome = await check.check_host(domain)
    except TryLater as error:
        return SpfProof(AuthResult.TEMPERROR, identity, domain, f"{error.public}.")
    except SpfPermError as error:
        return SpfProof(AuthResult.PERMERROR, identity, domain, f"{error.public}.")
    return SpfProof(outcome.result, identity, domain, outcome.reason, await check.explain(outcome))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A result, why, and where the explanation of a failure is found."""

    result: AuthResult
    reason: str
    explanation: MacroString | None = None
    domain: str = ""  # whose record decided


@dataclass(slots=True)
class _Check:
    """One check_host() with everything it leads to: the limits count over all records together."""

    question: SpfQuestion
    resolver: Resolver
    ip: Ip
    local_part: str
    sender_domain: str
    lookup_terms: int = 0
    void_lookups: int = 0
    pointers: Sequence[str] | None = None  # the names that the client claims, asked for once
    proven: dict[str, bool] = field(default_factory=dict)  # of these, which hold

    async def check_host(self, domain: str) -> _Outcome:
        """Evaluate the record of one domain and of those that it leads to (RFC 7208 §4)."""
        answer = await self.resolver.lookup_txt(domain)
        raw = choose_record(answer.records)
        if raw is None:
            return _Outcome(AuthResult.NONE, f"{domain} publishes no SPF record.")
        try:
            record = parse_record(raw)
        except SpfPermError as error:
            raise SpfPermError(f"the SPF record of {domain} is wrong: {error.public}") from error
        for directive in record.directives:
            if await self._matches(directive.mechanism, domain):
                return self._conclude(directive, record, domain)
        if record.redirect is not None:
            return await self._redirect(record.redirect, domain)
        return _Outcome(AuthResult.NEUTRAL, f"Nothing in the SPF record of {domain} matches {self.ip}.")

    def _conclude(self, directive: Directive, record: SpfRecord, domain: str) -> _Outcome:
        reason = f"{self.ip} matches {directive.text} in the SPF record of {domain}."
        return _Outcome(directive.result, reason, record.explanation, domain)

    async def _redirect(self, target: MacroString, domain: str) -> _Outcome:
        """Let another domain's record decide (RFC 7208 §6.1)."""
        self._count_term()
        name = await self._expand_name(target, domain)
        outcome = await self.check_host(name) if name else None
        if outcome is None or outcome.result is AuthResult.NONE:
            raise SpfPermError(f"redirect of {domain} leads to {name or 'no name'}, which has no SPF record")
        return outcome

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if isinstance(mechanism, MatchAll):
            return True
        if isinstance(mechanism, MatchNetwork):
            return self.ip in mechanism.network
        self._count_term()
        name = domain if mechanism.target is None else await self._expand_name(mechanism.target, domain)
        if not name and isinstance(mechanism, MatchInclude) and self.local_part.isascii():
            raise SpfPermError("include leads to what is no domain")  # not so for others, nor in RFC 8616 §4
        return bool(name) and await self._matches_name(mechanism, name)

    async def _matches_name(
        self, mechanism: MatchInclude | MatchExists | MatchPointer | MatchHost | MatchExchange, name: str
    ) -> bool:
        match mechanism:
            case MatchInclude():
                return await self._includes(name)
            case MatchExists():
                return self._count_void(await self.resolver.lookup_a(name)).status is DnsStatus.FOUND
            case MatchPointer():
                return await self._find_proven(n for n in await self._find_pointers() if _is_under(n, name)) != ""
            case MatchHost():
                return self._is_near(self._count_void(await self._ask_addresses(name)).records, mechanism)
            case MatchExchange():
                return await self._matches_exchange(mechanism, name)

    async def _includes(self, name: str) -> bool:
        """Say whether another domain's policy passes; none there is an error here (RFC 7208 §5.2)."""
        outcome = await self.check_host(name)
        if outcome.result is AuthResult.NONE:
            raise SpfPermError(f"include leads to {name}, which has no SPF record")
        return outcome.result is AuthResult.PASS

    async def _matches_exchange(self, mechanism: MatchExchange, name: str) -> bool:
        hosts = [host for _, host in self._count_void(await self.resolver.lookup_mx(name)).records]
        if len(hosts) > MAX_EXCHANGES:
            raise SpfPermError(f"{name} has more than {MAX_EXCHANGES} mail exchangers")
        for host in filter(None, map(trim_name, hosts)):  # the null MX (RFC 7505) has no name
            if self._is_near((await self._ask_addresses(host)).records, mechanism):
                return True
        return False

    def _is_near(self, addresses: Iterable[str], mechanism: MatchHost | MatchExchange) -> bool:
        shared_bits = mechanism.ip4_bits if self.ip.version == 4 else mechanism.ip6_bits  # noqa: PLR2004 - IPv4
        shift = self.ip.max_prefixlen - shared_bits
        return any((int(ip_address(address)) ^ int(self.ip)) >> shift == 0 for address in addresses)

    def _ask_addresses(self, name: str) -> Awaitable[DnsAnswer[str]]:
        """Ask for addresses of the client's kind only (RFC 7208 §5)."""
        ask: Callable[[str], Awaitable[DnsAnswer[str]]] = (
            self.resolver.lookup_a if isinstance(self.ip, IPv4Address) else self.resolver.lookup_aaaa
        )
        return ask(name)

    def _count_term(self) -> None:
        self.lookup_terms += 1
        if self.lookup_terms > MAX_LOOKUP_TERMS:
            raise SpfPermError(f"the SPF records need more than {MAX_LOOKUP_TERMS} DNS look-ups")

    def _count_void(self, answer: DnsAnswer[R]) -> DnsAnswer[R]:
        self.void_lookups += answer.status is not DnsStatus.FOUND
        if self.void_lookups > MAX_VOID_LOOKUPS:
            raise SpfPermError(f"more than {MAX_VOID_LOOKUPS} terms of the SPF records lead to nothing in the DNS")
        return answer

    async def _find_pointers(self) -> Sequence[str]:
        """Give the names that the client claims; none when the DNS fails (RFC 7208 §5.5)."""
        if self.pointers is None:
            try:
                answer = await self.resolver.lookup_ptr(str(self.ip))
                self.pointers = [trim_name(name.lower()) for name in answer.records[:MAX_POINTERS]]
            except TryLater:
                self.pointers = ()
        return self.pointers

    async def _find_proven(self, names: Iterable[str]) -> str:
        """Give the first name that has the client's address in turn, "" when none has."""
        for name in filter(None, names):
            if name not in self.proven:
                self.proven[name] = await self._is_proven(name)
            if self.proven[name]:
                return name
        return ""

    async def _is_proven(self, name: str) -> bool:
        try:
            answer = await self._ask_addresses(name)
        except TryLater:
            return False
        return any(ip_address(address) == self.ip for address in answer.records)

    async def _expand_name(self, target: MacroString, domain: str) -> str:
        return expand_name(target, await self._build_values(target, domain))

    async def _build_values(self, parts: MacroString, domain: str) -> dict[str, str]:
        """Give a value for each macro letter (RFC 7208 §7.2); names for %{p} are asked for where it is used."""
        asked_at = self.question.asked_at
        return {
            "s": f"{self.local_part}@{self.sender_domain}",
            "l": self.local_part,
            "o": self.sender_domain,
            "d": domain,
            "i": _show_dotted(self.ip),
            "p": await self._find_best_name(domain) if uses_letter(parts, "p") else _UNKNOWN_NAME,
            "h": self.question.helo,
            "v": "in-addr" if isinstance(self.ip, IPv4Address) else "ip6",
            "c": str(self.ip),
            "r": self.question.hostname.name,
            "t": str(int(asked_at.timestamp())) if asked_at else "0",
        }

    async def _find_best_name(self, domain: str) -> str:
        """Give a proven name of the client: the domain itself, else one below it, else any (RFC 7208 §7.3)."""
        names = await self._find_pointers()
        return await self._find_proven(sorted(names, key=lambda n: (n != domain, not _is_under(n, domain)))) or (
            _UNKNOWN_NAME
        )

    async def explain(self, outcome: _Outcome) -> str:
        """Give what the domain's owner says about a failure, "" when that cannot be had (RFC 7208 §6.2)."""
        if outcome.result is not AuthResult.FAIL or outcome.explanation is None:
            return ""
        try:
            name = await self._expand_name(outcome.explanation, outcome.domain)
            records = (await self.resolver.lookup_txt(name)).records if name else ()
            if len(records) != 1:
                return ""
            text = parse_explanation(records[0].decode("ascii"))
        except (TryLater, SpfPermError, UnicodeDecodeError):
            return ""
        return _clean(expand_macros(text, await self._build_values(text, outcome.domain)) or "")


def _is_under(name: str, target: str) -> bool:
    name, target = name.lower(), target.lower()
    return name == target or name.endswith(f".{target}")


def _show_dotted(ip: Ip) -> str:
    """Give an address with a dot after each byte of IPv4, each hexadecimal digit of IPv6 (RFC 7208 §7.3)."""
    return str(ip) if isinstance(ip, IPv4Address) else ".".join(ip.packed.hex().upper())


def _clean(text: str) -> str:
    """Make a stranger's text fit to be one line of a reply."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text[:MAX_EXPLANATION_CHARS])
