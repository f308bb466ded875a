import pytest

from doubles import TIMEOUT, FakeResolver
from gatepost.model.errors import TryLater
from gatepost.origin.dmarc_discovery import MAX_WALK_QUERIES, DmarcDirectory
from gatepost.origin.dmarc_record import BadRecord, DmarcMethod


def publish(**records: bytes) -> FakeResolver:
    """Give a DNS with DMARC records; underscores in the names stand for dots."""
    return FakeResolver({(f"_dmarc.{name.replace('_', '.')}", "TXT"): [text] for name, text in records.items()})


def suffix(resolver: FakeResolver) -> DmarcDirectory:
    return DmarcDirectory(resolver, DmarcMethod.PUBLIC_SUFFIX)


def walk(resolver: FakeResolver) -> DmarcDirectory:
    return DmarcDirectory(resolver, DmarcMethod.TREE_WALK)


async def test_the_organisation_speaks_where_the_name_is_silent() -> None:
    resolver = publish(example_com=b"v=DMARC1; p=reject")
    assert (await suffix(resolver).discover("a.b.example.com")).domain == "example.com"
    assert resolver.asked == [("_dmarc.a.b.example.com", "TXT"), ("_dmarc.example.com", "TXT")]


async def test_several_records_end_the_search() -> None:
    resolver = publish(example_com=b"v=DMARC1; p=reject")
    resolver.records["_dmarc.a.example.com", "TXT"] = [b"v=DMARC1; p=none", b"v=DMARC1; p=none", b"other"]
    found = await suffix(resolver).discover("a.example.com")
    assert found.record is None
    assert "2 DMARC records" in found.reason
    assert (await walk(resolver).discover("a.example.com")).domain == "example.com"


async def test_a_record_without_policy_is_an_error_of_its_place_or_ends_the_walk() -> None:
    resolver = publish(a_example_com=b"v=DMARC1; p=bad", example_com=b"v=DMARC1; p=reject")
    with pytest.raises(BadRecord, match=r"^a\.example\.com: "):
        await suffix(resolver).discover("a.example.com")
    found = await walk(resolver).discover("a.example.com")
    assert (found.record, found.domain) == (None, "a.example.com")


async def test_a_malformed_record_is_an_error_of_its_place_or_passed_over_by_the_walk() -> None:
    resolver = publish(a_example_com=b"v=DMARC1; p=none; p=none", example_com=b"v=DMARC1; p=reject")
    with pytest.raises(BadRecord, match=r"^a\.example\.com: "):
        await suffix(resolver).discover("a.example.com")
    assert (await walk(resolver).discover("a.example.com")).domain == "example.com"


async def test_a_record_that_only_says_psd_still_chooses_the_organisation() -> None:
    resolver = publish(b_example_com=b"v=DMARC1; psd=n", example_com=b"v=DMARC1; p=reject")
    assert await walk(resolver).find_organisation("a.b.example.com") == "b.example.com"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("a.mail.example.com", ["a.mail.example.com", "mail.example.com", "example.com", "com"]),
        (
            "a.b.c.d.e.example.com",  # seven labels
            ["a.b.c.d.e", "b.c.d.e", "c.d.e", "d.e", "e", "", "com"],
        ),
        ("a.b.c.d.e.f.example.com", ["a.b.c.d.e.f", "b.c.d.e.f", "c.d.e.f", "d.e.f", "e.f", "f", "", "com"]),
        ("a.b.c.d.e.f.g.example.com", ["a.b.c.d.e.f.g", "c.d.e.f.g", "d.e.f.g", "e.f.g", "f.g", "g", "", "com"]),
    ],
)
async def test_the_walk_goes_as_rfc_9989_says(name: str, asked: list[str]) -> None:
    resolver = publish()
    await walk(resolver).discover(name)
    whole = [label if label.endswith("com") else f"{label}.example.com".removeprefix(".") for label in asked]
    assert resolver.asked == [(f"_dmarc.{place}", "TXT") for place in whole]


async def test_psd_y_at_the_name_itself_leaves_it_its_own_organisation() -> None:
    resolver = publish(gov_example=b"v=DMARC1; p=reject; psd=y", example=b"v=DMARC1; p=none")
    assert await walk(resolver).find_organisation("gov.example") == "gov.example"
    assert resolver.asked == [("_dmarc.gov.example", "TXT")]


async def test_a_listed_suffix_without_psd_lends_its_policy_but_joins_nobody() -> None:
    resolver = publish(blogspot_com=b"v=DMARC1; p=none; sp=reject")
    assert await walk(resolver).find_organisation("a.victim.blogspot.com") == "victim.blogspot.com"
    assert (await walk(resolver).discover("a.victim.blogspot.com")).domain == "blogspot.com"
    resolver = publish(blogspot_com=b"v=DMARC1; p=none; psd=n")
    assert await walk(resolver).find_organisation("a.victim.blogspot.com") == "blogspot.com"


@pytest.mark.parametrize("name", ["a.example.com", ".".join("abcdefghijklmnopqrstuvwxyz") + ".example.com"])
async def test_a_walk_asks_a_bounded_number_of_names_once(name: str) -> None:
    resolver = publish()
    directory = walk(resolver)
    assert (await directory.discover(name)).record is None
    assert await directory.find_organisation(name) == name
    assert len(resolver.asked) == min(name.count(".") + 1, MAX_WALK_QUERIES)


async def test_psd_marks_choose_the_organisation() -> None:
    resolver = publish(
        bank_example=b"v=DMARC1; p=reject; psd=y",
        own_shop_example=b"v=DMARC1; p=reject; psd=n",
        shop_example=b"v=DMARC1; p=none",
    )
    assert await walk(resolver).find_organisation("mail.giant.bank.example") == "giant.bank.example"
    assert await walk(resolver).find_organisation("bank.example") == "bank.example"
    assert await walk(resolver).find_organisation("a.own.shop.example") == "own.shop.example"
    assert await walk(resolver).find_organisation("a.other.shop.example") == "shop.example"
    assert (await walk(resolver).discover("mail.giant.bank.example")).domain == "bank.example"


async def test_a_top_level_domain_that_forgot_psd_makes_no_strangers_one() -> None:
    resolver = publish(test=b"v=DMARC1; p=reject")
    assert await walk(resolver).find_organisation("a.victim.test") == "victim.test"
    assert (await walk(resolver).discover("a.victim.test")).domain == "test"


@pytest.mark.parametrize("method", list(DmarcMethod))
async def test_a_silent_dns_is_told(method: DmarcMethod) -> None:
    resolver = FakeResolver({("_dmarc.example.com", "TXT"): TIMEOUT})
    with pytest.raises(TryLater):
        await DmarcDirectory(resolver, method).discover("a.example.com")
