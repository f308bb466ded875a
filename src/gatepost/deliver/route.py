"""Which way a mail goes: by the recipient's domain to a Maildir, an upstream, or nowhere.

Fails: BadSettings with the place and the remedy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gatepost.deliver.connection import Surroundings
from gatepost.deliver.maildir import MaildirTransport
from gatepost.deliver.maildir_file import check_layout, make_private_folder
from gatepost.deliver.parcel import Transport
from gatepost.deliver.settings import DeliverSettings, RouteSettings
from gatepost.deliver.smtp import SmtpTransport
from gatepost.deliver.upstream import Upstream, parse_upstream
from gatepost.model.address import Domain
from gatepost.model.errors import BadAddress, BadSettings
from gatepost.model.ports import Clock, Dialer


@dataclass(frozen=True, slots=True)
class MaildirWay:
    """Deliver into a Maildir on this machine."""

    root: Path
    layout: str


Way = MaildirWay | Upstream


@dataclass(frozen=True, slots=True)
class Routes:
    """Where mail goes, as the settings say it, checked."""

    default: Way
    by_domain: Mapping[Domain, Way]
    elsewhere: Way | None  # for domains that are not ours: bounces


def parse_routes(settings: DeliverSettings) -> Routes:
    """Read [deliver]; raise BadSettings where a way is missing, double or malformed."""
    by_domain = {
        _parse_domain(name): _parse_way(route, f'[deliver.routes."{name}"]') for name, route in settings.routes.items()
    }
    smarthost = settings.smarthost
    elsewhere = None if smarthost is None else _parse_way(smarthost, "[deliver.smarthost]")
    return Routes(_parse_way(settings, "[deliver]"), by_domain, elsewhere)


def _parse_domain(name: str) -> Domain:
    try:
        return Domain.parse(name)
    except BadAddress as error:
        raise BadSettings(f'[deliver.routes."{name}"] is not named after a domain: {error.public}') from error


def _parse_way(settings: RouteSettings, place: str) -> Way:
    if settings.maildir and settings.upstream:
        raise BadSettings(f"{place} has both maildir and upstream; keep the one that takes the mail")
    if settings.upstream:
        return parse_upstream(settings, place)
    if not settings.maildir:
        raise BadSettings(f"{place} does not say where mail goes; set maildir or upstream")
    check_layout(settings.maildir_layout, place)
    return MaildirWay(Path(settings.maildir).absolute(), settings.maildir_layout)


class Router:
    """Gives each domain its transport; domains with the same way share one."""

    def __init__(self, routes: Routes, own_domains: frozenset[Domain], transports: Mapping[Way, Transport]) -> None:
        self._routes = routes
        self._own_domains = own_domains | frozenset(routes.by_domain)
        self._transports = transports

    def transport_for(self, domain: Domain) -> Transport | None:
        """Give the way to a domain; None for a domain elsewhere when no smarthost is set."""
        way = self._routes.by_domain.get(domain)
        if way is None:
            way = self._routes.default if domain in self._own_domains else self._routes.elsewhere
        return None if way is None else self._transports[way]

    async def close_idle(self) -> None:
        """Close connections that nobody has used for a while; to be called every few seconds."""
        for transport in self._transports.values():
            if isinstance(transport, SmtpTransport):
                await transport.close_idle()

    async def close(self) -> None:
        """Close kept connections."""
        for transport in self._transports.values():
            await transport.close()


def build_router(
    settings: DeliverSettings, dialer: Dialer, clock: Clock, *, hostname: str, own_domains: frozenset[Domain]
) -> Router:
    """Wire the ways out; `hostname` is how we introduce ourselves. Raises BadSettings; makes Maildir folders."""
    routes = parse_routes(settings)
    around = Surroundings(settings, dialer, clock, hostname)
    transports: dict[Way, Transport] = {}
    for way in {routes.default, *routes.by_domain.values(), *([routes.elsewhere] if routes.elsewhere else [])}:
        if isinstance(way, MaildirWay):
            transports[way] = _build_maildir(way, clock)
        else:
            transports[way] = SmtpTransport(way, around)
    return Router(routes, own_domains, transports)


def _build_maildir(way: MaildirWay, clock: Clock) -> MaildirTransport:
    try:
        make_private_folder(way.root)
    except OSError as error:
        raise BadSettings(
            f"[deliver] maildir: the folder {way.root} cannot be made ({error.strerror}); name one that"
            " gatepost may write"
        ) from error
    return MaildirTransport(way.root, clock, way.layout)
