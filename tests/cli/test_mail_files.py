"""Mails are found in files, mbox, Maildir and folders, and nothing else is taken for mail."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.cli import mail_files
from gatepost.cli.mail_files import MailPlace, find_mails, is_other_file, read_mail, split_mbox
from gatepost.model.errors import BadInput

MAIL = b"From: ann@woodwork.example\nDate: Tue, 14 Oct 2025 08:00:00 +0200\n\nhi\n"
FROM_LINE = b"From ann@woodwork.example Tue Oct 14 08:00:00 2025\n"


def write(path: Path, content: bytes = MAIL) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def find(*paths: Path | str) -> list[MailPlace]:
    places = list(find_mails([str(path) for path in paths]))
    assert [place for place in places if isinstance(place, BadInput)] == []
    return [place for place in places if isinstance(place, MailPlace)]


def complain(*paths: Path | str) -> list[str]:
    return [place.public for place in find_mails([str(path) for path in paths]) if isinstance(place, BadInput)]


@pytest.mark.parametrize("content", [b"hi", b"\x00\xff", b"From here on\n", b"MZ: a field by its form\n\nhi"])
def test_a_single_file_is_one_mail_whatever_it_holds(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "odd.bin", content)
    (place,) = find(path)
    assert (place.label, read_mail(place)) == (str(path), content)


@pytest.mark.parametrize(
    ("name", "content", "is_file"),
    [
        ("plan.png", b"\x89PNG\r\n\x1a\n", True),
        ("plan.eml", b"\x89PNG\r\n\x1a\n", True),
        ("go.bat", b"@echo off\r\n", True),
        ("day.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", True),
        ("letter.txt", b"Dear Nora,\n", True),
        ("letter.hta", b"Subject: ladder\n<script>go()</script>\n", True),
        ("letter.js", b"from: go()\n", True),
        ("1760428800.M1P2.mail.woodwork.example.com", MAIL, False),
        ("letter.txt", b"Subject: ladder\n\nDear Nora,\n", False),
        ("0001.7c53336b", b"Odd-Header: 1\nReturn-Path: <a@b.example>\n\n", False),
        ("odd.eml", b"hello", False),
        ("odd", b"hello", False),
    ],
)
def test_what_is_a_file_and_no_mail(tmp_path: Path, name: str, content: bytes, *, is_file: bool) -> None:
    (place,) = find(write(tmp_path / name, content))
    assert is_other_file(place, content) is is_file


def test_what_lies_in_a_mailbox_or_comes_by_standard_input_is_mail(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "cur").mkdir()
    write(tmp_path / "new" / "1.png", b"\x89PNG\r\n\x1a\n")
    places = [*find(tmp_path), MailPlace("-", "", content=b"%PDF-1.7\n")]  # a kept mail may begin so
    assert [is_other_file(place, b"%PDF-1.7\n") for place in places] == [False, False]


def test_an_mbox_gives_each_mail_without_its_from_line(tmp_path: Path) -> None:
    path = write(tmp_path / "inbox", FROM_LINE + MAIL + b"\n" + FROM_LINE + MAIL)
    places = find(path)
    assert [place.label for place in places] == [f"{path}#1", f"{path}#2"]
    assert [read_mail(place) for place in places] == [MAIL, MAIL]


def test_a_page_is_no_mbox_whatever_it_begins_with(tmp_path: Path) -> None:
    path = write(tmp_path / "inbox.html", FROM_LINE + MAIL + b"\n" + FROM_LINE + MAIL)
    (place,) = find(path)
    assert (place.label, is_other_file(place, read_mail(place))) == (str(path), True)


def test_an_mbox_of_one_mail_keeps_its_plain_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.eml", FROM_LINE + MAIL)
    (place,) = find(path)
    assert (place.label, read_mail(place)) == (str(path), MAIL)


def test_line_ends_of_an_mbox_may_be_crlf() -> None:
    content = (FROM_LINE + MAIL + b"\n" + FROM_LINE + MAIL).replace(b"\n", b"\r\n")
    assert len(split_mbox(content)) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"From here on it gets better.\n",
        b"From ann Tue Oct 14 08:00:00 2025\nno header follows\n",
        b"From ann at noon\nX: header\n",
        b">From ann@woodwork.example Tue Oct 14 08:00:00 2025\nX: header\n",
    ],
)
def test_a_line_that_only_looks_like_a_beginning_splits_nothing(line: bytes) -> None:
    assert len(split_mbox(FROM_LINE + MAIL + b"\n" + line + b"\nrest\n")) == 1


def test_a_from_line_without_an_empty_line_before_it_splits_nothing() -> None:
    assert len(split_mbox(FROM_LINE + MAIL + FROM_LINE + MAIL)) == 1


@given(st.lists(st.sampled_from([FROM_LINE, MAIL, b"\n", b"\r\n", b"From ", b"x"]), max_size=12))
def test_pieces_of_an_mbox_never_overlap(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    position = 0
    for start, end in split_mbox(content):
        assert position <= start <= end <= len(content)
        position = end


def test_a_folder_is_searched_at_every_depth_in_order(tmp_path: Path) -> None:
    paths = [write(tmp_path / name) for name in ("b/2.eml", "b/1.eml", "a/deep/x.eml", "z.EML")]
    assert [place.path for place in find(tmp_path)] == [str(path) for path in (paths[3], paths[2], paths[1], paths[0])]


def test_a_maildir_gives_what_lies_in_cur_and_new(tmp_path: Path) -> None:
    for name in ("cur/1:2,S", "new/2", "tmp/3", ".Sent/cur/4", ".Sent/new/5", ".Sent/tmp/6", "new/.hidden"):
        write(tmp_path / name)
    (tmp_path / ".Sent" / "tmp").mkdir(exist_ok=True)
    labels = {os.path.relpath(place.label, tmp_path) for place in find(tmp_path)}
    assert labels == {"cur/1:2,S", "new/2", ".Sent/cur/4", ".Sent/new/5"}


def test_what_is_no_mail_is_passed_over_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "mail-without-ending")
    write(tmp_path / "list.csv", b"id,file\n1,a\n")
    write(tmp_path / "notes.md", b"Title: x\n\ntext\n")
    write(tmp_path / "program", b"\x7fELF")
    write(tmp_path / "mailbox", FROM_LINE + MAIL)
    (tmp_path / "link").symlink_to(tmp_path / "mailbox")
    os.mkfifo(tmp_path / "pipe.eml")
    passed_over: list[str] = []
    taken = {
        Path(place.path).name for place in find_mails([str(tmp_path)], passed_over) if isinstance(place, MailPlace)
    }
    assert taken == {"mail-without-ending", "mailbox"}
    assert [Path(path).name for path in passed_over] == ["list.csv", "notes.md", "program"]


def test_what_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    good = write(tmp_path / "good.eml")
    empty = tmp_path / "empty"
    empty.mkdir()
    places = list(find_mails([str(tmp_path / "missing"), str(empty), str(good)]))
    told = [place.public if isinstance(place, BadInput) else place.path for place in places]
    assert told == [
        f"{tmp_path}/missing: cannot be read: No such file or directory.",
        f"{empty}: there is no mail in this folder.",
        str(good),
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (told,) = complain(tmp_path / "pipe")
    assert "this is not a file" in told


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (place,) = find(write(tmp_path / "a.eml", b""))
    with pytest.raises(BadInput, match="the file is empty"):
        read_mail(place)


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_mail(MailPlace("gone", str(tmp_path / "gone")))


def test_a_mail_beyond_all_limits_is_told(tmp_path: Path) -> None:
    path = tmp_path / "huge.eml"
    with path.open("wb") as file:
        file.truncate(mail_files.MAX_MAIL_BYTES + 1)  # a sparse file: no disk is used
    with pytest.raises(BadInput, match="larger than 128 MiB"):
        read_mail(MailPlace("huge", str(path)))


def test_standard_input_may_hold_an_mbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FROM_LINE + MAIL + b"\n" + FROM_LINE + MAIL)))
    places = find("-")
    assert [(place.label, read_mail(place)) for place in places] == [("-#1", MAIL), ("-#2", MAIL)]


def test_an_empty_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    assert complain("-") == ["standard input: nothing came."]
