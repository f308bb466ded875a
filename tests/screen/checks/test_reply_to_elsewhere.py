"""Beyond the corpus cases: who answers go to."""

import pytest

from screen_cases import find, find_codes, write_mail

CHECK = "reply_to_elsewhere"


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        ("ann@woodwork.example", []),
        ("Ann <ANN@woodwork.example>", []),
        ("service@mail.woodwork.example", []),
        ("ann@tea-house.com", ["other"]),
        ("ann.woodwork@gmail.com", ["free_mail"]),
        ("nobody", []),
        ("", []),
    ],
)
def test_answers_are_held_against_the_sender(answer: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(head=f"Reply-To: {answer}\r\n")) == codes


def test_the_reader_is_told_both_addresses() -> None:
    (finding,) = find(CHECK, write_mail(head="Reply-To: x@gmail.com\r\n"))
    assert finding.says == "The mail comes from ann@woodwork.example, but an answer would go to x@gmail.com."
    assert finding.evidence[0].text == "x@gmail.com"
