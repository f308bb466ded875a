"""Proving one mail: every standard is asked, each is told its own truth, and a silent DNS is a temporary error."""

import pytest

from arc_mails import make_resolver, make_sealer
from dkim_mails import DNS, MAIL, NOW, RSA, sign
from doubles import TIMEOUT, FakeResolver
from gatepost.flow.prove import Proving, build_proving, prove_origin
from gatepost.message.parse import parse_message
from gatepost.model.address import Address, Domain
from gatepost.model.envelope import Arrival, Envelope
from gatepost.model.errors import BadSettings, TryLater
from gatepost.model.proof import UNPROVEN, AuthorDomain, AuthResult, Proof
from gatepost.origin.arc_seal import seal_message
from gatepost.origin.body_digests import BodyDigests
from gatepost.origin.settings import OriginSettings

HOST = Domain("mx.example.org")
PASS, FAIL, TEMPERROR = AuthResult.PASS, AuthResult.FAIL, AuthResult.TEMPERROR
ZONE = DNS | {
    ("example.com", "TXT"): [b"v=spf1 ip4:192.0.2.1 -all"],
    ("example.com", "MX"): [(10, "mx.example.com")],
    ("_dmarc.example.com", "TXT"): [b"v=DMARC1; p=reject; rua=mailto:d@example.com"],
}


def build(resolver: FakeResolver, settings: OriginSettings | None = None) -> Proving:
    return build_proving(settings or OriginSettings(), ("127.0.0.0/8",), resolver, HOST)


async def prove(raw: bytes, proving: Proving, client_ip: str = "192.0.2.1", sender: str = "a@example.com") -> Proof:
    envelope = Envelope(Address.parse(sender), (), client_ip, "mail.example.com", protocol="ESMTP")
    message = parse_message(raw)
    return await prove_origin(message, Arrival("1", NOW, envelope, raw), BodyDigests(message), proving)


async def test_a_mail_that_its_domain_sent_is_proven_in_every_way() -> None:
    proof = await prove(sign(MAIL, RSA), build(FakeResolver(ZONE)))
    assert (proof.spf, proof.dkim, proof.dmarc, proof.arc) == (PASS, PASS, PASS, AuthResult.NONE)
    assert proof.author_domain is AuthorDomain.TAKES_MAIL
    assert proof.author_is_proven
    assert proof.dmarc_details is not None
    assert proof.dmarc_details.record.endswith("rua=mailto:d@example.com")


async def test_a_mail_that_a_stranger_sent_fails() -> None:
    proof = await prove(MAIL, build(FakeResolver(ZONE)), client_ip="203.0.113.9")
    assert (proof.spf, proof.dkim, proof.dmarc) == (FAIL, AuthResult.NONE, FAIL)
    assert not proof.author_is_proven


async def test_nothing_is_asked_about_a_mail_from_our_own_network() -> None:
    resolver = FakeResolver(ZONE)
    assert await prove(MAIL, build(resolver), client_ip="127.0.0.1") == UNPROVEN
    assert resolver.asked == []


async def test_without_the_clients_address_spf_is_not_asked_and_nothing_fails() -> None:
    proof = await prove(MAIL, build(FakeResolver(ZONE)), client_ip="")
    assert (proof.spf, proof.dmarc) == (AuthResult.UNKNOWN, AuthResult.UNKNOWN)


async def test_a_silent_dns_is_a_temporary_error_everywhere() -> None:
    proof = await prove(sign(MAIL, RSA), build(FakeResolver(fails=True)))
    assert (proof.spf, proof.dkim, proof.dmarc) == (TEMPERROR, TEMPERROR, TEMPERROR)
    assert proof.author_domain is AuthorDomain.UNKNOWN


async def test_one_silent_name_leaves_the_rest_proven() -> None:
    proof = await prove(sign(MAIL, RSA), build(FakeResolver(ZONE | {("example.com", "TXT"): TIMEOUT})))
    assert (proof.spf, proof.dkim, proof.dmarc) == (TEMPERROR, PASS, PASS)


async def test_a_mail_without_a_sender_is_no_ones() -> None:
    proof = await prove(b"Subject: x\r\n\r\n", build(FakeResolver(ZONE)))
    assert (proof.dmarc, proof.author_domain) == (AuthResult.PERMERROR, AuthorDomain.UNKNOWN)


@pytest.mark.parametrize(
    ("trusted", "voucher"), [(("List.example",), "list.example"), ((), ""), (("other.example",), "")]
)
async def test_a_trusted_sealer_vouches_for_what_a_list_changed(trusted: tuple[str, ...], voucher: str) -> None:
    changed = MAIL.replace(b"Hi.", b"Hi.\r\n-- \r\nThe list")
    told = "list.example; dmarc=pass header.from=example.com"
    sealed = seal_message(parse_message(changed), make_sealer("list.example"), told, AuthResult.NONE, NOW) + changed
    resolver = FakeResolver(ZONE | make_resolver("list.example").records)
    proof = await prove(sealed, build(resolver, OriginSettings(trusted_sealers=trusted)), client_ip="203.0.113.9")
    assert (proof.dmarc, proof.arc) == (FAIL, PASS)
    assert proof.arc_details is not None
    assert proof.arc_details.vouched_by == voucher
    assert proof.author_is_proven is bool(voucher)


@pytest.mark.parametrize(
    ("settings", "networks", "place"),
    [
        (OriginSettings(trusted_sealers=("a b",)), (), r"\[origin\] trusted_sealers"),
        (OriginSettings(), ("10.0.0.0/99",), r"\[recipients\] trusted_networks"),
    ],
)
def test_a_mistake_in_the_settings_names_its_place(
    settings: OriginSettings, networks: tuple[str, ...], place: str
) -> None:
    with pytest.raises(BadSettings, match=place):
        build_proving(settings, networks, FakeResolver(), HOST)


async def test_where_we_are_too_busy_to_ask_the_mail_must_come_again() -> None:
    busy = FakeResolver(fails=True, was_turned_away=True)
    with pytest.raises(TryLater, match="too many questions"):
        await prove(MAIL, build(busy), client_ip="203.0.113.9")


async def test_where_we_are_too_busy_but_enough_is_known_the_mail_is_proven() -> None:
    assert (await prove(sign(MAIL, RSA), build(FakeResolver(ZONE, was_turned_away=True)))).dmarc is PASS
