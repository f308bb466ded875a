"""Delivery to a real Dovecot by LMTP."""

import asyncio
from collections.abc import Iterator

import pytest

from gatepost.model.address import Address
from gatepost.model.ports import Admission
from gatepost.net.clock import SystemClock
from gatepost.net.local_ca import CertificatePaths, ensure_local_certificate
from interop.dovecot import Dovecot, start_dovecot
from interop.peers import list_mails, wait_for_mails
from interop.routes import CONTENT, build_parcel, build_way, show

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificatePaths:
    return ensure_local_certificate(tmp_path_factory.mktemp("tls"), "store.example.org", SystemClock())


@pytest.fixture(scope="module")
def dovecot(certificate: CertificatePaths) -> Iterator[Dovecot]:
    with start_dovecot(certificate) as running:
        yield running


@pytest.fixture(params=["tcp", "unix"])
def upstream(request: pytest.FixtureRequest, dovecot: Dovecot) -> str:
    return f"lmtp://127.0.0.1:{dovecot.port}" if request.param == "tcp" else f"lmtp+unix:{dovecot.unix_path}"


async def test_a_mail_arrives_byte_for_byte(upstream: str, dovecot: Dovecot) -> None:
    before = len(list_mails(dovecot.mailbox("known")))
    transport = build_way(upstream)
    assert show(await transport.deliver(build_parcel("known"))) == ["yes"]
    await transport.close()
    files = wait_for_mails(dovecot.mailbox("known"), before + 1)
    newest = max(files, key=lambda file: file.stat().st_mtime_ns).read_bytes()
    assert newest.replace(b"\r\n", b"\n").endswith(CONTENT.replace(b"\r\n", b"\n"))


async def test_each_recipient_has_its_own_answer_after_the_mail(upstream: str) -> None:
    transport = build_way(upstream)
    outcomes = await transport.deliver(build_parcel("full", "nobody", "known"))
    await transport.close()
    assert show(outcomes) == ["FailedForGood 5.2.2", "FailedForGood 5.1.1", "yes"]


async def test_many_mails_at_once_all_arrive(upstream: str, dovecot: Dovecot) -> None:
    before = len(list_mails(dovecot.mailbox("known")))
    transport = build_way(upstream, connections_per_upstream=3, mails_per_connection=7)
    outcomes = await asyncio.gather(*(transport.deliver(build_parcel("known")) for _ in range(40)))
    await transport.close()
    assert {word for outcome in outcomes for word in show(outcome)} == {"yes"}
    assert len(wait_for_mails(dovecot.mailbox("known"), before + 40)) == before + 40


async def test_dovecot_is_asked_about_recipients(upstream: str) -> None:
    transport = build_way(upstream)
    answers = [await transport.ask_recipient(Address.parse(f"{name}@example.org")) for name in ("known", "nobody")]
    await transport.close()
    assert answers == [Admission.ACCEPTED, Admission.UNKNOWN]


async def test_lmtp_over_tls_is_verified(dovecot: Dovecot, certificate: CertificatePaths) -> None:
    upstream = f"lmtp://127.0.0.1:{dovecot.port}"
    for name, outcome in (("store.example.org", "yes"), ("other.example.org", "FailedForNow 4.7.5")):
        transport = build_way(upstream, str(certificate.ca), tls_on_loopback=True, tls_name=name)
        assert show(await transport.deliver(build_parcel("known"))) == [outcome]
        await transport.close()


async def test_a_dovecot_that_stops_loses_nothing_and_is_found_again() -> None:
    with start_dovecot() as first:
        upstream = f"lmtp://127.0.0.1:{first.port}"
        transport = build_way(upstream)
        assert show(await transport.deliver(build_parcel("known"))) == ["yes"]
    assert show(await transport.deliver(build_parcel("known"))) == ["FailedForNow 4.4.1"]
    await transport.close()
