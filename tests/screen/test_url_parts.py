"""What a host and a path tell by themselves; the rest is tested with the check that asks (`url_shape`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.url_parts import HOST_NUMBERS, PATH_NUMBERS, read_host, read_path
from screen_cases import build_tables

TABLES = build_tables().tables


def test_a_host_is_measured() -> None:
    host = read_host("login-1.mail.schwertz.co.uk", TABLES)
    assert dict(zip(HOST_NUMBERS, host.numbers, strict=True)) == {
        "host_chars": 27,
        "labels": 2,
        "hyphens": 1,
        "digits": 1,
        "consonants": 4,
    }
    assert host.words.bit_count() == 1
    assert not host.is_number


def test_an_ip_address_has_no_digits_of_its_own() -> None:
    host = read_host("203.0.113.66", TABLES)
    assert host.is_number
    assert dict(zip(HOST_NUMBERS, host.numbers, strict=True))["digits"] == 0


def test_a_host_knows_its_owners() -> None:
    assert read_host("www.paypal.com", TABLES).owners == {"PayPal"}


def test_a_path_is_measured() -> None:
    path = read_path("/Webmailbox/x7Kq29Lm/٣4", TABLES)
    assert dict(zip(PATH_NUMBERS, path.numbers, strict=True)) == {
        "path_chars": 23,
        "depth": 4,
        "segment_chars": 10,
        "codes": 1,
        "share_of_digits": pytest.approx(5 / 23),
    }
    assert path.words.bit_count() == len(("webmail", "mailbox"))
    assert path.words & read_path("/webmail", TABLES).words


@pytest.mark.parametrize(
    ("path", "holds"),
    [
        ("", ["is_root"]),
        ("/", ["is_root"]),
        ("/x7Kq29", ["is_only_code"]),
        ("/x7Kq29/", ["is_only_code"]),
        ("/x7Kq2", []),
        ("/oakwood", []),
        ("/1234567", []),
        ("/in.PHP", ["is_script"]),
        ("/a%2Fb", ["hides_dots"]),
        ("/setup.exe", ["is_program"]),
        ("/bill.pdf.html", ["is_program"]),
        ("/bill.pdf", []),
        ("/exe", []),
        ("/wp-content/x", ["is_inside_site"]),
        ("/wp-content/x.png", []),
        ("/img/a/in.aspx", ["is_inside_site"]),
        ("/images/in.htm", ["is_inside_site"]),
        ("/image.html", []),
        ("/t=bm9yYUBtaWxsLmV4YW1wbGU", ["carries_address"]),
        ("/2025/a/b", []),
    ],
)
def test_a_path_is_told_apart(path: str, holds: list[str]) -> None:
    read = read_path(path, TABLES)
    told = [name for name, value in read._asdict().items() if value is True]
    assert [name for name in told if name != "is_odd"] == holds
    assert read.is_odd is bool({"is_only_code", "hides_dots", "is_program", "is_inside_site"} & {*holds})


def test_a_brand_in_a_path_is_odd() -> None:
    assert read_path("/netflix", TABLES).is_odd


def test_brands_are_named_but_for_those_of_share_buttons() -> None:
    assert read_path("/netflix-login/facebook/paypal.html", TABLES).brands == ("Netflix", "PayPal")


@given(st.text(max_size=60))
def test_anything_can_be_measured(text: str) -> None:
    assert len(read_host(text, TABLES).numbers) == len(HOST_NUMBERS)
    assert len(read_path(text, TABLES).numbers) == len(PATH_NUMBERS)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["/.a", "/wp-admin/", "/css/", "/a"])
def test_a_path_of_one_unit_takes_no_time(unit: str) -> None:
    assert not read_path(unit * 30_000 + ".phpx", build_tables().tables).is_inside_site
