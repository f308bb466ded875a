"""What supervisor, workers and keeper are built from, read and checked once before anything forks."""

from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from msgspec import structs

from gatepost.config.settings import Settings
from gatepost.feeds.shelf import open_shelf
from gatepost.flow.judging import Judging, build_judging, give_feeds
from gatepost.flow.prove import Proving, build_proving
from gatepost.flow.recipients import KnownAddresses
from gatepost.model.address import Domain
from gatepost.model.errors import BadSettings
from gatepost.model.ports import Counters
from gatepost.net.clock import SystemClock
from gatepost.net.dialer import SystemDialer
from gatepost.net.local_ca import ensure_local_certificate
from gatepost.net.resolver import DnsResolver
from gatepost.net.tls_contexts import ServerContexts, build_client_contexts
from gatepost.screen.lookups.contact_keys import ContactKeys
from gatepost.screen.lookups.history import HistoryDesk
from gatepost.store.contact_book import SECRET_NAME, SqliteContactBook, load_secret

TLS_FOLDER = "tls"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is the same for all processes of one generation; forked, never sent."""

    settings: Settings
    state: Path
    hostname: Domain
    own_domains: frozenset[Domain]
    addresses: KnownAddresses
    contexts: ServerContexts
    resolver: DnsResolver  # after the fork, each process has its own memory of answers
    judging: Judging
    contact_keys: ContactKeys | None  # None: nobody is remembered
    clock: SystemClock


def build_plan(settings: Settings) -> Plan:
    """Read every file that the settings name; raise BadSettings with the place of a mistake."""
    clock, state = SystemClock(), Path(settings.state)
    own_domains = frozenset(map(Domain.parse, settings.recipients.domains))
    resolver = DnsResolver(settings.dns)
    judging = build_judging(settings.screen, settings.decide, own_domains, clock, _build_proving(settings, resolver))
    return Plan(
        settings=settings,
        state=state,
        hostname=Domain.parse(settings.hostname),
        own_domains=own_domains,
        addresses=_read_addresses(settings),
        contexts=_build_contexts(settings, state, clock),
        resolver=resolver,
        judging=give_feeds(judging, open_shelf(state, settings.feeds)),
        contact_keys=_build_contact_keys(settings, state),
        clock=clock,
    )


def _build_contact_keys(settings: Settings, state: Path) -> ContactKeys | None:
    if not settings.store.contacts_days:
        return None
    try:
        return ContactKeys(load_secret(state))
    except OSError as error:
        raise BadSettings(f"state: {SECRET_NAME} cannot be read or made in {state} ({error.strerror})") from error


def build_history(plan: Plan, counters: Counters) -> HistoryDesk | None:
    """Make what asks the book of contacts; once for each process, for it opens a file."""
    if plan.contact_keys is None:
        return None
    networks = tuple(map(ip_network, plan.settings.recipients.trusted_networks))
    book = SqliteContactBook(plan.state, plan.clock)
    return HistoryDesk(plan.contact_keys, book, counters, plan.own_domains, networks, plan.judging.kit.tables)


def _build_proving(settings: Settings, resolver: DnsResolver) -> Proving | None:
    if not settings.origin.enabled:
        return None
    networks, hostname = settings.recipients.trusted_networks, Domain.parse(settings.hostname)
    return build_proving(settings.origin, networks, resolver, hostname)


def build_dialer(plan: Plan) -> SystemDialer:
    """Make what opens connections to other hosts; once for each process."""
    return SystemDialer(plan.resolver, build_client_contexts(plan.settings.tls))


def _build_contexts(settings: Settings, state: Path, clock: SystemClock) -> ServerContexts:
    tls = settings.tls
    if not tls.certificate and not tls.key:
        paths = ensure_local_certificate(state / TLS_FOLDER, settings.hostname, clock)
        tls = structs.replace(tls, certificate=str(paths.certificate), key=str(paths.key))
    return ServerContexts(tls, clock)


def _read_addresses(settings: Settings) -> KnownAddresses:
    listed = KnownAddresses.parse(settings.recipients.addresses, "[recipients] addresses")
    file = settings.recipients.addresses_file
    if not file:
        return listed
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"[recipients] addresses_file: {file} cannot be read ({error})") from error
    read = KnownAddresses.parse(tuple(lines), file)
    return KnownAddresses(listed.keys | read.keys, listed.whole_domains | read.whole_domains)
