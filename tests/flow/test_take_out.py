"""What is taken out of a mail is what was looked at, it is there only once, and all else stays as it was."""

import base64
import time
from dataclasses import replace

import pytest

from cleaning_mails import BAD, OTHER, TWO_FILES, find, screen, write_mail, write_part
from gatepost.flow.take_out import (
    MAX_NAME_CHARS,
    MAX_REMOVED,
    CannotCleanError,
    Subject,
    find_cleaning,
    find_suspects,
    lies_in,
    take_out,
)
from gatepost.message.parse import parse_message
from gatepost.model.address import Domain
from gatepost.model.cleaning import Cleaning, RemovedPart
from gatepost.model.contents import Contents
from gatepost.model.finding import Severity
from gatepost.model.splice import Splice, apply_splices
from gatepost.model.verdict import Screening
from gatepost.store.entries import MailEntry, StoredMail
from store_builders import RECEIVED_AT, build_arrival, build_verdict

HOST = Domain.parse("mx.example.org")


def build_subject(raw: bytes, screening: Screening, *edits: Splice) -> Subject:
    return Subject(build_arrival(raw=raw), screening, edits, HOST)


def store(raw: bytes, screening: Screening, cleaning: Cleaning | None = None) -> StoredMail:
    arrival = build_arrival(raw=raw)
    verdict = replace(build_verdict(arrival), screening=screening)
    entry = MailEntry(arrival.mail_id, RECEIVED_AT, len(raw), arrival.envelope, verdict)
    return StoredMail(replace(entry, cleaning=cleaning) if cleaning else entry, raw)


def test_a_note_says_what_was_taken_out_and_the_rest_stays() -> None:
    cleaning = take_out(build_subject(TWO_FILES, screen(TWO_FILES, find("1.2:1"))), ["1.2"])
    (removed,) = cleaning.removed
    assert (removed.path, removed.name, removed.kind, removed.size_bytes) == ("1.2", "plan.docm", "zip", len(BAD))
    assert (removed.findings, removed.says) == (("office_macro.runs",), "The document runs a program.")
    text, note, honest = parse_message(apply_splices(TWO_FILES, cleaning.splices)).root.children
    assert text.text == "Hello, the minutes.\r\n"
    assert honest.content == OTHER
    for word in ("plan[.]docm", "a" * 32, "The document runs a program.", "该文档会运行程序。", "mx.example.org"):
        assert word in note.text


def test_a_file_is_named_by_what_was_found_in_it() -> None:
    screening = screen(TWO_FILES, find("1.2:1"), find("1.3", severity=Severity.ODD, code="pdf.odd"))
    cleaning = take_out(build_subject(TWO_FILES, screening), ["1.2", "1.3"])
    assert [part.findings for part in cleaning.removed] == [("office_macro.runs",), ("pdf.odd",)]


def test_only_the_parts_of_suspect_files_are_suspects() -> None:
    grave = find("1.2:1", "1.4", severity=Severity.SUSPECT)
    assert find_suspects(screen(TWO_FILES, grave, find("1.3", severity=Severity.ODD), find())) == {"1.2", "1.4"}
    assert lies_in("1.2:1.3", ["1.2"])
    assert lies_in("1.2.1.4", ["1.2"])
    assert not lies_in("1.22", ["1.2"])


def test_a_file_that_is_not_the_one_that_was_looked_at_cannot_be_taken_out() -> None:
    screening = screen(TWO_FILES, find("1.2"))
    (first, second) = screening.contents.files
    elsewhere = replace(screening, contents=Contents((replace(first, sha256="0" * 64), second)))
    for paths, other in ((["1.2"], elsewhere), (["1.9"], screening), (["1.2.1"], screening)):
        with pytest.raises(CannotCleanError, match="read in another way"):
            take_out(build_subject(TWO_FILES, other), paths)


def test_a_file_that_is_there_twice_is_taken_out_twice() -> None:
    raw = write_mail(("a.docm", BAD), ("b.pdf", OTHER), ("c.jpg", BAD))
    first, copy = take_out(build_subject(raw, screen(raw, find("1.2"))), ["1.2"]).removed
    assert (first.path, copy.path, copy.findings) == ("1.2", "1.4", ())
    assert copy.says == "It is the same as another file that was taken out."


def test_a_file_that_is_in_an_encoded_message_as_well_cannot_be_taken_out_alone() -> None:
    inner = base64.encodebytes(write_mail(("a.docm", BAD))).decode()
    head = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = write_mail(("a.docm", BAD)).replace(b"--b--", f"--b\r\n{head}{inner}\r\n--b--".encode())
    removed = take_out(build_subject(raw, screen(raw, find("1.2"))), ["1.2"]).removed
    assert [part.path for part in removed] == ["1.2", "1.3"]


