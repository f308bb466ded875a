"""The judgement without a gate: give it a mail, get a report. Builds only the judging part of the house.

Trust: the mail is a stranger's; what the caller says about the envelope is believed.
Fails: BadInput where the caller names an envelope that cannot be; never for what a mail holds.
"""

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

import msgspec

from gatepost.config.load import Configuration, Flag
from gatepost.config.settings import Settings
from gatepost.decide.settings import DecideSettings
from gatepost.feeds.settings import FeedsSettings
from gatepost.feeds.shelf import NO_FEEDS, find_lists, open_shelf
from gatepost.flow.clean import clean, clean_at_once
from gatepost.flow.judge import judge, judge_at_once
from gatepost.flow.judging import build_judging, give_antivirus, give_feeds, give_opener
from gatepost.flow.lone_file import carry, keep_to_file
from gatepost.flow.open import open_contents
from gatepost.flow.prove import Proving, build_proving
from gatepost.flow.take_out import ANY_HOST, Subject
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.errors import BadAddress, BadInput
from gatepost.model.finding import Evidence, Finding
from gatepost.model.mail_id import MailIds
from gatepost.model.ports import Keep
from gatepost.model.proof import Proof
from gatepost.model.verdict import Action, Contribution, PartSummary, Verdict
from gatepost.net.clamd import Clamd
from gatepost.net.clock import SystemClock
from gatepost.net.dialer import SystemDialer
from gatepost.net.resolver import DnsResolver
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from gatepost.net.settings import AntivirusSettings, DnsSettings, TlsSettings
from gatepost.net.tls_contexts import build_client_contexts
from gatepost.origin.plain import proof_to_dict
from gatepost.origin.settings import OriginSettings
from gatepost.screen.account import Account, account_for
from gatepost.screen.plain_files import files_to_list
from gatepost.screen.settings import ScreenSettings

UNKNOWN_HOST = Domain("unknown")  # the receiving host in SPF's macro r (RFC 7208 §7.3)


@dataclass(frozen=True, slots=True)
class Report:
    """What gatepost says about one mail, or about one file.

    `score` is the probability (0 to 1) that the mail is unwanted; `says` and `says_zh` explain the action in one
    sentence; `rule` is the key inside `[decide]` that led to it; `path` is where the mail was read from, if anywhere.
    `contents` is the tree of files that were opened, as it is recorded: shortened, without bytes; `removes` names the
    parts of the mail that are taken out where the action is CLEAN.
    The rest says how the score came about (`account` tells it in words): the log-odds that it is made of, the model
    that weighed, the lists that could be asked with the versions of their tables, and the version of gatepost.
    """

    action: Action
    score: float
    rule: str
    says: str
    says_zh: str
    findings: tuple[Finding, ...]
    auth: Proof
    parts: tuple[PartSummary, ...]
    elapsed_ms: float
    path: str = ""
    bias: float = 0.0
    contributions: tuple[Contribution, ...] = ()
    model: str = ""
    feeds: tuple[tuple[str, str], ...] = ()
    gatepost: str = ""
    contents: Contents = NO_CONTENTS
    removes: tuple[str, ...] = ()

    @property
    def account(self) -> Account | None:
        """What the score is made of, in words; None where nothing was weighed."""
        return account_for(self.bias, self.contributions, self.findings)

    @property
    def is_bad(self) -> bool:
        """Say whether the mail should not simply be delivered."""
        return self.action is not Action.DELIVER

    def to_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """Give the report as plain values, as `to_json` writes them; `explain` adds what the score is made of."""
        explanation = {"explain": self._explain()} if explain else {}
        return {
            "path": self.path,
            "action": self.action.value,
            "score": round(self.score, 4),
            "rule": self.rule,
            "says": self.says,
            "says_zh": self.says_zh,
            "findings": [_finding_to_dict(finding) for finding in self.findings],
            "auth": proof_to_dict(self.auth),
            "parts": [
                {
                    "path": part.path,
                    "content_type": part.content_type,
                    "filename": part.filename,
                    "size_bytes": part.size_bytes,
                }
                for part in self.parts
            ],
            "files": files_to_list(self.contents, self.findings),
            "files_left_out": self.contents.left_out_count,
            "removes": list(self.removes),
            "elapsed_ms": round(self.elapsed_ms, 3),
            **explanation,
        }

    def to_json(self, *, explain: bool = False) -> str:
        """Give the report as one line of JSON in ASCII, which neither a terminal nor a pipe can be misled by."""
        return json.dumps(self.to_dict(explain=explain), ensure_ascii=True)

    def _explain(self) -> dict[str, Any]:
        """Give the account with every step, and by what was judged; numbers as they are, so that they add up."""
        return {
            "account": msgspec.to_builtins(self.account),
            "model": self.model,
            "feeds": dict(self.feeds),
            "gatepost": self.gatepost,
        }


