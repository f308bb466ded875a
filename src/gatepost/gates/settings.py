"""Settings [smtp]: the doors that mail comes in by, and how much a peer may take."""

import ipaddress
import re
from typing import Annotated

import msgspec

from gatepost.model.ports import Endpoint

MAX_PORT = 65_535

_LISTEN = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:\[\]]+)):(?P<port>[0-9]{1,5})")


class SmtpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The SMTP gate. Limits that count connections, commands or memory hold for each worker process by itself."""

    listen: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Addresses to listen on as HOST:PORT, [IPv6]:PORT with brackets.", max_length=32),
    ] = ("127.0.0.1:2525",)
    listen_tls: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Addresses to listen on where TLS starts at once, as HOST:PORT.", max_length=32),
    ] = ()
    require_tls: Annotated[
        bool, msgspec.Meta(description="Whether mail is taken only over TLS; a public MX loses mail by this.")
    ] = False
    max_size_bytes: Annotated[
        int, msgspec.Meta(description="Bytes of the largest mail that is taken.", ge=65_536, le=500 * 1024 * 1024)
    ] = 50 * 1024 * 1024
    max_recipients: Annotated[
        int, msgspec.Meta(description="Recipients of one mail; RFC 5321 asks for 100 at least.", ge=100, le=10_000)
    ] = 100
    max_mails: Annotated[int, msgspec.Meta(description="Mails in one connection.", ge=1, le=10_000_000)] = 100_000
    max_errors: Annotated[
        int, msgspec.Meta(description="Refused commands after which a connection is ended.", ge=1, le=10_000)
    ] = 30
    max_commands: Annotated[int, msgspec.Meta(description="Commands in one connection.", ge=100, le=100_000_000)] = (
        1_000_000
    )
    max_connections: Annotated[
        int, msgspec.Meta(description="Connections that are open at once.", ge=1, le=1_000_000)
    ] = 20_000
    memory_bytes: Annotated[
        int,
        msgspec.Meta(
            description="Bytes of mails that may be on their way in at once; above that senders are asked to wait.",
            ge=1024 * 1024,
        ),
    ] = 256 * 1024 * 1024
    idle_timeout_s: Annotated[
        float,
        msgspec.Meta(description="Seconds without a command, or without data of a mail; then it ends.", gt=0, le=3600),
    ] = 300.0
    session_limit_s: Annotated[
        float, msgspec.Meta(description="Seconds that one connection may last.", gt=0, le=86_400)
    ] = 3600.0
    mail_limit_s: Annotated[
        float, msgspec.Meta(description="Seconds that the data of one mail may take.", gt=0, le=86_400)
    ] = 1800.0
    min_rate_bytes_per_s: Annotated[
        int,
        msgspec.Meta(description="Bytes a second at which the data of a mail must come, after a minute.", ge=0),
    ] = 500
    tls_timeout_s: Annotated[
        float, msgspec.Meta(description="Seconds that a TLS handshake may take.", gt=0, le=300)
    ] = 30.0
    greet_delay_ms: Annotated[
        int,
        msgspec.Meta(
            description="Milliseconds before the greeting; a peer that talks before it is sent away.", ge=0, le=30_000
        ),
    ] = 0
    trusted_networks: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Networks that the limits for peers do not hold for, as ADDRESS/BITS."),
    ] = ("127.0.0.0/8", "::1/128")
    peer_connections: Annotated[
        int, msgspec.Meta(description="Connections at once of one peer (IPv4 address, IPv6 /64).", ge=1)
    ] = 50
    peer_connections_per_minute: Annotated[
        int, msgspec.Meta(description="New connections a minute of one peer.", ge=1)
    ] = 300
    peer_commands_per_minute: Annotated[int, msgspec.Meta(description="Commands a minute of one peer.", ge=1)] = 12_000

    def __post_init__(self) -> None:
        """Check what bounds cannot say."""
        for text in (*self.listen, *self.listen_tls):
            parse_listen(text)
        for text in self.trusted_networks:
            parse_network(text)
        if self.memory_bytes < self.max_size_bytes:
            raise ValueError("memory_bytes must be at least max_size_bytes, or the largest mail could never come in")


def parse_listen(text: str) -> Endpoint:
    """Read HOST:PORT or [IPv6]:PORT; raise ValueError when it is neither.

    >>> parse_listen("[::1]:25")
    Endpoint(host='::1', port=25, unix_path='')
    """
    match = _LISTEN.fullmatch(text)
    if match is None or int(match["port"]) > MAX_PORT:
        raise ValueError(f"{text!r} is not an address to listen on; write HOST:PORT, for IPv6 [ADDRESS]:PORT")
    return Endpoint(match["bracketed"] or match["host"], int(match["port"]))


def parse_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Read ADDRESS/BITS; raise ValueError when it is none."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a network; write ADDRESS/BITS, such as 192.0.2.0/24 ({error})") from error
