"""Where a target leads: to a page, to a file of the author's own, to a share, to a program."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.targets import (
    is_far,
    is_program,
    is_share,
    is_strange,
    note_clicked,
    note_loaded,
)


@pytest.mark.parametrize(
    "target",
    [
        r"\\203.0.113.9\share\a",
        "//host.example/a",
        "file://host.example/a",
        r"file:///\\203.0.113.9\a",
        r"\\host@SSL\a",
        r"\\host@80\a",
        r"\\a.b.example\c",
    ],
)
def test_a_share_on_the_internet_is_known(target: str) -> None:
    assert is_share(target)
    assert is_far(target)


@pytest.mark.parametrize(
    "target",
    [
        "file:///C:/a.dotx",
        r"C:\a.dotx",
        r"\\files01\a",
        r"\\192.168.1.4\a",
        r"\\10.0.0.1\a",
        r"\\srv.firm.local\a",
        "a.docx",
        "#a",
        "file:///a.doc",
        r"\\?\C:\a",
    ],
)
def test_what_is_near_is_not_far(target: str) -> None:
    assert not is_far(target)


@pytest.mark.parametrize(
    "target", ["ms-msdt:/id", "mhtml:https://a.example!x", "search-ms:query=a", "javascript:a()", "script:https://a"]
)
def test_schemes_that_start_programs_are_strange(target: str) -> None:
    assert is_strange(target)


@pytest.mark.parametrize(
    "target", ["https://a.example", "mailto:a@b.example", "ms-word:ofe|u|https://a.example/a.docx", "tel:1", "a b"]
)
def test_schemes_of_ordinary_links_are_not(target: str) -> None:
    assert not is_strange(target)


@pytest.mark.parametrize(
    "target",
    [
        "powershell.exe -NoExit",
        "cmd /c calc",
        r"C:\Windows\System32\calc.exe",
        "file:///C:/a.vbs",
        "mshta https://a.example",
        "../run.bat",
        "powershell.exe%20-c",
    ],
)
def test_programs_are_known(target: str) -> None:
    assert is_program(target)


@pytest.mark.parametrize(
    "target",
    [
        "https://a.example/setup.exe",
        "notes.docx",
        "a.command",
        "www.a.com/b",
        "www.a.com",
        "ann@a.com",
        "control panel.docx",
        "price.list",
    ],
)
def test_other_files_are_no_programs(target: str) -> None:
    assert not is_program(target)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("https://a.example/x", "office.loads"),
        (r"\\203.0.113.9\x", "office.loads_share"),
        ("mhtml:https://a.example/x!x-usc:https://a.example/x", "office.strange_target"),
        (r"C:\x", None),
    ],
)
def test_what_is_loaded_is_noted_by_where_it_lies(target: str, code: str | None) -> None:
    insides = Insides()
    note_loaded("field", target, insides)
    assert [trait.code for trait in insides.traits] == ([code] if code else [])


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("file:///C:/tools/setup.exe", "office.links_program"),
        ("\\\\files01\\tools\\setup.msi", "office.links_program"),
        ("setup.exe /quiet", "office.runs_program"),
        ("\\\\203.0.113.9\\tools\\setup.exe", "office.runs_program"),
        ("C:\\Windows\\System32\\cmd.exe", "office.runs_program"),
        ("powershell", "office.runs_program"),
    ],
)
def test_a_file_that_is_merely_named_is_told_apart(target: str, code: str) -> None:
    insides = Insides()
    note_clicked(target, insides)
    assert [trait.code for trait in insides.traits] == [code]


def test_what_is_clicked_is_a_link_or_a_program() -> None:
    insides = Insides()
    for target in ("https://a.example/", "mailto:a@b.example", "javascript:void(0)", "cmd /c calc", "ms-msdt:/id"):
        note_clicked(target, insides)
    assert [link.url for link in insides.links] == ["https://a.example/", "mailto:a@b.example"]
    assert [trait.code for trait in insides.traits] == ["office.runs_program", "office.strange_target"]


def test_the_page_that_a_program_of_office_is_to_open_is_a_link() -> None:
    insides = Insides()
    note_clicked("ms-word:ofe|u|https://a.example/x.docm", insides)
    note_clicked("ms-excel:ofv|u|https://b.example/x.xlsx|s|https://b.example/", insides)
    assert [link.url for link in insides.links] == ["https://a.example/x.docm", "https://b.example/x.xlsx"]
    assert insides.traits == []
