"""Beyond the corpus cases: every kind of line end, and places in the raw bytes."""

import pytest

from screen_cases import find, find_codes, write_mail

CHECK = "smuggling_leftovers"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("dots", [".", ".."])
def test_commands_behind_a_dot_line_are_found(end: str, dots: str) -> None:
    body = end.join(["hi", dots, "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", ""])
    assert find_codes(CHECK, write_mail(body)) == ["dialog"]


def test_the_evidence_is_the_dialog() -> None:
    mail = write_mail("hi\n.\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\n")
    span = find(CHECK, mail)[0].evidence[0].span
    assert span
    assert mail[span.start : span.end] == b"\n.\nMAIL FROM:<a@b.example>\nRCPT TO:"


@pytest.mark.parametrize(
    "body", [".\nMAIL FROM:<a@b.example>\n", ".\ntext\nMAIL FROM:<a@b>\nRCPT TO:<c@d>", "MAIL FROM:"]
)
def test_half_a_dialog_is_no_attempt(body: str) -> None:
    assert find_codes(CHECK, write_mail("hi\n" + body)) == []
