"""Beyond the corpus cases: recipients of the envelope, and words that only look alike."""

import pytest

from screen_cases import find_codes, write_mail

CHECK = "recipient_in_subject"


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("Nora.Lindqvist@mill-street.example, hello", ["address"]),
        ("hello nora.lindqvist!", ["local_part"]),
        ("hello nora.lindqvistsson", []),
        ("hello nora lindqvist", []),
    ],
)
def test_the_recipient_is_found_as_a_whole(subject: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(head=f"Subject: {subject}\r\n")) == codes


def test_recipients_of_the_envelope_count_too() -> None:
    mail = write_mail(head="Subject: bo@b.example has mail\r\n")
    assert find_codes(CHECK, mail, recipients=("bo@b.example",)) == ["address"]
    assert find_codes(CHECK, mail) == []


def test_a_recipient_with_the_letters_of_a_pattern_is_only_text() -> None:
    mail = write_mail(head="Subject: a+b.c.d waits\r\n")
    assert find_codes(CHECK, mail, recipients=("a+b.c.d@b.example",)) == ["local_part"]
