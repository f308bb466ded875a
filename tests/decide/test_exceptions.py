"""Exceptions: whom they match, and what they believe."""

import pytest

from gatepost.decide.exceptions import Exemption, build_exemptions
from gatepost.decide.settings import ExceptionSettings
from gatepost.model.address import Address
from gatepost.model.envelope import Envelope
from gatepost.model.errors import BadSettings
from gatepost.model.proof import UNPROVEN, AuthResult, Proof
from gatepost.model.verdict import Action

PROVEN = Proof(spf=AuthResult.PASS)


def build(
    *,
    action: Action = Action.DELIVER,
    sender: str = "",
    recipient: str = "",
    networks: tuple[str, ...] = (),
    allow_unproven: bool = False,
) -> Exemption:
    settings = ExceptionSettings(
        name="test",
        action=action,
        sender=sender,
        recipient=recipient,
        networks=networks,
        allow_unproven=allow_unproven,
    )
    (exemption,) = build_exemptions([settings])
    return exemption


def envelope(mail_from: str = "", client_ip: str = "") -> Envelope:
    return Envelope(Address.parse(mail_from) if mail_from else None, (), client_ip, "", protocol="SMTP")


@pytest.mark.parametrize(
    ("pattern", "sender", "matches"),
    [
        ("ann@a.example", "ann@a.example", True),
        ("ann@a.example", "ANN@A.example", True),
        ("ann@a.example", "bo@a.example", False),
        ("a.example", "bo@a.example", True),
        ("a.example", "bo@mail.a.example", False),
        (".a.example", "bo@a.example", True),
        (".a.example", "bo@mail.a.example", True),
        (".a.example", "bo@eva.example", False),
        ("bücher.example", "bo@xn--bcher-kva.example", True),
        ("<>", "", True),
        ("<>", "bo@a.example", False),
        ("a.example", "", False),
        ("", "", True),
        ("", "bo@a.example", True),
    ],
)
def test_a_sender_is_matched_as_written(pattern: str, sender: str, *, matches: bool) -> None:
    assert build(sender=pattern).applies_to_mail(envelope(sender), PROVEN) is matches


def test_a_milder_exception_does_not_believe_an_unproven_sender() -> None:
    exemption = build(sender="a.example")
    assert not exemption.applies_to_mail(envelope("ann@a.example"), UNPROVEN)
    assert exemption.applies_to_mail(envelope("ann@a.example"), PROVEN)


def test_a_milder_exception_believes_where_it_is_told_to() -> None:
    assert build(sender="a.example", allow_unproven=True).applies_to_mail(envelope("ann@a.example"), UNPROVEN)


def test_a_network_stands_for_the_proof() -> None:
    exemption = build(sender="a.example", networks=("192.0.2.0/24", "2001:db8::/32"))
    assert exemption.applies_to_mail(envelope("ann@a.example", "192.0.2.7"), UNPROVEN)
    assert exemption.applies_to_mail(envelope("ann@a.example", "2001:db8::7"), UNPROVEN)
    assert not exemption.applies_to_mail(envelope("ann@a.example", "198.51.100.7"), PROVEN)


def test_an_unknown_client_is_in_no_network() -> None:
    assert not build(networks=("0.0.0.0/0",)).applies_to_mail(envelope("ann@a.example"), PROVEN)


def test_a_stricter_exception_needs_no_proof() -> None:
    exemption = build(sender="a.example", action=Action.REJECT)
    assert exemption.applies_to_mail(envelope("ann@a.example"), UNPROVEN)


def test_an_exception_for_a_recipient_alone_claims_no_sender() -> None:
    exemption = build(recipient="abuse@b.example")
    assert exemption.applies_to_mail(envelope("ann@a.example"), UNPROVEN)
    assert exemption.is_recipient(Address.parse("abuse@b.example"))
    assert not exemption.is_recipient(Address.parse("bo@b.example"))
    assert not exemption.is_recipient(None)


@pytest.mark.parametrize("wrong", [{"sender": "a b"}, {"recipient": "@"}, {"networks": ("192.0.2.1/24",)}])
def test_a_mistake_is_told_with_its_place(wrong: dict[str, str]) -> None:
    settings = [ExceptionSettings(name="fine", action=Action.FLAG)]
    settings.append(ExceptionSettings(name="partner", action=Action.DELIVER, **wrong))  # type: ignore[arg-type] # cases
    with pytest.raises(BadSettings) as caught:
        build_exemptions(settings)
    assert caught.value.public.startswith("decide.exceptions[1] (partner): ")
