"""What is screened of a mail that can be read in several ways."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ambiguous_mails import HEAD, MIXED, TEXT, Payload, put
from gatepost.flow.open import find_files
from gatepost.flow.readings import screen_readings
from gatepost.message.attachments.opening import open_files
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Feature, Finding, Severity
from gatepost.model.ports import OpenOrder
from gatepost.model.proof import UNPROVEN
from gatepost.model.verdict import Screening
from gatepost.screen.case import Case, Kit
from gatepost.screen.run import screen
from screen_cases import build_tables

HIDING = b"--foo--\r\n--foo\r\n"
LURE = (
    b'Content-Type: text/html\r\n\r\n<p>Your account is locked. <a href="http://192.0.2.7/login">Confirm your password'
    b" at www.bank.example</a></p>\r\n"
)
PLAIN = put(b"Content-Type: text/plain\r\n\r\nThat is all.\r\n")


def build_case(raw: bytes) -> Case:
    return Case(parse_message(raw), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())


def look(raw: bytes, kit: Kit | None = None) -> tuple[Screening, Screening]:
    """Give what is seen in the default reading, and in all."""
    case = build_case(raw)
    return screen(case, kit or build_tables()), screen_readings(case, kit or build_tables())


def find_codes(screening: Screening) -> set[str]:
    return {finding.code for finding in screening.findings}


def test_a_mail_with_one_reading_is_screened_as_ever() -> None:
    first, united = look(PLAIN)
    assert united == first


def test_what_a_hidden_text_says_is_screened_too() -> None:
    first, united = look(put(b"", before=b"", end=HIDING + LURE))
    assert "url_tricks.ip_host" not in find_codes(first)
    assert find_codes(united) >= find_codes(first) | {"url_tricks.ip_host", "ambiguous_mime.hidden_link"}


def test_the_highest_score_counts_and_its_account_adds_up_to_it() -> None:
    first, united = look(put(b"", before=b"", end=HIDING + LURE))
    assert united.score > first.score
    assert (united.bias, united.contributions) != (first.bias, first.contributions)


def test_a_worse_default_reading_keeps_its_score() -> None:
    raw = put(LURE, end=HIDING + b"Content-Type: text/plain\r\n\r\nAn innocent line.\r\n")
    first, united = look(raw)
    assert (united.score, united.contributions, united.says) == (first.score, first.contributions, first.says)


def test_what_both_readings_show_is_told_once() -> None:
    _, united = look(put(LURE, end=HIDING + LURE.replace(b"locked", b"closed")))
    told = [(finding.code, finding.says) for finding in united.findings]
    assert len(told) == len(set(told))
    assert [finding.severity for finding in united.findings] == sorted(
        (finding.severity for finding in united.findings), reverse=True
    )


def test_no_more_is_told_of_one_code_than_of_one_reading() -> None:
    links = b"".join(b'<a href="http://192.0.2.%d/">www.bank%d.example</a> ' % (place, place) for place in range(9))
    page = b"Content-Type: text/html\r\n\r\n" + links + b"\r\n"
    _, united = look(put(page, end=HIDING + page.replace(b"192.0.2", b"198.51.100").replace(b"bank", b"other")))
    assert [finding.code for finding in united.findings].count("url_tricks.ip_host") == 5


def test_parts_of_another_reading_are_listed_and_marked() -> None:
    hidden = Payload("a.bin", "application/octet-stream", b"Two boards of oak, as wide as ever, please.").part
    _, united = look(put(b"", before=b"", end=HIDING + hidden))
    assert [(part.path, part.filename) for part in united.parts] == [("1", ""), ("1.1", ""), ("~1", "a.bin")]


def test_each_reading_is_screened_with_its_own_files() -> None:
    hidden = Payload("a.com", "application/octet-stream", b"Two boards of oak, as wide as ever, please.").part
    raw = put(hidden.replace(b"a.com", b"b.txt"), end=HIDING + hidden)
    case = build_case(raw)
    case = replace(case, contents=open_files(OpenOrder(find_files(case.message))))
    seen = []

    def note(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
        del kit
        seen.append([file.path for file in case.contents.files])
        return iter(())

    kit = build_tables()
    united = screen_readings(case, replace(kit, checks=(replace(kit.checks[0], name="note", examine=note),)))
    assert seen == [["1.2"], ["~1"]]
    assert [file.path for file in united.contents.files] == ["1.2", "~1"]


def test_a_check_that_breaks_on_another_reading_leaves_the_mail_not_judged() -> None:
    def break_on_hidden(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
        del kit
        if any(part.filename == "a.bin" for part in case.message.attachments):
            raise ValueError
        return iter(())

    hidden = Payload("a.bin", "application/octet-stream", b"Two boards of oak, as wide as ever, please.").part
    kit = build_tables()
    broken = replace(kit, checks=(*kit.checks, replace(kit.checks[0], name="broken", examine=break_on_hidden)))
    first, united = look(put(b"", before=b"", end=HIDING + hidden), broken)
    assert (first.was_judged, united.was_judged) == (True, False)


@pytest.mark.parametrize(
    "ending", [b"", b"--foo--\r\n_____\r\nTo leave the list: https://lists.woodwork.example/leave\r\n"]
)
def test_an_honest_mail_is_judged_alike_with_a_footer_behind_its_end(ending: bytes) -> None:
    raw = HEAD + MIXED + b"\r\n--foo\r\n" + TEXT + (ending or b"--foo--\r\n")
    first, united = look(raw)
    assert united.score == first.score
    assert max((finding.severity for finding in united.findings), default=Severity.NOTE) < Severity.SUSPECT


def test_a_program_in_a_mail_that_is_encoded_where_it_must_not_be_is_found() -> None:
    program = Payload("a.exe", "application/octet-stream", b"MZ and more").part
    body = b"--bar\r\n" + program + b"--bar--\r\n"
    head = b"Content-Type: multipart/mixed; boundary=bar\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    first, united = look(put(head + base64.encodebytes(body)))
    assert "executable_attachment.program" not in find_codes(first)
    assert "executable_attachment.program" in find_codes(united)
