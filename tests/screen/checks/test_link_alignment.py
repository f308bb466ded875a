"""Beyond the corpus cases: what is measured, and that the unknown weighs nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.finding import Feature
from gatepost.model.proof import AuthResult, DkimProof, Proof
from screen_cases import examine, find, find_codes, measure, write_mail

CHECK = "link_alignment"
SENDER = "Ann <ann@mill-street-woodwork.co.uk>"
OWN, MAILER = "https://www.mill-street-woodwork.co.uk/", "https://click.sendgrid.net/"
STRANGE, COMMON = "https://prize-desk-today.net/", "https://www.facebook.com/oak"


def measure_links(*targets: str, sender: str = SENDER) -> dict[str, float]:
    body = "".join(f'<a href="{target}">x</a>' for target in targets)
    measured = measure(CHECK, write_mail(body, sender=sender, html=True))
    return {name.partition(".")[2]: value for name, value in measured.items()}


def test_shares_tell_whose_links_they_are() -> None:
    measured = measure_links(OWN, MAILER, STRANGE, COMMON)
    assert measured["orgs"] == 4
    assert [measured[f"{whose}_share"] for whose in ("sender", "mailer", "strange", "common")] == [0.25] * 4


def test_a_wrapped_link_counts_for_where_it_leads() -> None:
    measured = measure_links("https://x.list-manage.com/c?url=https%3A%2F%2Fprize-desk-today.net%2F")
    assert (measured["strange_share"], measured["astray"]) == (1, 1)


def test_the_address_named_most_often_is_measured() -> None:
    assert measure_links(STRANGE, STRANGE, STRANGE, OWN)["same_share"] == 0.75


@pytest.mark.parametrize("sender", ["ann@woodwork.example", "ann@localhost", "Ann", "ann@mail.example.com"])
def test_an_unknown_sender_weighs_nothing(sender: str) -> None:
    measured = measure_links(STRANGE, sender=sender)
    assert not {"known", "sender_share", "strange_share", "astray", "own_small_print"} & measured.keys()


def test_links_to_names_that_cannot_exist_weigh_nothing() -> None:
    assert measure_links("https://www.woodwork.example/", "https://host.local/") == {}


def test_pictures_are_compared_as_well() -> None:
    body = f'<a href="{OWN}">x</a><img src="{OWN}1.png"><img src="https://www.paypalobjects.com/2.png">'
    measured = measure(CHECK, write_mail(body, sender=SENDER, html=True))
    assert measured["link_alignment.image_sender_share"] == 0.5
    assert measured["link_alignment.image_brand_share"] == 0.5
    assert measured["link_alignment.image_link_share"] == 0.5


def test_what_is_proven_counts_only_where_it_was_asked() -> None:
    raw = write_mail(STRANGE, sender=SENDER)
    signed = Proof(dkim_details=(DkimProof(AuthResult.PASS, "mail.prize-desk-today.net", "s"),))
    failed = Proof(dkim_details=(DkimProof(AuthResult.FAIL, "mail.prize-desk-today.net", "s"),))
    assert Feature("link_alignment.proven_share", 1.0) in examine(CHECK, raw, proof=signed)
    for proof in (failed, Proof()):
        assert not [one for one in examine(CHECK, raw, proof=proof) if "proven" in getattr(one, "name", "")]


def test_a_store_of_pictures_is_not_the_brand_it_belongs_to() -> None:
    body = f'<img src="https://b.s3.amazonaws.com/1.png"><a href="{STRANGE}">x</a>'
    assert find_codes(CHECK, write_mail(body, sender=SENDER, html=True)) == []


def test_a_flood_of_links_takes_no_time() -> None:
    body = "".join(f'<a href="https://a{n}.net/">x</a><img src="https://b{n}.net/">' for n in range(20_000))
    find_codes(CHECK, write_mail(OWN, sender=SENDER))
    raw = write_mail(body, sender=SENDER, html=True)
    started = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes_may_be_a_mail(raw: bytes) -> None:
    find(CHECK, raw)
    find(CHECK, write_mail(f"{OWN} {STRANGE}", sender=SENDER) + raw)
