"""Beyond the corpus cases: where invitations stand, and what of them is read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.checks.calendar_invite import MAX_CALENDARS, MAX_COUNTED
from screen_cases import find_codes, measure, write_attachment, write_mail

CHECK = "calendar_invite"
ENTRY = b"BEGIN:VEVENT\r\nORGANIZER:mailto:x@mill-lane.example\r\nURL:https://river.example/\r\nEND:VEVENT\r\n"


def write_calendar(entry: str) -> bytes:
    return (
        write_mail(head="Content-Type: text/calendar; charset=utf-8\r\n").replace(b"text/plain", b"text/x")
        + entry.encode()
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invite.ics", "application/octet-stream"),
        ("a", "text/calendar"),
        ("a", "application/ics"),
        ("A.ICS", "text/plain"),
    ],
)
def test_an_invitation_is_known_by_type_or_name(name: str, kind: str) -> None:
    assert find_codes(CHECK, write_attachment(name, ENTRY, kind)) == ["organizer", "link"]


def test_other_files_are_no_invitations() -> None:
    assert find_codes(CHECK, write_attachment("a.txt", ENTRY)) == []


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("ORGANIZER:mailto:b@woodwork.example", []),
        ('organizer;CN="B";SENT-BY=x:MAILTO:b@mill-lane.example', ["organizer"]),
        ("ORGANIZER:urn:uuid:1", []),
        ("ATTENDEE:mailto:b@mill-lane.example", []),
        ("SUMMARY:see https://river.example/", ["link"]),
        ("X-OTHER:https://river.example/", []),
        ("DESCRIPTION:https://www.woodwork.example/", []),
    ],
)
def test_each_line_says_what_it_says(line: str, codes: list[str]) -> None:
    assert find_codes(CHECK, write_calendar(line)) == codes


def test_strange_links_are_counted_up_to_a_limit() -> None:
    links = " ".join(f"https://a{n}.river-{n}.com/" for n in range(50))
    assert measure(CHECK, write_calendar(f"DESCRIPTION:{links}")) == {"calendar_invite.links": MAX_COUNTED}


def test_many_invitations_are_read_up_to_a_limit() -> None:
    part = "--b\r\nContent-Type: text/calendar\r\n\r\nURL:https://river.example/\r\n"
    raw = write_mail(part * 50, head="Content-Type: multipart/mixed; boundary=b\r\n")
    assert len(find_codes(CHECK, raw)) == MAX_CALENDARS


@pytest.mark.parametrize("entry", ["ORGANIZER" * 20_000, "\r\n " * 60_000, "URL:" * 50_000, "ORGANIZER\n" * 20_000])
def test_no_invitation_takes_long(entry: str) -> None:
    raw = write_calendar(entry)
    start = time.process_time()
    find_codes(CHECK, raw)
    assert time.process_time() - start < 1


@given(st.binary(max_size=1_000))
def test_any_bytes_are_read(entry: bytes) -> None:
    find_codes(CHECK, write_attachment("a.ics", b"ORGANIZER:mailto:" + entry))
