"""Beyond the corpus cases: names against addresses."""

import pytest

from screen_cases import find, find_codes, write_mail

CHECK = "display_name_spoof"


@pytest.mark.parametrize(
    ("sender", "codes"),
    [
        ("PayPal <x@paypal.com>", []),
        ("PayPal <x@mail.paypal.co.uk>", []),
        ("PayPal <x@paypal.top>", ["brand"]),
        ("PayPal <x@paypal.com.evil.example>", ["brand"]),
        ("tea-house.com <x@evil.example>", ["domain"]),
        ("news.example.com <x@example.com>", []),
        ("node.js weekly <x@evil.example>", []),
        ("a@b.com <a@b.com>", []),
        ("a@b.com <c@evil.example>", ["address"]),
        ("<a@b.com>", []),
        ("PayPal", []),
        ("PayPal, x@evil.example", ["brand"]),
    ],
)
def test_a_name_is_held_against_its_address(sender: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(sender=sender)) == codes


def test_our_own_domain_in_a_strangers_name_is_a_danger() -> None:
    mail = write_mail(sender='"support@mill-street.example" <x@evil.example>')
    assert find_codes(CHECK, mail, own=("mill-street.example",)) == ["own_domain"]
    assert find_codes(CHECK, write_mail(sender='"mill-street.example" <x@evil.example>'), own=("mill-street.example",))


def test_the_reader_is_told_the_brand_in_their_language() -> None:
    (finding,) = find(CHECK, write_mail(sender="支付宝 <x@evil.example>"))
    assert finding.says == "The sender's name says Alipay, but x@evil.example is not an address of Alipay."
    assert finding.says_zh == "发件人名称为“支付宝”，但 x@evil.example 并非其官方地址。"


def test_every_sender_is_looked_at() -> None:
    assert find_codes(CHECK, write_mail(sender="Ann <a@b.example>, PayPal <x@evil.example>")) == ["brand"]
