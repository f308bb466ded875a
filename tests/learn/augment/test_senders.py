"""Honest senders lead to their own pages or through their mailer; false ones lead elsewhere."""

import random

from gatepost.learn.augment.senders import Company, make_company, make_false_sender, make_honest_sender
from gatepost.screen.tables import load_tables

COMPANY = Company("Oakline", "oakline.test")


def test_a_direct_link_of_an_honest_sender_is_its_own() -> None:
    for number in range(40):
        sender = make_honest_sender(COMPANY, "Ann", random.Random(number))
        if not sender.click:
            assert sender.make_link("a@b.test").partition("://")[2].partition("/")[0].endswith("oakline.test")


def test_a_false_sender_never_writes_from_or_leads_to_the_company() -> None:
    for number in range(200):
        sender = make_false_sender(COMPANY, "Ann", random.Random(number))
        assert not sender.address.endswith(("@oakline.test", ".oakline.test"))
        host = sender.make_link("a@b.test").partition("://")[2].partition("/")[0]
        assert host != "oakline.test"
        assert not host.endswith(".oakline.test")


def test_companies_are_known_ones_and_invented_ones() -> None:
    tables = load_tables()
    known = {domain for brand in tables.brands for domain in brand.domains}
    companies = [make_company("en", tables, random.Random(number)) for number in range(100)]
    shares = sum(company.domain in known for company in companies)
    assert 10 < shares < 70