def test_a_mail_of_thousands_of_bad_files_is_no_work_and_not_cleaned() -> None:
    raw = write_mail(*(("x" * 100, BAD) for _ in range(1900)))
    subject = build_subject(raw, screen(raw, *(find(f"1.{number}") for number in range(2, 300))))
    started_s = time.process_time()
    with pytest.raises(CannotCleanError, match="too many of such files"):
        take_out(subject, find_suspects(subject.screening))
    assert time.process_time() - started_s < 2  # usually 0.05


def test_as_many_notes_as_may_be_are_made_quickly_and_none_is_huge() -> None:
    raw = write_mail(*(("x" * 20_000, b"%d" % number) for number in range(MAX_REMOVED)))
    paths = [f"1.{number}" for number in range(2, MAX_REMOVED + 2)]
    subject = build_subject(raw, screen(raw, *map(find, paths)))
    started_s = time.process_time()
    cleaning = take_out(subject, paths)
    assert time.process_time() - started_s < 4  # usually 0.2
    assert len(cleaning.removed) == MAX_REMOVED
    assert max(len(splice.inserted) for splice in cleaning.splices) < 4_000
    assert max(len(part.name) for part in cleaning.removed) <= MAX_NAME_CHARS


@pytest.mark.parametrize("end", ["--b\r\n", "--c\r\n", "\r\n"])
def test_a_file_that_other_programs_find_once_more_cannot_be_taken_out(end: str) -> None:
    raw = write_mail(("plan.docm", BAD)) + f"{end}{write_part('copy.docm', BAD)}\r\n--b--\r\n".encode()
    with pytest.raises(CannotCleanError, match="more than once"):
        take_out(build_subject(raw, screen(raw, find("1.2"))), ["1.2"])


def test_a_mail_that_reads_otherwise_without_the_file_cannot_be_cleaned() -> None:
    raw = b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n--bX: y\r\n"
    with pytest.raises(CannotCleanError, match="read otherwise"):
        take_out(build_subject(raw, screen(raw, find("1"))), ["1"])


@pytest.mark.parametrize("field", [b"X-\xe4: y\r\n", b"no field at all\r\n", b"X: a\rb\r\n"])
def test_a_mail_that_is_the_file_and_whose_header_ends_early_for_some_cannot_be_cleaned(field: bytes) -> None:
    raw = b"From: a@example.org\r\n" + field + b"Content-Type: application/zip\r\n\r\nPK\r\n"
    with pytest.raises(CannotCleanError, match="would not show the note"):
        take_out(build_subject(raw, screen(raw, find("1"))), ["1"])
    sound = raw.replace(field, b"X: y\r\n")
    assert take_out(build_subject(sound, screen(sound, find("1"))), ["1"]).removed


def test_a_note_that_is_not_seen_behind_our_own_headers_is_none() -> None:
    raw = TWO_FILES.replace(b"\r\n", b"\r")
    with pytest.raises(CannotCleanError, match="would not show the note"):
        take_out(build_subject(raw, screen(raw, find("1.2")), Splice(0, 0, b"Received: x\r\n")), ["1.2"])


def test_a_mail_in_which_other_edits_meet_the_file_cannot_be_cleaned() -> None:
    within = Splice(TWO_FILES.index(b"plan.docm"), 4, b"")
    with pytest.raises(CannotCleanError, match="cannot be told"):
        take_out(build_subject(TWO_FILES, screen(TWO_FILES, find("1.2")), within), ["1.2"])


def test_a_file_of_an_encoded_message_takes_the_message_with_it() -> None:
    inner = base64.encodebytes(TWO_FILES).decode()
    head = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    raw = f"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n{head}{inner}\r\n--o--\r\n".encode()
    cleaning = take_out(build_subject(raw, screen(raw, find("1.1.1.2"))), ["1.1.1.2"])
    assert [(part.path, part.kind) for part in cleaning.removed] == [("1.1", "message/rfc822")]
    assert cleaning.removed[0].findings == ("office_macro.runs",)


def test_a_kept_mail_is_cleaned_as_its_verdict_says_else_of_all_that_is_suspect() -> None:
    recorded = Cleaning((), (RemovedPart("1.3", "x", "zip", 1, "", (), "", ""),))
    screening = screen(TWO_FILES, find("1.2"))
    assert find_cleaning(store(TWO_FILES, screening, recorded), HOST) is recorded
    made = find_cleaning(store(TWO_FILES, screening), HOST)
    assert [part.path for part in made.removed] == ["1.2"]
    assert made == find_cleaning(store(TWO_FILES, screening), HOST)
    with pytest.raises(CannotCleanError, match="nothing suspect"):
        find_cleaning(store(TWO_FILES, screen(TWO_FILES)), HOST)
