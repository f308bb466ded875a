from gatepost.message.dsn import MAX_REPORTED_RECIPIENTS, find_message_id, read_report
from gatepost.message.parse import parse_message
from gatepost.message.pieces import RecipientReport

STATUS = b"""Reporting-MTA: dns; mx.example
Arrival-Date: today

Original-Recipient: rfc822;jo@example
Final-Recipient: RFC822; joe@b.example
Action: Failed (bad)
Status: 5.1.1 (unknown)
Diagnostic-Code: smtp; 550 5.1.1
 no such user

Final-Recipient: rfc822; ann@b.example
Action: delayed
Status: 4.4.1
"""


def test_a_delivery_status_names_its_recipients() -> None:
    report = read_report("delivery-status", STATUS, "id@x")
    assert (report.reporting_mta, report.returned_message_id) == ("mx.example", "id@x")
    assert report.recipients == (
        RecipientReport("joe@b.example", "jo@example", "failed", "5.1.1", "550 5.1.1 no such user"),
        RecipientReport("ann@b.example", "", "delayed", "4.4.1", ""),
    )


def test_recipients_without_blank_lines_between_are_told_apart() -> None:
    report = read_report("delivery-status", STATUS.replace(b"\n\n", b"\n"), "")
    assert [each.final_recipient for each in report.recipients] == ["joe@b.example", "ann@b.example"]
    assert report.reporting_mta == "mx.example"


def test_many_blank_lines_and_crlf_change_nothing() -> None:
    spread = STATUS.replace(b"\n\n", b"\n\n \n\n").replace(b"\n", b"\r\n")
    assert read_report("x", spread, "").recipients == read_report("x", STATUS, "").recipients


def test_a_disposition_notification_names_the_message_that_was_read() -> None:
    status = (
        b"Reporting-UA: pc; Reader 1\nFinal-Recipient: rfc822;a@b\nOriginal-Message-ID: <m@x>\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\n"
    )
    report = read_report("disposition-notification", status, "")
    assert (report.returned_message_id, report.recipients[0].final_recipient) == ("m@x", "a@b")


def test_a_report_with_too_many_recipients_is_cut() -> None:
    report = read_report("delivery-status", b"Final-Recipient: rfc822; a@b\n\n" * (MAX_REPORTED_RECIPIENTS + 5), "")
    assert len(report.recipients) == MAX_REPORTED_RECIPIENTS


def test_an_empty_report_says_nothing() -> None:
    report = read_report("delivery-status", b"", "")
    assert (report.recipients, report.reporting_mta) == ((), "")


def test_message_ids_stand_in_angle_brackets() -> None:
    assert [find_message_id(text) for text in ("<a@b>", "x <a@b> y", " a@b ", "<a@b", "")] == [
        "a@b",
        "a@b",
        "a@b",
        "<a@b",
        "",
    ]


def build_report(returned: bytes) -> bytes:
    head = b"Content-Type: multipart/report; report-type=Delivery-Status; boundary=b\n\n--b\n\nSorry.\n--b\n"
    return head + b"Content-Type: message/delivery-status\n\n" + STATUS + b"\n--b\n" + returned + b"\n--b--\n"


def test_the_returned_message_names_what_the_report_is_about() -> None:
    whole = parse_message(build_report(b"Content-Type: message/rfc822\n\nMessage-ID: <lost@x>\n\nhello"))
    headers = parse_message(build_report(b"Content-Type: text/rfc822-headers\n\nMessage-ID: <lost@x>\n"))
    neither = parse_message(build_report(b"Content-Type: text/plain\n\nMessage-ID: <lost@x>\n"))
    for message, expected in ((whole, "lost@x"), (headers, "lost@x"), (neither, "")):
        assert message.report is not None
        assert (message.report.report_type, message.report.returned_message_id) == ("delivery-status", expected)
        assert "no such user" in message.text


def test_what_is_no_report_has_none() -> None:
    assert parse_message(b"Subject: x\n\n").report is None
    assert parse_message(b"Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--").report is None
