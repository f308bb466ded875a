"""How channels are encrypted: contexts for our listeners and for connections to other servers.

Standards: RFC 8996 (no TLS 1.0 and 1.1), RFC 9325 §4.2 (cipher suites with forward secrecy and AEAD), RFC 8314.
Fails: BadSettings with the file and the remedy.
"""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from gatepost.model.errors import BadSettings
from gatepost.model.ports import Clock
from gatepost.net.settings import TlsSettings

WARN_BEFORE = timedelta(days=14)

_TLS_1_2_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class ServerContexts:
    """The context of our listeners; `reload` takes a renewed certificate without a restart.

    A listener asks `current` for each connection. When a reload fails, the certificate in use stays in use.
    """

    def __init__(self, settings: TlsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.warning = ""  # one sentence while the certificate needs attention
        self._current = self._load()

    def current(self) -> ssl.SSLContext:
        """Give the context for a new connection."""
        return self._current

    def expires_in_s(self) -> float:
        """Give the seconds until the certificate expires, negative when it has."""
        return (self._expires_at - self._clock.now()).total_seconds()

    def reload(self) -> None:
        """Read certificate and key again; raise BadSettings and keep the old ones when they do not fit."""
        self._current = self._load()

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _harden(context, self._settings)
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
        _load_pair(context, self._settings)
        self.warning = self._check_dates(Path(self._settings.certificate))
        return context

    def _check_dates(self, path: Path) -> str:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        self._expires_at = until = certificate.not_valid_after_utc
        now = self._clock.now()
        if now > until:
            return f"the certificate {path} expired on {until:%Y-%m-%d}; put a renewed one there and reload"
        if now < certificate.not_valid_before_utc:
            return f"the certificate {path} is valid only from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        if until - now < WARN_BEFORE:
            return f"the certificate {path} expires on {until:%Y-%m-%d}; put a renewed one there and reload"
        return ""


@dataclass(frozen=True, slots=True)
class ClientContexts:
    """For connections to upstreams: the peer's chain and name are verified, or it may show any certificate."""

    verified: ssl.SSLContext
    unverified: ssl.SSLContext


def build_client_contexts(settings: TlsSettings) -> ClientContexts:
    """Make both contexts; raise BadSettings when `trusted_ca` cannot be used."""
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    _harden(unverified, settings)
    return ClientContexts(_build_verified(settings), unverified)


def _build_verified(settings: TlsSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    _harden(context, settings)
    if settings.trusted_ca:
        try:
            context.load_verify_locations(settings.trusted_ca)
        except (OSError, ssl.SSLError) as error:
            raise BadSettings(
                f"[tls] trusted_ca: {settings.trusted_ca} cannot be read as certificates in PEM ({_reason(error)})"
            ) from error
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # an upstream's own certificate may be named itself
    return context


def _harden(context: ssl.SSLContext, settings: TlsSettings) -> None:
    context.minimum_version = _VERSIONS[settings.min_version]
    context.set_ciphers(_TLS_1_2_CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION


def _load_pair(context: ssl.SSLContext, settings: TlsSettings) -> None:
    for name, path in (("certificate", settings.certificate), ("key", settings.key)):
        if not path:
            raise BadSettings(f"[tls] {name} is not set; name the PEM file, or leave certificate and key both empty")
        try:
            Path(path).read_bytes()
        except OSError as error:
            raise BadSettings(f"[tls] {name}: {path} cannot be read ({_reason(error)})") from error
    try:
        context.load_cert_chain(settings.certificate, settings.key, password=_refuse_password)
    except ssl.SSLError as error:
        raise BadSettings(
            f"[tls] certificate {settings.certificate} and key {settings.key} cannot be used ({_explain(error)})"
        ) from error


def _refuse_password() -> str:
    raise BadSettings("[tls] key is protected by a password; store it without one, readable by gatepost alone")


def _explain(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key belongs to another certificate"
    return "one of them is not PEM" if error.reason in {None, "NO_START_LINE"} else _reason(error)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
