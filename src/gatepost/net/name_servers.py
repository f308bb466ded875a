"""Whom we ask: reads [dns] servers, and says whose word about DNSSEC counts.

Standards: RFC 6840 §5.8 (the AD flag), RFC 4035 §4.9.3 (only over a channel that is secure), RFC 7858 and RFC 8310 §8.1
(DNS over TLS, where the server must show a certificate for its name).
Fails: BadSettings where a text names no server.
"""

import contextlib
import ipaddress
import re
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path

import dns.nameserver

from gatepost.model.errors import BadSettings
from gatepost.net.dns_over_tls import TlsNameServer
from gatepost.net.settings import DnsSettings

_SERVER = re.compile(
    r"(?P<tls>tls://)?(?:(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?"
    r"|(?P<bare>[0-9A-Fa-f:.]+))(?:#(?P<name>[0-9A-Za-z.-]{1,253}))?"
)
_DNS_PORT = 53
_TLS_PORT = 853
_MAX_PORT = 65535
_REMEDY = "write IP, IP:PORT, [IPv6]:PORT or tls://IP:PORT#NAME"


def choose_servers(settings: DnsSettings, system_file: str = "/etc/resolv.conf") -> list[dns.nameserver.Nameserver]:
    """Give the servers that the settings name, else those of the system, perhaps none."""
    if settings.servers:
        return [parse_server(text, settings.trusted_ca) for text in settings.servers]
    return [dns.nameserver.Do53Nameserver(text, _DNS_PORT) for text in _read_system_servers(system_file)]


def may_prove(servers: Iterable[dns.nameserver.Nameserver]) -> bool:
    """Say whether the AD flag of these servers is believed: on other ways than these anyone could set it."""
    return all(isinstance(server, TlsNameServer) or _is_loopback(server) for server in servers)


def _is_loopback(server: dns.nameserver.Nameserver) -> bool:
    return isinstance(server, dns.nameserver.Do53Nameserver) and ipaddress.ip_address(server.address).is_loopback


def _build_context(trusted_ca: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["dot"])
    if trusted_ca:
        try:
            context.load_verify_locations(trusted_ca)
        except OSError as error:
            raise BadSettings(
                f"[dns] trusted_ca: {trusted_ca} cannot be read as certificates in PEM ({error.strerror or error})"
            ) from error
    return context


def _read_system_servers(file: str) -> Iterator[str]:
    """Give the addresses in a resolv.conf (5); a line that names none is passed over, as the system itself does."""
    try:
        lines = Path(file).read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        words = line.split()
        with contextlib.suppress(ValueError):
            if words[:1] == ["nameserver"]:
                yield str(ipaddress.ip_address("".join(words[1:2])))


def parse_server(text: str, trusted_ca: str = "") -> dns.nameserver.Do53Nameserver | TlsNameServer:
    """Read one of [dns] servers; raise BadSettings.

    >>> str(parse_server("[::1]:5353")), str(parse_server("tls://192.0.2.1#ns.example"))
    ('Do53:::1@5353', 'DoT:192.0.2.1@853')
    """
    match = _SERVER.fullmatch(text)
    host, port = (match["v6"] or match["v4"] or match["bare"], match["port"]) if match else (text, None)
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError as error:
        raise BadSettings(f"[dns] servers: {text!r} is not an IP address; {_REMEDY}") from error
    if port is not None and not 0 < int(port) <= _MAX_PORT:
        raise BadSettings(f"[dns] servers: the port of {text!r} is not a number from 1 to {_MAX_PORT}")
    if match and match["tls"]:
        name = match["name"] or address
        return TlsNameServer(address, int(port or _TLS_PORT), name, _build_context(trusted_ca))
    if match and match["name"]:
        raise BadSettings(f"[dns] servers: {text!r} has a name, which only TLS can verify; write tls://{text}")
    return dns.nameserver.Do53Nameserver(address, int(port or _DNS_PORT))
