"""A person sees what was opened, how far, and what was seen in it; no name can drive the terminal."""

from dataclasses import replace

import pytest

from cleaning_mails import find
from gatepost.cli.file_tree import MAX_FILES_SHOWN, show_files, write_size
from gatepost.model.contents import NO_CONTENTS, Contents, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind

INNER = OpenedFile("2:1", "pay\x1b[2J.exe", FileKind.UNKNOWN, 2_000_000)
OUTER = OpenedFile("2", "bill.zip", FileKind.ZIP, 1500, Opening.OPENED, files=(INNER,))


def show(contents: Contents, *files: str) -> list[str]:
    return [line.plain for line in show_files(contents, [find(*files)])]


def test_a_file_is_shown_below_the_one_it_lies_in_with_what_was_seen_in_it() -> None:
    assert show(Contents((OUTER,)), "2:1") == [
        "2  bill.zip  zip, 1.5 KiB, opened",
        "  2:1  pay\\x1b[2J.exe  unknown, 1.9 MiB  [office_macro.runs]",
    ]


def test_what_was_not_opened_says_why_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = Contents((replace(OUTER, name="", opening=Opening.LOCKED, files=()),))
    assert show(locked) == ["2  (no name)  zip, 1.5 KiB, locked: no password fits"]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert show(locked) == ["2  （无名称）  zip, 1.5 KiB, 已加密：没有匹配的密码"]
    for opening in Opening:
        assert show(Contents((replace(OUTER, opening=opening),)))


@pytest.mark.parametrize(
    ("code", "told", "told_zh"),
    [
        ("password.in_mail", "told in the mail", "邮件中写有"),
        ("password.in_name", "told in its name", "文件名中写有"),
        ("password.in_files", "told in another file", "另一文件中写有"),
        ("password.common", "a common one", "常用密码"),
    ],
)
def test_the_password_that_fitted_is_shown_with_where_it_stood(
    monkeypatch: pytest.MonkeyPatch, code: str, told: str, told_zh: str
) -> None:
    unlocked = Contents((replace(OUTER, traits=(Trait(code, "Zu7\x1b-tt"), Trait("password.new", "x")), files=()),))
    assert show(unlocked) == [f"2  bill.zip  zip, 1.5 KiB, opened, password Zu7\\x1b-tt ({told})"]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert show(unlocked) == [f"2  bill.zip  zip, 1.5 KiB, 已打开, 密码 Zu7\\x1b-tt（{told_zh}）"]


def test_files_stand_in_the_order_of_the_mail_in_whatever_order_they_were_opened() -> None:
    paths = ["1.10", "~1", "1.2", "1"]
    shown = show(
        Contents(tuple(replace(OUTER, path=path, files=(replace(INNER, path=f"{path}:1"),)) for path in paths))
    )
    assert [line.split()[0] for line in shown] == ["1", "1:1", "1.2", "1.2:1", "1.10", "1.10:1", "~1", "~1:1"]


def test_a_long_tree_is_cut_and_says_so() -> None:
    files = tuple(replace(INNER, path=str(number)) for number in range(MAX_FILES_SHOWN + 3))
    shown = show(Contents(files, left_out_count=4))
    assert len(shown) == MAX_FILES_SHOWN + 1
    assert shown[-1] == "and 7 more files"
    assert show(NO_CONTENTS) == []


def test_what_was_found_is_not_what_a_long_tree_is_cut_by() -> None:
    deep = replace(OUTER, path="9:7", files=(replace(INNER, path="9:7.1"),))
    files = tuple(replace(INNER, path=f"9:{number}") for number in range(100, 100 + MAX_FILES_SHOWN))
    shown = show(Contents((replace(OUTER, path="9", files=(*files, deep)),)), "9:7.1")
    assert [line.split()[0] for line in (shown[0], shown[1], *shown[-3:])] == ["9", "9:100", "9:7", "9:7.1", "and"]
    assert shown[-1] == "and 3 more files"


def test_sizes_are_written_as_people_read_them() -> None:
    assert [write_size(size) for size in (0, 1023, 1024, 2**20)] == ["0 B", "1023 B", "1.0 KiB", "1.0 MiB"]
