"""Whether an answer to the visible sender could arrive."""

from collections.abc import Sequence
from typing import Any

import pytest

from doubles import TIMEOUT, FakeResolver
from gatepost.model.proof import AuthorDomain
from gatepost.origin.author_domain import evaluate_author_domain

NAME = "example.org"
OTHER_RECORD = {(NAME, "TXT"): [b"the name exists"]}
IPV4, IPV6 = ["192.0.2.1"], ["2001:db8::1"]


def dns(**records: Sequence[Any]) -> FakeResolver:
    return FakeResolver(OTHER_RECORD | {(NAME, kind.upper()): found for kind, found in records.items()})


@pytest.mark.parametrize(
    ("resolver", "expected"),
    [
        (dns(mx=[(10, "mx.example.org")]), AuthorDomain.TAKES_MAIL),
        (dns(a=IPV4), AuthorDomain.TAKES_MAIL),
        (dns(aaaa=IPV6), AuthorDomain.TAKES_MAIL),
        (dns(mx=[(0, "")]), AuthorDomain.NULL_MX),
        (dns(mx=[(0, "")], a=IPV4), AuthorDomain.NULL_MX),  # RFC 7505 §3: the address does not count
        (dns(mx=[(0, ""), (10, "mx.example.org")]), AuthorDomain.TAKES_MAIL),  # a mistake: it does take mail
        (dns(), AuthorDomain.NO_HOST),
        (FakeResolver(), AuthorDomain.ABSENT),
        (FakeResolver({("below.example.org", "A"): IPV4}), AuthorDomain.NO_HOST),  # a name between names exists
        (FakeResolver(fails=True), AuthorDomain.UNKNOWN),
        (dns(a=TIMEOUT, aaaa=IPV6), AuthorDomain.UNKNOWN),
        (dns(aaaa=TIMEOUT), AuthorDomain.UNKNOWN),
        (dns(mx=TIMEOUT, a=IPV4), AuthorDomain.UNKNOWN),  # it may have a null MX
    ],
)
async def test_a_domain_takes_mail_when_an_exchanger_or_an_address_is_published(
    resolver: FakeResolver, expected: AuthorDomain
) -> None:
    assert await evaluate_author_domain(NAME, resolver) is expected


async def test_addresses_are_not_asked_for_where_an_exchanger_answers_already() -> None:
    resolver = dns(mx=[(10, "mx.example.org")], a=IPV4)
    await evaluate_author_domain(NAME, resolver)
    assert resolver.asked == [(NAME, "MX")]


@pytest.mark.parametrize("domain", ["", "[192.0.2.1]", "[ipv6:2001:db8::1]"])
async def test_what_is_no_name_is_not_asked_for(domain: str) -> None:
    resolver = FakeResolver()
    assert await evaluate_author_domain(domain, resolver) is AuthorDomain.UNKNOWN
    assert resolver.asked == []
