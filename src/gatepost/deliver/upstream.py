"""An upstream server as the settings name it: how to reach it, and how far it is trusted.

Fails: BadSettings with the place and the remedy.
"""

import enum
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from gatepost.deliver.settings import RouteSettings
from gatepost.model.errors import BadSettings
from gatepost.model.ports import Endpoint
from gatepost.wire.smtp.client import Dialect


class Encryption(enum.Enum):
    """How a channel is protected; whatever encrypts also verifies the certificate."""

    FROM_START = enum.auto()  # smtps, RFC 8314 §3
    REQUIRED = enum.auto()  # STARTTLS, or no mail
    IF_OFFERED = enum.auto()  # allow_plaintext
    NONE = enum.auto()  # the peer is on this machine


@dataclass(frozen=True, slots=True)
class Upstream:
    """One next hop."""

    dialect: Dialect
    endpoint: Endpoint
    encryption: Encryption
    tls_name: str
    takes_8bit_unannounced: bool = False

    def __str__(self) -> str:
        return str(self.endpoint)


_URL = re.compile(
    r"(?P<scheme>smtp|smtps|lmtp)://"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]{2,45})\]|(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?))"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
_UNIX_PREFIX = "lmtp+unix:"
_DEFAULT_PORTS = {"smtp": 25, "smtps": 465, "lmtp": 24}
_MAX_PORT = 65535
_MAX_UNIX_PATH_BYTES = 107


def parse_upstream(settings: RouteSettings, place: str) -> Upstream:
    """Read the `upstream` of one route; `place` is the settings table it stands in."""
    text = settings.upstream
    if text.startswith(_UNIX_PREFIX):
        endpoint, scheme = _parse_unix(text, place), "lmtp"
    else:
        endpoint, scheme = _parse_url(text, place)
    return Upstream(
        dialect=Dialect.LMTP if scheme == "lmtp" else Dialect.SMTP,
        endpoint=endpoint,
        encryption=_choose_encryption(scheme, endpoint, settings),
        tls_name=settings.tls_name or endpoint.host,
        takes_8bit_unannounced=settings.allow_8bit_unannounced,
    )


def _parse_url(text: str, place: str) -> tuple[Endpoint, str]:
    match = _URL.fullmatch(text)
    port = int(match["port"] or _DEFAULT_PORTS[match["scheme"]]) if match else 0
    if match is None or not 0 < port <= _MAX_PORT:
        raise BadSettings(
            f"{place} upstream cannot be {text!r}; write smtp://HOST:PORT, smtps://HOST:PORT, lmtp://HOST:PORT"
            " or lmtp+unix:PATH"
        )
    return Endpoint(match["ipv6"] or match["host"], port), match["scheme"]


def _parse_unix(text: str, place: str) -> Endpoint:
    path = text.removeprefix(_UNIX_PREFIX)
    if path.startswith("//"):
        path = "/" + path.lstrip("/")  # lmtp+unix:///run/socket means the same
    if not Path(path).is_absolute() or "\0" in path or len(path.encode()) > _MAX_UNIX_PATH_BYTES:
        raise BadSettings(
            f"{place} upstream cannot be {text!r}; after lmtp+unix: stands an absolute path of at most"
            f" {_MAX_UNIX_PATH_BYTES} bytes"
        )
    return Endpoint("", 0, path)


def _choose_encryption(scheme: str, endpoint: Endpoint, settings: RouteSettings) -> Encryption:
    if endpoint.unix_path:
        return Encryption.NONE
    if scheme == "smtps":
        return Encryption.FROM_START
    if is_loopback(endpoint.host) and not settings.tls_on_loopback:
        return Encryption.NONE
    return Encryption.IF_OFFERED if settings.allow_plaintext else Encryption.REQUIRED


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine for certain: a loopback address, or localhost (RFC 6761 §6.3)."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
