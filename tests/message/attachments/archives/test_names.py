"""Names of files in archives: read in many charsets, and told for what they would do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.archives.names import (
    NameBook,
    decode_name,
    find_name_tricks,
    fold_name,
    leads_outside,
)


@pytest.mark.parametrize(
    ("raw", "is_utf8", "name"),
    [
        (b"plan.txt", False, "plan.txt"),
        ("计划.txt".encode(), False, "计划.txt"),
        ("计划.txt".encode("gb18030"), False, "计划.txt"),
        ("Grün.txt".encode("cp437"), False, "Grün.txt"),
        ("Grün.txt".encode("cp437"), True, "Gr\ufffdn.txt"),
        (b"", False, ""),
    ],
)
def test_a_name_is_read_in_the_charset_that_it_fits(raw: bytes, is_utf8: bool, name: str) -> None:
    assert decode_name(raw, is_utf8=is_utf8) == name


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("folder/plan.txt", []),
        ("../plan.txt", ["path_escape"]),
        ("a/..\\b", ["path_escape", "name_backslash"]),
        ("C:\\plan.txt", ["path_escape", "name_backslash"]),
        ("\\\\server\\plan", ["path_escape"]),
        ("//server/plan", ["path_escape"]),
        ("/etc/plan", ["path_absolute"]),
        ("plan..txt", []),
        ("a\x00.txt", ["name_nul"]),
        ("a\n.txt", ["name_control"]),
        ("folder\\plan.txt", ["name_backslash"]),
    ],
)
def test_a_name_is_told_for_where_it_leads(name: str, codes: list[str]) -> None:
    assert [code for code, _ in find_name_tricks(name)] == [f"archive.{code}" for code in codes]


@pytest.mark.parametrize(
    ("place", "target", "is_outside"),
    [
        ("a/link", "../b", False),
        ("a/link", "../../b", True),
        ("link", "..", True),
        ("link", "b/../c", False),
        ("link", "/etc", True),
        ("a/b/link", "../../../a", True),
        ("link", "C:/Windows", True),
    ],
)
def test_a_link_is_followed_from_where_it_stands(place: str, target: str, is_outside: bool) -> None:
    assert leads_outside(place, target) is is_outside


def test_names_that_a_file_system_takes_for_one_are_alike() -> None:
    book = NameBook()
    assert list(book.enter("Plan.txt", b"1")) == []
    assert list(book.enter("plan.TXT", b"2")) == [("archive.name_alike", "Plan.txt | plan.TXT")]
    assert fold_name("e\u0301/a. ") == fold_name("É/a")


def test_a_name_that_comes_again_is_told_only_with_another_content() -> None:
    book = NameBook()
    assert [list(book.enter("a", content)) for content in (b"1", b"1", b"2")] == [[], [], [("archive.name_twice", "a")]]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_are_a_name(raw: bytes, is_utf8: bool) -> None:
    name = decode_name(raw, is_utf8=is_utf8)
    assert all(text is not None for _, text in find_name_tricks(name))
    assert leads_outside(name, name) in (True, False)
