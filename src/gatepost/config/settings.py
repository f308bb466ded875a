"""The whole tree of settings, composed of what each part declares beside the code that reads it."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gatepost.decide.settings import DecideSettings
from gatepost.deliver.settings import DeliverSettings
from gatepost.feeds.settings import FeedsSettings
from gatepost.flow.settings import RecipientSettings
from gatepost.gates.settings import SmtpSettings, parse_listen
from gatepost.net.sandbox.settings import OpenSettings
from gatepost.net.settings import AntivirusSettings, DnsSettings, TlsSettings
from gatepost.origin.settings import OriginSettings
from gatepost.screen.settings import ScreenSettings
from gatepost.store.settings import StoreSettings


class MetricsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The page for Prometheus and the health check."""

    listen: Annotated[
        str,
        Meta(description="Address that answers /metrics and /healthz in clear text, as HOST:PORT; empty means none."),
    ] = "127.0.0.1:9125"

    def __post_init__(self) -> None:
        """Refuse what cannot be listened on."""
        if self.listen:
            parse_listen(self.listen)


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is written to standard error; never bodies, passwords or tokens."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Least weight of an event that is written; info is one line for each mail."),
    ] = "info"
    format: Annotated[
        Literal["auto", "json", "text"],
        Meta(description="json is one object a line, text is for people, auto is text on a terminal and else json."),
    ] = "auto"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set. What is left empty is found out from the machine when gatepost starts."""

    state: Annotated[
        str,
        Meta(
            description="Folder in which gatepost keeps everything; empty means /var/lib/gatepost for root, otherwise"
            " gatepost in the user's own folder for state."
        ),
    ] = ""
    hostname: Annotated[
        str,
        Meta(description="Name by which this server calls itself; empty means the machine's name.", max_length=255),
    ] = ""
    workers: Annotated[
        int, Meta(description="Number of worker processes; 0 means one for each processor core.", ge=0, le=256)
    ] = 0
    run_as: Annotated[
        str,
        Meta(
            description="User to become when started as root; empty means gatepost where there is such a user,"
            " otherwise nobody."
        ),
    ] = ""
    smtp: SmtpSettings = SmtpSettings()
    recipients: RecipientSettings = RecipientSettings()
    tls: TlsSettings = TlsSettings()
    dns: DnsSettings = DnsSettings()
    origin: OriginSettings = OriginSettings()
    screen: ScreenSettings = ScreenSettings()
    feeds: FeedsSettings = FeedsSettings()
    antivirus: AntivirusSettings = AntivirusSettings()
    open: OpenSettings = OpenSettings()
    decide: DecideSettings = DecideSettings()
    deliver: DeliverSettings = DeliverSettings()
    store: StoreSettings = StoreSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
