"""A note takes the place of any part of any mail: no other byte changes, and the mail reads as before around it."""

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.clean import Note, find_replaceable, has_plain_header, reads_as_before, replace_parts
from gatepost.message.parse import parse_message
from gatepost.model.splice import apply_splices
from message.test_corpus import CORPUS, read_mails
from paths import PROJECT_ROOT, needs_shared

NOTE = Note("removed-1.txt", "A file was removed.\n已移除一个文件。\n")
PLAIN = "Content-Type: text/plain\r\n\r\nhello\r\n"
FILE = (
    'Content-Type: application/zip; name="x.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.b64encode(b"the file" * 20).decode()
)
MIXED = (
    "From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    f"preamble\r\n--b\r\n{PLAIN}\r\n--b\r\n{FILE}\r\n--b\r\n{PLAIN}\r\n--b--\r\nepilogue\r\n"
).encode()


def clean(raw: bytes, *paths: str) -> bytes:
    return apply_splices(raw, replace_parts(parse_message(raw), dict.fromkeys(paths, NOTE)))


def check_one(raw: bytes, path: str, *, is_sound: bool = True) -> None:
    before = parse_message(raw)
    part = find_replaceable(before, path)
    assert part is not None
    splices = replace_parts(before, {path: NOTE})
    assert all(part.whole.start <= each.offset for each in splices)
    assert all(each.offset + each.removed_bytes <= part.whole.end for each in splices)
    after = parse_message(apply_splices(raw, splices))
    if not is_sound and any(defect.code.startswith("header.") for defect in before.defects):
        return  # whoever edits it looks whether it still reads so
    assert reads_as_before(before, after, [part.path])
    (now,) = (each for each in after.walk() if each.path == part.path)
    assert now.text.split() == NOTE.text.split()
    assert not now.children
    assert not part.parent_type or now.filename == NOTE.file_name


def test_a_file_is_replaced_between_its_boundaries() -> None:
    cleaned = clean(MIXED, "1.2")
    start, end = MIXED.index(FILE.encode()), MIXED.index(FILE.encode()) + len(FILE)
    assert cleaned.startswith(MIXED[:start])
    assert cleaned.endswith(MIXED[end:])
    assert b"zip" not in cleaned
    (_, note, _) = parse_message(cleaned).root.children
    assert (note.content_type, note.disposition, note.filename) == ("text/plain", "attachment", "removed-1.txt")
    assert note.text == NOTE.text


def test_two_files_are_replaced_and_one_within_another_only_once() -> None:
    cleaned = parse_message(clean(MIXED, "1.1", "1.3", "1.1.1", "9"))
    assert [part.text for part in cleaned.root.children if part.is_text] == [NOTE.text, NOTE.text]
    inner = b'Content-Type: multipart/mixed; boundary="o"\r\n\r\n--o\r\n' + MIXED + b"\r\n--o--\r\n"
    outer = inner.replace(b"--o\r\nFrom: a@example.org\r\nMIME-Version: 1.0\r\n", b"--o\r\n")
    assert clean(outer, "1.1", "1.1.2") == clean(outer, "1.1")


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a\r\nContent-Type: application/zip\r\nContent-Disposition: attachment\r\nX: y\r\n\r\nPK\r\n",
        b"From: a\nContent-Type: application/zip\n\nPK",
        b"From: a\rContent-Type: application/zip\r\rPK\r",
        b"Content-Type: application/zip\r\n\r\n",
        b"Content-Type: application/zip",
        b"\r\nPK",
        b"\nPK",
        b"PK\x03\x04",
        b"",
        b"From x@y Mon\r\nFrom: a\r\n\r\nPK",
        b"From x@y Mon\r\n\r\nPK",
        b"From x@y Mon\r\nPK",
        b"From: a\r\nno field at all\r\nContent-Type: application/zip\r\n\r\nPK",
        b"From: a\r\nContent-Type: application/zip\r\n no field\r\nPK",
        b"From: a\r\nthe blank line is missing\r\n\r\nPK",
    ],
)
def test_a_mail_that_is_itself_the_file_keeps_its_other_headers(raw: bytes) -> None:
    check_one(raw, "1")
    assert b"PK" not in clean(raw, "1")


def test_line_ends_are_those_of_the_mail() -> None:
    assert b"\r" not in clean(MIXED.replace(b"\r\n", b"\n"), "1.2")
    cleaned = clean(MIXED.replace(b"\r\n", b"\r"), "1.2")
    assert b"\n" not in cleaned
    assert parse_message(cleaned).root.children[1].text.split() == NOTE.text.split()
    crlf = clean(MIXED, "1.2")
    assert crlf.count(b"\n") == crlf.count(b"\r\n")


