"""The certificate made at the first start: strict enough for strict clients, renewed in time."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store

from doubles import FakeClock
from gatepost.model.errors import StorageTrouble
from gatepost.net.local_ca import LEAF_VALID, RENEW_BEFORE, CertificatePaths, ensure_local_certificate

HOST = "gate.example"


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def verify(paths: CertificatePaths, at: datetime, *names: x509.verification.Subject) -> None:
    builder = PolicyBuilder().store(Store([load(paths.ca)])).time(at)
    for name in names:
        builder.build_server_verifier(name).verify(load(paths.certificate), [])


def test_the_certificate_passes_the_strict_profile_of_the_web(tmp_path: Path) -> None:
    clock = FakeClock()
    paths = ensure_local_certificate(tmp_path / "tls", HOST, clock)
    names = [x509.DNSName(HOST), x509.DNSName("localhost")]
    verify(paths, clock.now(), *names)
    leaf = load(paths.certificate)
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=397)


def test_it_names_the_loopback_addresses_too(tmp_path: Path) -> None:
    leaf = load(ensure_local_certificate(tmp_path, HOST, FakeClock()).certificate)
    named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(one) for one in named.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("hostname", ["localhost", "bücher.example", "127.0.0.1", "192.0.2.7", "2001:db8::1"])
def test_any_host_name_or_address_can_be_named(tmp_path: Path, hostname: str) -> None:
    first = ensure_local_certificate(tmp_path, hostname, FakeClock()).certificate.read_bytes()
    assert ensure_local_certificate(tmp_path, hostname, FakeClock()).certificate.read_bytes() == first


def test_keys_are_for_the_owner_alone(tmp_path: Path) -> None:
    paths = ensure_local_certificate(tmp_path, HOST, FakeClock())
    for path in (paths.key, tmp_path / "ca_key.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_certificate_that_serves_is_left_alone(tmp_path: Path) -> None:
    clock = FakeClock()
    before = {path: path.read_bytes() for path in ensure_and_list(tmp_path, HOST, clock)}
    clock.advance((LEAF_VALID - RENEW_BEFORE - timedelta(days=1)).total_seconds())
    assert {path: path.read_bytes() for path in ensure_and_list(tmp_path, HOST, clock)} == before


def ensure_and_list(folder: Path, hostname: str, clock: FakeClock) -> list[Path]:
    ensure_local_certificate(folder, hostname, clock)
    return sorted(folder.iterdir())


@pytest.mark.parametrize("days", [368, 500, 3700])
def test_it_is_renewed_before_it_expires_and_by_an_authority_that_lives_longer(tmp_path: Path, days: int) -> None:
    clock = FakeClock()
    old = load(ensure_local_certificate(tmp_path, HOST, clock).certificate)
    clock.advance(days * 86400)
    paths = ensure_local_certificate(tmp_path, HOST, clock)
    assert load(paths.certificate) != old
    verify(paths, clock.now() + RENEW_BEFORE, x509.DNSName(HOST))


def test_the_authority_outlives_a_renewal(tmp_path: Path) -> None:
    clock = FakeClock()
    before = ensure_local_certificate(tmp_path, HOST, clock).ca.read_bytes()
    clock.advance(390 * 86400)
    assert ensure_local_certificate(tmp_path, HOST, clock).ca.read_bytes() == before


def test_another_host_name_gets_another_certificate(tmp_path: Path) -> None:
    clock = FakeClock()
    ensure_local_certificate(tmp_path, HOST, clock)
    verify(ensure_local_certificate(tmp_path, "other.example", clock), clock.now(), x509.DNSName("other.example"))


@pytest.mark.parametrize("name", ["certificate.pem", "key.pem", "ca.pem", "ca_key.pem"])
@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", None])
def test_a_missing_or_broken_file_is_made_anew(tmp_path: Path, name: str, content: bytes | None) -> None:
    clock = FakeClock()
    ensure_local_certificate(tmp_path, HOST, clock)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    verify(ensure_local_certificate(tmp_path, HOST, clock), clock.now(), x509.DNSName(HOST))


def test_a_key_of_another_certificate_is_noticed(tmp_path: Path) -> None:
    clock = FakeClock()
    other = ensure_local_certificate(tmp_path / "other", HOST, clock)
    paths = ensure_local_certificate(tmp_path / "ours", HOST, clock)
    paths.key.write_bytes(other.key.read_bytes())
    before = paths.certificate.read_bytes()
    ensure_local_certificate(tmp_path / "ours", HOST, clock)
    assert paths.certificate.read_bytes() != before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageTrouble, match="cannot be kept"):
        ensure_local_certificate(tmp_path / "file" / "tls", HOST, FakeClock(datetime(2026, 1, 1, tzinfo=UTC)))
