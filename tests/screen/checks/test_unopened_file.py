"""Beyond the corpus cases: how each way of not being opened is told."""

from dataclasses import replace

import pytest

from carried_files import build_case, examine_case, find_in
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Severity
from screen_cases import write_attachment

CHECK = "unopened_file"


@pytest.mark.parametrize(
    ("opening", "codes"),
    [
        (Opening.CRASHED, ["gave_up"]),
        (Opening.TOO_SLOW, ["gave_up"]),
        (Opening.LIMIT, ["limit"]),
        (Opening.BROKEN, ["broken"]),
        (Opening.LOCKED, []),
        (Opening.OPENED, []),
        (Opening.LEAF, []),
    ],
)
def test_each_way_is_told(opening: Opening, codes: list[str]) -> None:
    assert find_in(CHECK, OpenedFile("2", "a.pdf", FileKind.PDF, 90, opening)) == codes
    inner = OpenedFile("2:1", "a.pdf", FileKind.PDF, 90, opening)
    assert find_in(CHECK, OpenedFile("2", "a.zip", FileKind.ZIP, 90, Opening.OPENED, files=(inner,))) == codes


def test_what_made_its_opener_give_up_is_held() -> None:
    (finding,) = examine_case(CHECK, build_case(OpenedFile("2", "a.pdf", FileKind.PDF, 90, Opening.TOO_SLOW)))
    assert finding.severity is Severity.DANGER
    assert finding.says == "The file a.pdf took too long to be opened."


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("opening.died", "gave_up"),
        ("opening.given-up", "gave_up"),
        ("opening.exhausted", "gave_up"),
        ("opening.unseen", "unseen"),
        ("opening.too-large", "unseen"),
        ("opening.broken", "limit"),
    ],
)
def test_what_nobody_has_seen_is_held_whatever_limit_it_was(code: str, found: str) -> None:
    file = OpenedFile("2", "a.zip", FileKind.ZIP, 90, Opening.LIMIT, traits=(Trait(code),))
    (finding,) = examine_case(CHECK, build_case(file))
    assert finding.code == f"unopened_file.{found}"
    assert (finding.severity is Severity.DANGER) == (found != "limit")


def test_of_one_packed_file_only_the_file_is_told() -> None:
    inner = OpenedFile("2:1", "a.log", FileKind.TEXT, 9, Opening.LIMIT)
    packed = OpenedFile("2", "a.gz", FileKind.GZIP, 9, Opening.LIMIT, traits=(Trait("opening.unseen"),), files=(inner,))
    assert find_in(CHECK, packed) == ["limit", "limit"]
    assert find_in(CHECK, replace(packed, files=())) == ["unseen"]


@pytest.mark.parametrize(("kind", "codes"), [(FileKind.OTHER_ARCHIVE, ["unknown_archive"]), (FileKind.PNG, [])])
def test_an_archive_that_stays_shut_is_told(kind: FileKind, codes: list[str]) -> None:
    assert find_in(CHECK, OpenedFile("2", "a.bin", kind, 90)) == codes


@pytest.mark.parametrize("kind", [FileKind.VHD, FileKind.UDF, FileKind.DISK_IMAGE])
def test_a_disk_that_stays_shut_is_held_and_one_that_opens_is_not(kind: FileKind) -> None:
    assert find_in(CHECK, OpenedFile("2", "a.img", kind, 90, Opening.LIMIT)) == ["closed_disk"]
    assert find_in(CHECK, OpenedFile("2", "a.img", kind, 90)) == ["closed_disk"]
    inner = OpenedFile("2:1", "a.txt", FileKind.TEXT, 9)
    assert find_in(CHECK, OpenedFile("2", "a.img", kind, 90, Opening.OPENED, files=(inner,))) == []


def test_more_files_than_are_opened_are_told_once() -> None:
    message = parse_message(write_attachment("a.txt", b"x"))
    other = Contents((OpenedFile("9", "b.txt", FileKind.TEXT, 1),))
    (finding,) = examine_case(CHECK, replace(build_case(), message=message, contents=other))
    assert (finding.code, finding.says) == ("unopened_file.unseen", "The mail carries more files than are opened.")


def test_where_nobody_opens_files_nothing_is_told() -> None:
    assert examine_case(CHECK, replace(build_case(), message=parse_message(write_attachment("a.txt", b"x")))) == []


def test_a_mail_within_the_mail_is_read_and_not_opened() -> None:
    message = parse_message(
        b"From: ann@woodwork.example\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n"
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nHello\r\n--cut--\r\n"
    )
    other = Contents((OpenedFile("9", "b.txt", FileKind.TEXT, 1),))
    assert examine_case(CHECK, replace(build_case(), message=message, contents=other)) == []