class ScanRules(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the parts that judge, as the file of settings has them; the defaults are those of the gate.

    `own_domains`, `trusted_networks` and `hostname` are those of the gate: `[recipients] domains` and so on.
    """

    screening: ScreenSettings = ScreenSettings()
    deciding: DecideSettings = DecideSettings()
    origin: OriginSettings = OriginSettings()
    dns: DnsSettings = DnsSettings()
    feeds: FeedsSettings = FeedsSettings()
    opening: OpenSettings = OpenSettings()
    antivirus: AntivirusSettings = AntivirusSettings()
    state: str = ""  # folder of the gate that fetches these lists; a scanner fetches nothing itself
    own_domains: tuple[str, ...] = ()
    trusted_networks: tuple[str, ...] = ()
    hostname: str = UNKNOWN_HOST.name

    @classmethod
    def load(cls, config: Path | str | None = None, state: Path | str | None = None) -> Self:
        """Give what a gate judges by: its settings file, its state folder, or both.

        Without a file the settings are the defaults, and all lists that lie in the folder are asked. Shadow mode is
        left out: what would be done is told. Raises BadSettings, or BadInput where the folder is not there.
        """
        flags = () if state is None else (Flag("state", ("state",), str(Path(state).absolute())),)
        settings = Configuration.load(None if config is None else Path(config), flags).settings
        folder = Path(settings.state)
        if state is not None:
            _check_folder(folder)
        return cls._pick(settings, settings.feeds if config is not None else find_lists(folder))

    @classmethod
    def _pick(cls, settings: Settings, feeds: FeedsSettings) -> Self:
        return cls(
            screening=settings.screen,
            deciding=msgspec.structs.replace(settings.decide, shadow=False),
            origin=settings.origin,
            dns=settings.dns,
            feeds=feeds,
            opening=settings.open,
            antivirus=settings.antivirus,
            state=settings.state,
            own_domains=settings.recipients.domains,
            trusted_networks=settings.recipients.trusted_networks,
            hostname=settings.hostname,
        )


class Scanner:
    """Judges mails; loads its tables once, and may be used from many threads at the same time.

    The DNS is asked who sent a mail (DKIM, DMARC, ARC; SPF where the client is told), by the name servers in `dns` or
    those of the system, and the antivirus where `[antivirus]` names one. `offline=True` promises that nothing is asked
    from the network.

    `config` (a settings file) and `state` (a state folder) make it judge as that gate does: `ScanRules.load`. `rules`
    gives the same by values.
    """

    def __init__(
        self,
        *,
        offline: bool = False,
        rules: ScanRules | None = None,
        config: Path | str | None = None,
        state: Path | str | None = None,
    ) -> None:
        if config is not None or state is not None:
            if rules is not None:
                raise BadInput("a scanner takes either rules, or the config and state of a gate")
            rules = ScanRules.load(config, state)
        rules = rules or ScanRules()
        self.offline = offline
        self._clock = SystemClock()
        self._mail_ids = MailIds()
        own_domains = frozenset(map(Domain.parse, rules.own_domains))
        proving = None if offline else _build_proving(rules)
        self._feeds = open_shelf(Path(rules.state), rules.feeds) if rules.state else NO_FEEDS
        judging = build_judging(rules.screening, rules.deciding, own_domains, self._clock, proving)
        antivirus = None if offline else _build_antivirus(rules)
        packed = judging.kit.rule_book.rules.pack()
        opener = Sandbox(rules.opening, rules=packed) if rules.opening.enabled else None  # started when it is needed
        self._judging = give_opener(give_antivirus(give_feeds(judging, self._feeds), antivirus), opener)

    def refresh(self) -> list[str]:
        """Take up lists that the gate has fetched since; give a sentence for each that cannot be asked."""
        return [*self._feeds.refresh(), *self._feeds.list_missing()]

    def scan(
        self, raw: bytes, mail_from: str | None = None, client_ip: str | None = None, helo: str | None = None
    ) -> Report:
        """Judge one mail. The envelope is what SMTP would have said: None where it is not known."""
        arrival = self._receive(raw, build_envelope(mail_from, client_ip, helo))
        if self.offline:
            return _report(self._judge_offline(arrival))
        return _report(_run_here(self._judge(arrival)))

    async def scan_async(
        self, raw: bytes, mail_from: str | None = None, client_ip: str | None = None, helo: str | None = None
    ) -> Report:
        """Judge one mail; a large one is judged in a thread, so that the event loop goes on."""
        arrival = self._receive(raw, build_envelope(mail_from, client_ip, helo))
        return _report(await self._judge(arrival))

    def scan_file(self, content: bytes, name: str = "") -> Report:
        """Judge a file by itself: what would become of a mail for what it carries."""
        arrival = self._receive(carry(content, name), build_envelope(None, None, None))
        verdict = judge_at_once(arrival, self._judging) if self.offline else _run_here(judge(arrival, self._judging))
        return _report(keep_to_file(verdict, arrival.envelope, self._judging))

    async def _judge(self, arrival: Arrival) -> Verdict:
        verdict = await judge(arrival, self._judging)
        return (await clean(Subject(arrival, verdict.screening, (), ANY_HOST), verdict, self._judging))[0]

    def _judge_offline(self, arrival: Arrival) -> Verdict:
        verdict = judge_at_once(arrival, self._judging)
        return clean_at_once(Subject(arrival, verdict.screening, (), ANY_HOST), verdict, self._judging)[0]

    def open_files(self, raw: bytes) -> Contents:
        """Open what a mail carries, and give all files with their bytes; nothing is judged."""
        return open_contents(parse_message(raw), self._judging.opener, Keep.ALL)

    def _receive(self, raw: bytes, envelope: Envelope) -> Arrival:
        now = self._clock.now()
        return Arrival(self._mail_ids.make(now), now, envelope, bytes(raw))


def _check_folder(folder: Path) -> None:
    try:
        next(folder.iterdir(), None)
    except PermissionError as error:
        raise BadInput(f"{folder} belongs to another user; run this as that user or as root") from error
    except OSError as error:
        raise BadInput(f"there is no state folder {folder}; name the one that the gate keeps its lists in") from error


def _build_proving(rules: ScanRules) -> Proving | None:
    if not rules.origin.enabled:
        return None
    return build_proving(rules.origin, rules.trusted_networks, DnsResolver(rules.dns), Domain.parse(rules.hostname))


def _build_antivirus(rules: ScanRules) -> Clamd | None:
    if not rules.antivirus.clamd:
        return None
    return Clamd(rules.antivirus, SystemDialer(DnsResolver(rules.dns), build_client_contexts(TlsSettings())))


def _run_here(judgement: Coroutine[Any, Any, Verdict]) -> Verdict:
    """Wait for a judgement, also where the caller's thread already runs an event loop (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(judgement)
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, judgement).result()


