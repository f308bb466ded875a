"""Contexts for both sides, and what is said about certificates that do not serve."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from doubles import FakeClock
from gatepost.model.errors import BadSettings
from gatepost.net.local_ca import LEAF_VALID, CertificatePaths, ensure_local_certificate
from gatepost.net.settings import TlsSettings
from gatepost.net.tls_contexts import ServerContexts, build_client_contexts


@pytest.fixture
def paths(tmp_path: Path) -> CertificatePaths:
    return ensure_local_certificate(tmp_path / "tls", "gate.example", FakeClock())


def settings_of(paths: CertificatePaths) -> TlsSettings:
    return TlsSettings(certificate=str(paths.certificate), key=str(paths.key))


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """Let both sides talk in memory; give the client's end."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    return ends[0]


def test_both_sides_agree_on_tls_1_3(paths: CertificatePaths) -> None:
    client = build_client_contexts(TlsSettings(trusted_ca=str(paths.ca)))
    end = shake_hands(client.verified, ServerContexts(settings_of(paths), FakeClock()).current(), "gate.example")
    assert end.version() == "TLSv1.3"


def test_a_client_with_tls_1_2_gets_forward_secrecy(paths: CertificatePaths) -> None:
    client = build_client_contexts(TlsSettings(trusted_ca=str(paths.ca))).verified
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    cipher = shake_hands(client, ServerContexts(settings_of(paths), FakeClock()).current(), "gate.example").cipher()
    assert cipher is not None
    assert cipher[0].startswith("ECDHE-")


def test_a_client_with_an_older_version_is_refused(paths: CertificatePaths) -> None:
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        client = ssl.SSLContext(ssl.PROTOCOL_TLSv1_1)
    client.check_hostname = False
    client.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        shake_hands(client, ServerContexts(settings_of(paths), FakeClock()).current(), "gate.example")


def test_the_oldest_version_can_be_raised(paths: CertificatePaths) -> None:
    server = ServerContexts(
        TlsSettings(certificate=str(paths.certificate), key=str(paths.key), min_version="1.3"), FakeClock()
    ).current()
    assert server.minimum_version is ssl.TLSVersion.TLSv1_3


@pytest.mark.parametrize("name", ["other.example", "10.0.0.1"])
def test_a_certificate_for_another_name_is_refused(paths: CertificatePaths, name: str) -> None:
    client = build_client_contexts(TlsSettings(trusted_ca=str(paths.ca))).verified
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client, ServerContexts(settings_of(paths), FakeClock()).current(), name)


def test_a_certificate_of_an_unknown_authority_is_refused_by_the_verifying_side_alone(paths: CertificatePaths) -> None:
    client, server = build_client_contexts(TlsSettings()), ServerContexts(settings_of(paths), FakeClock()).current()
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client.verified, server, "gate.example")
    assert shake_hands(client.unverified, server, "any.example").version()


def test_an_upstreams_own_certificate_may_be_trusted_itself(paths: CertificatePaths) -> None:
    client = build_client_contexts(TlsSettings(trusted_ca=str(paths.certificate))).verified
    assert shake_hands(client, ServerContexts(settings_of(paths), FakeClock()).current(), "gate.example").version()


def test_a_reload_takes_the_renewed_certificate_and_the_old_context_stays_whole(paths: CertificatePaths) -> None:
    contexts = ServerContexts(settings_of(paths), FakeClock())
    before = contexts.current()
    clock = FakeClock()
    clock.advance(380 * 86400)
    ensure_local_certificate(paths.key.parent, "gate.example", clock)
    contexts.reload()
    assert contexts.current() is not before


def test_a_failed_reload_keeps_the_certificate_in_use(paths: CertificatePaths) -> None:
    contexts = ServerContexts(settings_of(paths), FakeClock())
    before = contexts.current()
    paths.key.write_text("broken")
    with pytest.raises(BadSettings):
        contexts.reload()
    assert contexts.current() is before


def test_a_key_of_another_certificate_is_named(paths: CertificatePaths, tmp_path: Path) -> None:
    other = ensure_local_certificate(tmp_path / "other", "gate.example", FakeClock())
    settings = TlsSettings(certificate=str(paths.certificate), key=str(other.key))
    with pytest.raises(BadSettings, match="the key belongs to another certificate"):
        ServerContexts(settings, FakeClock())


def test_a_missing_file_is_named(paths: CertificatePaths) -> None:
    settings = TlsSettings(certificate=str(paths.certificate), key="/nowhere/key.pem")
    with pytest.raises(BadSettings, match=r"^\[tls\] key: /nowhere/key.pem cannot be read \(No such file"):
        ServerContexts(settings, FakeClock())


def test_half_a_pair_is_named(paths: CertificatePaths) -> None:
    with pytest.raises(BadSettings, match=r"^\[tls\] key is not set"):
        ServerContexts(TlsSettings(certificate=str(paths.certificate)), FakeClock())


@pytest.mark.parametrize("which", ["certificate", "key"])
@pytest.mark.parametrize("content", ["", "no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_that_is_not_pem_is_named(paths: CertificatePaths, which: str, content: str) -> None:
    getattr(paths, which).write_text(content)
    with pytest.raises(BadSettings, match=r"^\[tls\] certificate .* cannot be used"):
        ServerContexts(settings_of(paths), FakeClock())


def test_a_key_with_a_password_is_named_and_no_terminal_is_asked(paths: CertificatePaths) -> None:
    key = serialization.load_pem_private_key(paths.key.read_bytes(), password=None)
    locked = serialization.BestAvailableEncryption(b"secret")
    paths.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    with pytest.raises(BadSettings, match="protected by a password"):
        ServerContexts(settings_of(paths), FakeClock())


@pytest.mark.parametrize(
    ("after", "warning"),
    [(timedelta(0), ""), (LEAF_VALID - timedelta(days=10), "expires on"), (LEAF_VALID, "expired on"),
     (-timedelta(days=2), "valid only from")],
)  # fmt: skip
def test_a_certificate_that_needs_attention_warns(paths: CertificatePaths, after: timedelta, warning: str) -> None:
    clock = FakeClock()
    clock.advance(after.total_seconds())
    told = ServerContexts(settings_of(paths), clock).warning
    assert warning in told
    assert bool(told) == bool(warning)


def test_a_trusted_ca_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no pem")
    for path in (tmp_path / "missing.pem", tmp_path / "ca.pem"):
        with pytest.raises(BadSettings, match=r"^\[tls\] trusted_ca: .* cannot be read"):
            build_client_contexts(TlsSettings(trusted_ca=str(path)))
