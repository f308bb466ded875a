"""The way out as the gate builds it, towards a real peer."""

import msgspec

from gatepost.deliver.parcel import Delivered, Outcome, Parcel
from gatepost.deliver.route import build_router
from gatepost.deliver.settings import DeliverSettings
from gatepost.deliver.smtp import SmtpTransport
from gatepost.model.address import Address, Domain
from gatepost.net.clock import SystemClock
from gatepost.net.dialer import SystemDialer
from gatepost.net.resolver import DnsResolver
from gatepost.net.settings import DnsSettings, TlsSettings
from gatepost.net.tls_contexts import build_client_contexts

OURS = Domain.parse("example.org")
CONTENT = (
    "Subject: 你好\r\nFrom: a@sender.example\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n"
    "Message-ID: <1@sender.example>\r\n\r\n正文\r\n.\r\n..dots\r\n.end\r\n"
).encode()


def build_way(upstream: str, trusted_ca: str = "", **settings: object) -> SmtpTransport:
    """Wire the real parts to one upstream."""
    values = msgspec.convert({"upstream": upstream, **settings}, DeliverSettings)
    contexts = build_client_contexts(TlsSettings(trusted_ca=trusted_ca))
    dialer = SystemDialer(DnsResolver(DnsSettings(servers=("127.0.0.1:1",))), contexts)
    router = build_router(values, dialer, SystemClock(), hostname="gate.example", own_domains=frozenset({OURS}))
    transport = router.transport_for(OURS)
    assert isinstance(transport, SmtpTransport)
    return transport


def build_parcel(*local_parts: str, content: bytes = CONTENT) -> Parcel:
    """Make a mail to recipients in our domain."""
    to = tuple(Address.parse(f"{local_part}@example.org") for local_part in local_parts)
    return Parcel("0" * 32, Address.parse("a@sender.example"), to, content)


def show(outcomes: tuple[Outcome, ...]) -> list[str]:
    """Give each outcome in a word that tests compare."""
    return ["yes" if isinstance(one, Delivered) else f"{type(one).__name__} {one.status}" for one in outcomes]
