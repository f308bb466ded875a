"""What macros do is read from their source, however it is written."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.office.vba_signs import fold_strings, read_signs


@pytest.mark.parametrize(
    "name",
    [
        "AutoOpen",
        "Auto_Open",
        "AUTOEXEC",
        "AutoClose",
        "AutoExit",
        "AutoNew",
        "Auto_Close",
        "Auto_Open1",
        "Document_Open",
        "DocumentOpen",
        "Document_Close",
        "DocumentBeforeClose",
        "Document_BeforeClose",
        "DocumentChange",
        "Document_New",
        "NewDocument",
        "Workbook_Open",
        "Workbook_Activate",
        "Workbook_Close",
        "Workbook_BeforeClose",
        "Worksheet_Calculate",
        "InkPicture1_Painted",
        "Image1_MouseMove",
        "Frame1_Layout",
        "SystemMonitor1_GotFocus",
        "Web_DocumentComplete",
        "RefEdit1_FollowHyperlink",
        "FileSave",
        "OnSlideShowTerminate",
        "App_NewPresentation",
        "CustomRibbon_OnLoad",
    ],
)
def test_what_starts_by_itself_is_known(name: str) -> None:
    assert read_signs(f"Private Sub {name}()\r\nEnd Sub\r\n").starts == (name,)


@pytest.mark.parametrize("name", ["OpenDocument", "AddUp", "CommandButton1_Click", "Worksheet_Change", "MyAutoOpen"])
def test_what_somebody_must_start_is_known(name: str) -> None:
    assert read_signs(f"Sub {name}()\r\nEnd Sub\r\n").starts == ()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Shell "calc"', "Shell"),
        ('CreateObject("WScript.Shell").Run x', "WScript.Shell"),
        ('Set x = GetObject("winmgmts:\\\\.\\root")', "winmgmts"),
        ("URLDownloadToFileA 0, a, b, 0, 0", "URLDownloadToFileA"),
        ('a = Chr(112) & Chr$(111) + ChrW(&H77) & "ershell"', "powershell"),
        ('a = "pow" & _\r\n "ersh" + "ell"', "powershell"),
        ('a = StrReverse("tpircsv_ llehsrewop")', "powershell"),
        ('a = "706f7765727368656c6c"', "powershell"),
        ('a = "cABvAHcAZQByAHMAaABlAGwAbAA="', "powershell"),
        ('x.Open "GET", u: Set x = CreateObject("MSXML2.ServerXMLHTTP.6.0")', "ServerXMLHTTP.6.0"),
        ("p = VirtualAlloc(0, n, &H1000, &H40)", "VirtualAlloc"),
    ],
)
def test_what_reaches_beyond_the_document_is_known(code: str, found: str) -> None:
    assert found in read_signs(f"Sub a()\r\n{code}\r\nEnd Sub\r\n").strong


@pytest.mark.parametrize("code", ['\' Shell "calc"', "Rem powershell", 'MsgBox "The shell of an egg"', "Dim Shellfish"])
def test_remarks_and_words_are_no_code(code: str) -> None:
    assert read_signs(f"Sub a()\r\n{code}\r\nEnd Sub\r\n").strong == ()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Open "a" For Output As #1', ('Open "a" For Output',)),
        ('Open "a" For Binary Access Read Write As #1', ('Open "a" For Binary',)),
        ('Set f = fso.CreateTextFile("a")', ("CreateTextFile",)),
        ('Kill "a"', ("Kill",)),
        ('Open "a" For Input As #1', ()),
        ('Open "a" For Binary Access Read As #1', ()),
        ("' FileCopy a, b", ()),
    ],
)
def test_what_makes_or_deletes_files_is_known(code: str, found: tuple[str, ...]) -> None:
    assert read_signs(f"Sub a()\r\n{code}\r\nEnd Sub\r\n").writes == found


def test_many_letters_as_numbers_and_long_codes_are_told() -> None:
    letters = " & ".join(f"Chr({65 + number % 20})" for number in range(50))
    assert read_signs(f"x = {letters}").strong == ("50 letters given as numbers",)
    assert read_signs(f'x = "{"TVqQ" * 60}"').strong == ("a long coded string",)


def test_ends_of_lines_and_quotes_as_numbers_are_ordinary() -> None:
    assert read_signs("x = a & Chr(10) & Chr(13) & Chr(34)\r\n" * 40).strong == ()


def test_addresses_are_found_in_pieces() -> None:
    assert read_signs('u = "https://" & "a.exam" & "ple/x"').urls == ("https://a.example/x",)


def test_functions_alone_are_no_procedures() -> None:
    assert not read_signs("Function Rate(x)\r\nRate = x * 2\r\nEnd Function\r\n").has_procedures
    assert read_signs("Public Sub a()\r\nEnd Sub").has_procedures


def test_a_quote_given_as_a_number_stays_one_letter() -> None:
    assert fold_strings("Chr(34)") == '""""'


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_signs_or_none(source: str) -> None:
    assert len(read_signs(source).starts) <= 20


@pytest.mark.parametrize(
    "source",
    [
        '"a" & ' * 150_000,
        "Chr(65)&" * 120_000,
        "Sub " + "Ribbon" * 150_000,
        '" ' * 400_000,
        "Open " * 180_000,
        "'" * 900_000,
    ],
    ids=["joins", "letters", "name", "quotes", "open", "remarks"],
)
def test_no_source_takes_long(source: str) -> None:
    start = time.process_time()
    read_signs(source)
    assert time.process_time() - start < 3
