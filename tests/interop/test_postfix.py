"""Delivery to a real Postfix."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.model.address import Address
from gatepost.model.ports import Admission
from gatepost.net.clock import SystemClock
from gatepost.net.local_ca import CertificatePaths, ensure_local_certificate
from interop.peers import list_mails, wait_for_mails
from interop.postfix import SIZE_LIMIT_BYTES, Postfix, start_postfix
from interop.routes import CONTENT, build_parcel, build_way, show

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificatePaths:
    return ensure_local_certificate(tmp_path_factory.mktemp("tls"), "mx.example.org", SystemClock())


@pytest.fixture(scope="module")
def postfix(certificate: CertificatePaths) -> Iterator[Postfix]:
    with start_postfix(certificate, "smtpd_timeout = 1s\n") as running:
        yield running


def way(postfix: Postfix) -> str:
    return f"smtp://127.0.0.1:{postfix.port}"


def arrived(mailbox: Path, count: int, mark: bytes = b"") -> list[bytes]:
    """Give the mails of a mailbox that hold a mark."""
    return [file.read_bytes() for file in wait_for_mails(mailbox, count) if mark in file.read_bytes()]


async def test_a_mail_arrives_byte_for_byte_however_its_lines_begin(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    assert show(await transport.deliver(build_parcel("known"))) == ["yes"]
    await transport.close()
    (mail,) = arrived(postfix.mailbox("known"), 1, b"..dots")
    assert mail.endswith(CONTENT.replace(b"\r\n", b"\n"))
    assert mail.startswith(b"Return-Path: <a@sender.example>\n")


async def test_an_unknown_recipient_is_refused_and_the_others_get_the_mail(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    outcomes = await transport.deliver(build_parcel("nobody", "many0", content=b"Subject: shared\r\n\r\nx\r\n"))
    await transport.close()
    assert show(outcomes) == ["FailedForGood 5.1.1", "yes"]
    assert len(arrived(postfix.mailbox("many0"), 1, b"Subject: shared")) == 1


async def test_a_mail_for_nobody_leaves_the_connection_ready(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    assert show(await transport.deliver(build_parcel("nobody", "nobody2"))) == ["FailedForGood 5.1.1"] * 2
    assert show(await transport.deliver(build_parcel("many1", content=b"after\r\n"))) == ["yes"]
    await transport.close()


async def test_a_mail_too_large_is_not_sent(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    large = build_parcel("known", content=b"x\r\n" * (SIZE_LIMIT_BYTES // 3 + 1))
    assert show(await transport.deliver(large)) == ["FailedForGood 5.3.4"]
    await transport.close()


async def test_an_internationalised_recipient_is_reached(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    assert show(await transport.deliver(build_parcel("用户", content=b"Subject: eai\r\n\r\nx\r\n"))) == ["yes"]
    await transport.close()
    assert len(arrived(postfix.mailbox("用户"), 1, b"Subject: eai")) == 1


async def test_many_mails_at_once_arrive_once_each(postfix: Postfix) -> None:
    transport = build_way(way(postfix), connections_per_upstream=4, mails_per_connection=10)
    parcels = [
        build_parcel(f"many{number % 8 + 2}", content=f"Subject: load {number:03d}\r\n\r\nx\r\n".encode())
        for number in range(120)
    ]
    outcomes = await asyncio.gather(*map(transport.deliver, parcels))
    await transport.close()
    assert {word for outcome in outcomes for word in show(outcome)} == {"yes"}
    mails = [mail for number in range(2, 10) for mail in arrived(postfix.mailbox(f"many{number}"), 15, b"load")]
    assert len(mails) == len({mail.partition(b"load ")[2][:3] for mail in mails}) == 120


async def test_a_kept_connection_that_postfix_has_closed_costs_nothing(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    assert show(await transport.deliver(build_parcel("many1"))) == ["yes"]
    postfix.wait_for_log("timeout after END-OF-MESSAGE")
    assert show(await transport.deliver(build_parcel("many1"))) == ["yes"]
    await transport.close()


async def test_postfix_is_asked_about_recipients(postfix: Postfix) -> None:
    transport = build_way(way(postfix))
    answers = [
        await transport.ask_recipient(Address.parse(f"{name}@example.org")) for name in ("known", "nobody", "用户")
    ]
    await transport.close()
    assert answers == [Admission.ACCEPTED, Admission.UNKNOWN, Admission.ACCEPTED]


async def test_over_tls_the_certificate_must_be_trusted_and_carry_the_name(
    postfix: Postfix, certificate: CertificatePaths
) -> None:
    expected = {
        (str(certificate.ca), "mx.example.org"): "yes",
        (str(certificate.ca), "other.example.org"): "FailedForNow 4.7.5",
        ("", "mx.example.org"): "FailedForNow 4.7.5",
    }
    for (trusted_ca, name), outcome in expected.items():
        transport = build_way(way(postfix), trusted_ca, tls_on_loopback=True, tls_name=name)
        assert show(await transport.deliver(build_parcel("many1"))) == [outcome]
        await transport.close()


async def test_a_postfix_that_wants_tls_makes_mail_wait_and_not_bounce(certificate: CertificatePaths) -> None:
    with start_postfix(certificate, "smtpd_tls_security_level = encrypt\n") as strict:
        for settings, outcome in (({}, "FailedForNow 4.7.0"), ({"tls_on_loopback": True}, "yes")):
            transport = build_way(way(strict), str(certificate.ca), **settings)
            assert show(await transport.deliver(build_parcel("known"))) == [outcome]
            await transport.close()


async def test_a_postfix_without_tls_gets_no_mail_where_tls_is_required() -> None:
    with start_postfix() as bare:
        transport = build_way(way(bare), tls_on_loopback=True)
        assert show(await transport.deliver(build_parcel("known"))) == ["FailedForNow 4.7.4"]
        assert list_mails(bare.mailbox("known")) == []
        await transport.close()
