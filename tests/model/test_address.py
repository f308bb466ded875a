import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.address import MAX_DOMAIN_BYTES, MAX_LOCAL_PART_BYTES, Address, Domain
from gatepost.model.errors import BadAddress

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too
NAME_TEXT = st.from_regex(r"\A[a-zA-Z0-9._\-ü。\u0130]{1,300}\Z")
PUNYCODE = st.from_regex(r"\Axn--[a-z0-9-]{1,59}(?:\.xn--[a-z0-9-]{1,59})?\Z")
LITERAL_TEXT = st.from_regex(r"\A\[(?:[iIıİ][pP][vV]6:)?[0-9a-fA-F:.]{2,20}\]\Z") | st.ip_addresses().map(
    "[IPv6:{}]".format
)
DOMAIN_TEXT = ANY_TEXT | NAME_TEXT | LITERAL_TEXT | PUNYCODE
ADDRESS_TEXT = ANY_TEXT | st.builds(lambda local, domain: f"{local}@{domain}", ANY_TEXT, DOMAIN_TEXT)


@given(DOMAIN_TEXT)
def test_any_text_is_a_domain_or_a_bad_address(text: str) -> None:
    try:
        domain = Domain.parse(text)
    except BadAddress:
        return
    assert domain.name.isascii()
    assert domain.name == domain.name.lower()
    assert len(domain.name) <= MAX_DOMAIN_BYTES
    assert Domain.parse(str(domain)) == domain
    assert domain.unicode


@given(ADDRESS_TEXT)
def test_any_text_is_an_address_or_a_bad_address(text: str) -> None:
    try:
        address = Address.parse(text)
    except BadAddress:
        return
    assert Address.parse(str(address)) == address
    assert not set(str(address)) & set("\r\n\0")
    assert str(address).encode()  # no lone surrogate: it can be written to disk and to the wire
    assert len(address.local_part.encode()) <= MAX_LOCAL_PART_BYTES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Example.ORG.", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("_dmarc.example.org", "_dmarc.example.org"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("[IPv6:2001:DB8::1]", "[ipv6:2001:db8::1]"),
        ("[ipv6:2001:db8:0:0::0001]", "[ipv6:2001:db8::1]"),
        ("bücher。example。", "xn--bcher-kva.example"),
    ],
)
def test_spellings_of_one_domain_are_one(text: str, name: str) -> None:
    assert Domain.parse(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a..b",
        "a..",
        "-a.example",
        "a-.example",
        "a b.example",
        "a" * 64 + ".example",
        "a." * 128 + "b",
        "[1]",
        "[999.0.2.1]",
        "[192.0.2.1",
        "[2001:db8::1]",
        "[IPv6:192.0.2.1]",
        "[IPv6:::::::]",
        "[ıpv6:2001:db8::1]",
    ],
)
def test_what_no_host_may_be_called_is_no_domain(text: str) -> None:
    with pytest.raises(BadAddress):
        Domain.parse(text)


def test_a_domain_is_shown_as_people_write_it() -> None:
    assert Domain.parse("xn--bcher-kva.example").unicode == "bücher.example"
    assert Domain.parse("xn--a.example").unicode == "xn--a.example"  # not decodable: shown as it is


def test_literals_are_told_from_names() -> None:
    assert Domain.parse("[192.0.2.1]").is_literal
    assert not Domain.parse("example.org").is_literal


@pytest.mark.parametrize(
    "text", ["Joe.User@example.com", '"a b"@example.com', '"a\\"b"@example.com', "用户@例子.example"]
)
def test_the_local_part_stays_as_it_was_written(text: str) -> None:
    assert Address.parse(text).local_part == text.rpartition("@")[0]


@pytest.mark.parametrize(
    "text", ["joe", "@example.com", "a..b@example.com", ".a@example.com", "a b@example.com", 'a"b@example.com', "a@"]
)
def test_what_the_standard_forbids_is_no_address(text: str) -> None:
    with pytest.raises(BadAddress):
        Address.parse(text)


def test_a_local_part_has_64_bytes_at_most() -> None:
    assert Address.parse("a" * 64 + "@example.com").local_part == "a" * 64
    with pytest.raises(BadAddress, match="64 bytes"):
        Address.parse("é" * 33 + "@example.com")


def test_two_spellings_of_one_mailbox_share_a_key() -> None:
    assert Address.parse("Joe@EXAMPLE.com").key == Address.parse("joe@example.com.").key


def test_only_a_local_part_beyond_ascii_needs_smtputf8() -> None:
    assert Address.parse("用户@example.com").needs_smtputf8
    assert not Address.parse("user@bücher.example").needs_smtputf8
