"""What is known of domains, brands and hosts."""

import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import Domain
from gatepost.screen.settings import BrandSettings
from gatepost.screen.tables import Tables, fold_name, load_tables
from paths import SOURCE

DATA = SOURCE / "screen" / "data"


@cache
def tables() -> Tables:
    return load_tables()


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.shop.co.uk", "shop.co.uk"),
        ("shop.co.uk", "shop.co.uk"),
        ("a.b.github.io", "b.github.io"),
        ("www.example", "www.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("com", "com"),
        ("", ""),
    ],
)
def test_the_domain_that_somebody_registered_is_found(host: str, domain: str) -> None:
    assert tables().find_registrable_domain(host) == domain


@pytest.mark.parametrize(
    ("host", "other", "same"),
    [
        ("www.amazon.de", "amzn.to", True),
        ("mail.qq.com", "weixin.com", True),
        ("login.live.com", "www.microsoft.com", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("a.co.uk", "b.co.uk", False),
        ("paypal.com", "paypal.com.evil.example", False),
        ("amazon.de", "amazon.top", False),
        ("ann.github.io", "bo.github.io", False),
    ],
)
def test_organisations_are_told_apart(host: str, other: str, *, same: bool) -> None:
    assert tables().is_same_organisation(host, other) is same
    assert tables().is_same_organisation(other, host) is same


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("PayPal", "PayPal"),
        ("ＰａｙＰａｌ service", "PayPal"),
        ("Your Pay Pal team", "PayPal"),
        ("招商银行信用卡中心", "China Merchants Bank"),
        ("AT&T online", "AT&T"),
        ("Chase", "Chase"),
        ("Chase Smith", None),
        ("UPS", "UPS"),
        ("！微信（", None),
        ("微信", "Tencent"),
        ("your one two three four five six seven eight nine ten a b c d e f g h i paypal", None),
        ("push-ups daily", None),
        ("paypalooza", None),
        ("", None),
    ],
)
def test_a_brand_is_known_by_its_names(name: str, brand: str | None) -> None:
    found = tables().find_brand(name)
    assert (found.name if found else None) == brand


@pytest.mark.parametrize(
    ("host", "brand"),
    [
        ("paypal.com.evil.example", "PayPal"),
        ("paypal-login.evil.example", "PayPal"),
        ("my-netflix.shop", "Netflix"),
        ("www.paypal.com", None),
        ("history.paypal.co.uk", None),
        ("paypaly.example", None),
        ("evil.example", None),
    ],
)
def test_a_borrowed_brand_is_seen_in_a_host(host: str, brand: str | None) -> None:
    found = tables().find_borrowed_brand(host)
    assert (found.name if found else None) == brand


def test_single_words_may_be_brands() -> None:
    found = tables().find_single_words(["oak", "paypal", "", "apple", "netflix"])
    assert [brand.name for brand in found] == ["PayPal", "Netflix"]


def test_the_operators_brands_are_known_like_the_others() -> None:
    own = load_tables([BrandSettings(name="Mill Street", words=("Mill Street",), domains=("mill-street.example",))])
    found = own.find_brand("mill street billing")
    assert found
    assert found.name == "Mill Street"
    assert own.find_owners("mill-street.example") == {"Mill Street"}


def test_a_list_holds_hosts_and_what_lies_below_them() -> None:
    listed = tables().redirectors
    assert tables().is_listed("click.sendgrid.net", listed)
    assert tables().is_listed("eur03.safelinks.protection.outlook.com", listed)
    assert not tables().is_listed("sendgrid.net.evil.example", listed)
    assert not tables().is_listed("", listed)


def test_a_file_name_has_no_public_suffix() -> None:
    assert tables().has_public_suffix("www.example.com")
    assert not tables().has_public_suffix("node.js")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_may_be_asked_about(text: str, other: str) -> None:
    tables().find_brand(text)
    tables().find_borrowed_brand(text)
    tables().has_public_suffix(text)
    tables().is_cheap(text)
    assert tables().is_same_organisation(text, text)
    assert tables().is_same_organisation(text, other) == tables().is_same_organisation(other, text)


@given(st.text("aＡ，：！？（）  \u0338\u0301ﬁ", max_size=20))
def test_folding_writes_every_mark_as_the_standard_does(text: str) -> None:
    assert fold_name(text) == " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def test_folding_a_hostile_name_takes_no_time() -> None:
    assert len(fold_name("a\u0316\u0301" * 1_000_000)) <= 400


@pytest.mark.parametrize("path", sorted(DATA.glob("*.toml")), ids=lambda path: path.stem)
def test_every_domain_of_the_tables_is_one_and_stands_once(path: Path) -> None:
    if path.stem not in ("hosts", "brands"):
        return
    table = tomllib.loads(path.read_text("utf-8"))
    lists = table.values() if path.stem == "hosts" else [brand["domains"] for brand in table["brand"]]
    for names in lists:
        assert len(set(names)) == len(names)
        assert [name for name in names if str(Domain.parse(name)) != name] == []
