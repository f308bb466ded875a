"""A certificate authority of our own, for the first start: TLS works before anybody has bought a certificate.

Standards: RFC 5280 §4.2 (extensions), RFC 5480 (P-256), CA/Browser Forum Baseline Requirements (398 days at most).
Fails: StorageTrouble when the folder does not take the files, BadAddress when the host name is none.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gatepost.model.address import Domain
from gatepost.model.errors import StorageTrouble
from gatepost.model.ports import Clock

LEAF_VALID = timedelta(days=397)
CA_VALID = timedelta(days=3650)
RENEW_BEFORE = timedelta(days=30)
CLOCK_SKEW = timedelta(hours=1)  # clients whose clock is a little behind accept a new certificate too

_ALWAYS_NAMED: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
)


@dataclass(frozen=True, slots=True)
class CertificatePaths:
    """Where the files lie (PEM): the server's chain, its key, and the authority that clients may trust."""

    certificate: Path
    key: Path
    ca: Path


@dataclass(frozen=True, slots=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure_local_certificate(folder: Path, hostname: str, clock: Clock) -> CertificatePaths:
    """Give a certificate for this host name that is valid for at least 30 days, made or renewed where needed."""
    paths = CertificatePaths(folder / "certificate.pem", folder / "key.pem", folder / "ca.pem")
    now = clock.now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _load_pair(paths.ca, folder / "ca_key.pem")
        if authority is None or authority.certificate.not_valid_after_utc < now + LEAF_VALID:
            authority = _make_authority(now)
            _keep_pair(authority, paths.ca, folder / "ca_key.pem")
        leaf = _load_pair(paths.certificate, paths.key)
        if leaf is None or not _serves(leaf.certificate, authority.certificate, hostname, now):
            _keep_pair(_make_leaf(authority, hostname, now), paths.certificate, paths.key)
    except OSError as error:
        raise StorageTrouble(f"the certificate cannot be kept in {folder}: {error.strerror}") from error
    return paths


def _names(hostname: str) -> list[x509.GeneralName]:
    try:
        own: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(hostname))
    except ValueError:
        own = x509.DNSName(Domain.parse(hostname).name)
    return [own, *(name for name in _ALWAYS_NAMED if name != own)]


def _serves(leaf: x509.Certificate, ca: x509.Certificate, hostname: str, now: datetime) -> bool:
    try:
        leaf.verify_directly_issued_by(ca)
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    is_in_time = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - RENEW_BEFORE
    return is_in_time and list(named) == _names(hostname)


def _make_authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"gatepost local authority {now:%Y-%m-%d}")])
    builder = (
        _start(name, name, key, now, CA_VALID)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return _Pair(builder.sign(key, hashes.SHA256()), key)


def _make_leaf(authority: _Pair, hostname: str, now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    issuer_id = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _start(x509.Name([]), issuer.subject, key, now, LEAF_VALID)
        .add_extension(x509.SubjectAlternativeName(_names(hostname)), critical=True)  # critical: the subject is empty
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
    )
    return _Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _start(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SKEW)
        .not_valid_after(now - CLOCK_SKEW + valid)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _load_pair(certificate_path: Path, key_path: Path) -> _Pair | None:
    """Read a certificate and its key; None when one is missing, broken, or they do not belong together."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        return None
    return _Pair(certificate, key)


def _keep_pair(pair: _Pair, certificate_path: Path, key_path: Path) -> None:
    """Write both files; a crash between them leaves a pair that does not fit, which the next start makes anew."""
    pem = serialization.Encoding.PEM
    key = pair.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _replace_file(key_path, key, 0o600)
    _replace_file(certificate_path, pair.certificate.public_bytes(pem), 0o644)


def _replace_file(path: Path, content: bytes, mode: int) -> None:
    half = path.with_suffix(".new")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
