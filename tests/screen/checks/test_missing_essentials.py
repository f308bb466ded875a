"""Beyond the corpus cases: what counts as missing."""

import pytest

from screen_cases import find, find_codes, write_mail

CHECK = "missing_essentials"


@pytest.mark.parametrize(
    ("sender", "codes"),
    [
        ("ann@woodwork.example", []),
        ("ann@[192.0.2.1]", []),
        ("ann@bücher.example", []),
        ("ann@woodwork.example.", []),
        ("ann@localhost", ["from_unreachable"]),
        ("ann@", ["from_unreadable"]),
        ("ann", ["from_unreadable"]),
        ("Doe, Jane <jane@woodwork.example>", []),
        ('"Offer," <o@offer.example>', []),
        ("Offer, <o@offer.example>", ["from_broken"]),
        ("Offer ,_<o@offer.example>", ["from_broken"]),
    ],
)
def test_a_sender_must_be_one_that_can_be_answered(sender: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_mail(sender=sender)) == codes


def test_several_senders_are_told_with_their_places() -> None:
    (finding,) = find(CHECK, write_mail(head="From: bo@woodwork.example\r\n"))
    assert finding.code == "missing_essentials.several_from"
    assert [evidence.text for evidence in finding.evidence] == ["Ann <ann@woodwork.example>", "bo@woodwork.example"]


def test_a_date_that_cannot_be_read_is_no_date() -> None:
    mail = write_mail().replace(b"Tue, 14 Oct 2025 08:00:00 +0200", b"yesterday at tea time")
    assert find_codes(CHECK, mail) == ["date"]


def test_an_empty_mail_has_nothing() -> None:
    assert find_codes(CHECK, b"") == ["from", "date", "message_id", "bare"]


def test_a_delivery_report_may_come_from_nobody() -> None:
    report = (
        b"From: <>\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nMessage-ID: <1@b>\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\r\nSorry.\r\n--x\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; b.example\r\n\r\n--x--\r\n"
    )
    assert find_codes(CHECK, report) == []
