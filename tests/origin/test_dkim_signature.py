"""Tag lists and signatures: any bytes give a value or BadSignature."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatepost.origin.dkim_signature import BadSignature, parse_signature, parse_tag_list

GOOD = b"v=1; a=rsa-sha256; d=example.com; s=k; h=From; bh=AA==; b=AA=="
TAGS = st.lists(st.tuples(st.sampled_from(["v", "a", "d", "s", "h", "bh", "b", "i", "l", "t", "x", "c"]), st.text()))


@given(
    st.binary() | TAGS.map(lambda tags: ";".join(f"{name}={value}" for name, value in tags).encode("utf-8", "replace"))
)
@example(b";" * 1000)
def test_any_bytes_are_a_signature_or_a_bad_one(value: bytes) -> None:
    with suppress(BadSignature):
        parse_signature(value)


@given(st.sampled_from(["i", "c", "l", "t", "x", "q"]), st.text())
def test_any_value_of_an_optional_tag_is_read_or_refused(name: str, value: str) -> None:
    with suppress(BadSignature):
        parse_signature(GOOD + f";{name}={value}".encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (b"; d=other.example", "stands twice"),
        (b"; i=@example.org", "not within d="),
        (b"; i=@notexample.com", "not within d="),
        (b"; l=-1", "not a number"),
        (b"; t=5; x=5", "expires before"),
        (b"; c=nofws", "canonicalisation"),
        (b"; q=http", "not in the DNS"),
        (b"; = x", "malformed"),
        (b"; z=" + b"x" * 70_000, "longer than"),
    ],
)
def test_a_signature_that_may_not_be_used_says_why(more: bytes, reason: str) -> None:
    with pytest.raises(BadSignature, match=reason):
        parse_signature(GOOD + more)


def test_an_identity_in_a_subdomain_is_within_the_domain() -> None:
    assert parse_signature(GOOD + b"; i=a@mail.example.com").identity_domain == "mail.example.com"


def test_a_domain_in_u_labels_is_the_one_in_a_labels() -> None:
    assert parse_signature(GOOD.replace(b"example.com", "bücher.example".encode())).domain == "xn--bcher-kva.example"


def test_a_tag_list_may_end_in_a_semicolon_but_not_hold_an_empty_tag() -> None:
    assert parse_tag_list(b" a=1 ;\r\n b = 2 ;") == {"a": "1", "b": "2"}
    with pytest.raises(BadSignature):
        parse_tag_list(b"a=1;;b=2")
