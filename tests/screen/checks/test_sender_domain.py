"""Beyond the corpus cases: whose domain is spoken of."""

import pytest

from gatepost.model.proof import AuthorDomain, Proof
from screen_cases import find, find_codes, write_mail

CHECK = "sender_domain"
ABSENT = Proof(author_domain=AuthorDomain.ABSENT)


@pytest.mark.parametrize(
    ("standing", "codes"),
    [
        (AuthorDomain.ABSENT, ["absent"]),
        (AuthorDomain.NULL_MX, ["null_mx"]),
        (AuthorDomain.NO_HOST, ["no_host"]),
        (AuthorDomain.TAKES_MAIL, []),
        (AuthorDomain.UNKNOWN, []),
    ],
)
def test_each_answer_of_the_dns_is_told(standing: AuthorDomain, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(), proof=Proof(author_domain=standing)) == codes


def test_the_reader_is_told_the_domain() -> None:
    (finding,) = find(CHECK, write_mail(sender="Shop <news@Shop.Example>"), proof=ABSENT)
    assert finding.says == "The sender's domain shop.example does not exist, so no answer would arrive."
    assert finding.evidence[0].text == "news@Shop.Example"


def test_a_sender_without_a_domain_is_passed_over() -> None:
    assert find_codes(CHECK, write_mail(sender="nobody"), proof=ABSENT) == []