def test_a_part_of_an_encoded_message_takes_the_whole_message_with_it() -> None:
    inside = base64.encodebytes(MIXED).decode()
    head = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    start = f"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n{PLAIN}\r\n--o\r\n"
    raw = f"{start}{head}{inside}\r\n--o--\r\n".encode()
    message = parse_message(raw)
    part = find_replaceable(message, "1.2.1.2")
    assert part is not None
    assert part.path == "1.2"
    check_one(raw, "1.2.1.2")
    cleaned = parse_message(clean(raw, "1.2.1.1", "1.2.1.2"))
    assert [each.content_type for each in cleaned.root.children] == ["text/plain", "text/plain"]


def test_a_part_of_a_message_that_is_not_encoded_goes_alone() -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" + MIXED
    for path in ("1", "1.1", "1.1.1", "1.1.2", "1.1.3"):
        check_one(raw, path)


@pytest.mark.parametrize(
    "body",
    [
        "--b\r\n--b--\r\n",
        "--b\r\n--b\r\n--b--",
        "--b\r\n\r\n--b",
        "--b",
        "--b\r\nX: y\r\n--b--",
        "--b\r\nX: y\r\n--b--\r\n",
    ],
)
def test_a_part_without_a_line_of_its_own_is_replaced(body: str) -> None:
    for kind in ("mixed", "digest"):
        raw = f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n{body}".encode()
        for part in parse_message(raw).walk():
            check_one(raw, part.path)


@pytest.mark.parametrize("end", [b"", b"\r\nPK", b"\nPK"])
@pytest.mark.parametrize(
    "head",
    [b"", b"A: b\r\n", b"A: b\r\n\tc\r\n d\r\n", b"A:\nB :\n", b"From a b\r\nA: b\r\n", b">From a b\nA: b\n"],
)
def test_a_header_of_fields_is_plain(head: bytes, end: bytes) -> None:
    assert has_plain_header(parse_message(head + end).root)


@pytest.mark.parametrize(
    "line",
    [
        b"no field at all\r\n", b"X-\xe4: 8-bit name\r\n", b"X: bare\rCR\r\n", b": no name\r\n", b" \t\r\n",
        b"X Y: z\r\n", b"From a b\r\n", b"X\x01: y\r\n", b"X\xc2\xa0: y\r\n",
    ],
)  # fmt: skip
def test_a_header_that_some_programs_end_earlier_is_told(line: bytes) -> None:
    assert not has_plain_header(parse_message(b"A: b\r\n" + line + b"C: d\r\n\r\nPK").root)


def test_nothing_is_replaced_where_no_such_part_is() -> None:
    for path in ("2", "1.4", "1.2.1", "", "x"):
        assert find_replaceable(parse_message(MIXED), path) is None
        assert clean(MIXED, path) == MIXED


def test_no_line_of_a_note_is_a_boundary() -> None:
    assert b"\n--" not in clean(MIXED, "1.1", "1.2", "1.3").replace(b"\r\n--b", b"")


PIECES = st.sampled_from(
    [
        b"--b", b"--b--", b"--c", b"--c--", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"x", b"From a b\r\n", b" y",
        b"X: y\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: multipart/digest; boundary=c\r\n",
        b"Content-Type: message/rfc822\r\n", b"Content-Transfer-Encoding: base64\r\n", b"aGVsbG8=",
        b"Content-Type: a/b",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
def test_any_part_of_any_bytes_is_replaced_without_touching_another(raw: bytes) -> None:
    for part in parse_message(raw).walk():
        check_one(raw, part.path, is_sound=False)


def test_a_mail_that_reads_otherwise_around_the_edit_is_told_from_one_that_does_not() -> None:
    raw = b"x\r\nContent-Type: multipart/mixed; boundary=b\r\n--bX: y\r\n"
    assert not reads_as_before(parse_message(raw), parse_message(clean(raw, "1")), ["1"])
    assert reads_as_before(parse_message(MIXED), parse_message(clean(MIXED, "1.2")), ["1.2"])
    assert not reads_as_before(parse_message(MIXED), parse_message(clean(MIXED, "1.1")), ["1.2"])


def list_parts(raw: bytes) -> list[str]:
    return [part.path for part in parse_message(raw).walk()]


def test_any_part_of_every_case_of_the_checks_is_replaced() -> None:
    for path in sorted((PROJECT_ROOT / "tests" / "corpus").glob("*/*.eml")):
        raw = path.read_bytes()
        for part in list_parts(raw):
            check_one(raw, part)


@needs_shared
def test_some_part_of_mails_of_the_development_corpus_is_replaced() -> None:
    chooser = random.Random(1)
    for archive in sorted(CORPUS.glob("*.tar.zst")):
        for raw in read_mails(archive):
            if len(raw) < 50_000 and chooser.random() < 0.05:
                check_one(raw, chooser.choice(list_parts(raw)))