def scan(raw: bytes, mail_from: str | None = None, client_ip: str | None = None, helo: str | None = None) -> Report:
    """Judge one mail with the default settings; the DNS is asked who sent it.

    >>> scan(b"Subject: hello").auth.dkim.value
    'none'
    """
    return _build_default_scanner().scan(raw, mail_from, client_ip, helo)


@cache
def _build_default_scanner() -> Scanner:
    return Scanner()


def build_envelope(mail_from: str | None, client_ip: str | None, helo: str | None) -> Envelope:
    """Check what a caller says about the envelope; raise BadInput that names the wrong word."""
    try:
        sender = Address.parse(mail_from.strip("<> ")) if mail_from and mail_from != "<>" else None
    except BadAddress as error:
        raise BadInput(f"mail_from: {mail_from!r} is not a mail address: {error.public}.") from error
    try:
        client = str(ip_address(client_ip)) if client_ip else ""
    except ValueError as error:
        raise BadInput(f"client_ip: {client_ip!r} is not an IPv4 or IPv6 address.") from error
    return Envelope(sender, (), client, helo or "", protocol="")


def _report(verdict: Verdict) -> Report:
    screening, decision = verdict.screening, verdict.decisions[0]
    return Report(
        action=verdict.action,
        score=screening.score,
        rule=decision.rule,
        says=decision.says,
        says_zh=decision.says_zh,
        findings=screening.findings,
        auth=screening.proof,
        parts=screening.parts,
        elapsed_ms=screening.elapsed_ms,
        bias=screening.bias,
        contributions=screening.contributions,
        model=screening.model,
        feeds=screening.feeds,
        gatepost=verdict.gatepost,
        contents=screening.contents,
        removes=decision.removes,
    )


def _finding_to_dict(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.name.lower(),
        "says": finding.says,
        "says_zh": finding.says_zh,
        "evidence": [_evidence_to_dict(evidence) for evidence in finding.evidence],
    }


def _evidence_to_dict(evidence: Evidence) -> dict[str, Any]:
    span = evidence.span
    return {
        "text": evidence.text,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "file": evidence.file,
    }
