"""Excel 4 macros: names that run, functions that reach out."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office import xlm


def codes(insides: Insides) -> list[tuple[str, str]]:
    return [(trait.code, trait.text) for trait in insides.traits]


@pytest.mark.parametrize("name", ["Auto_Open", "_xlnm.Auto_Open", "AUTO_OPEN_2", "auto_close", "Auto_Activate"])
def test_names_that_run_are_known_in_any_form(name: str) -> None:
    insides = Insides()
    xlm.note_name(name, is_hidden=False, insides=insides)
    assert codes(insides) == [("office.xlm_autorun", name)]


@pytest.mark.parametrize("name", ["Print_Area", "_xlnm.Print_Titles", "Automobile", ""])
def test_other_names_are_not(name: str) -> None:
    insides = Insides()
    xlm.note_name(name, is_hidden=True, insides=insides)
    assert codes(insides) == []


@pytest.mark.parametrize(
    ("formula", "command"),
    [('EXEC("calc")', "EXEC"), ('CALL("urlmon","URLDownloadToFileA")', "CALL"), ("formula.fill(A1)", "FORMULA.FILL")],
)
def test_functions_that_reach_out_are_told(formula: str, command: str) -> None:
    insides = Insides()
    xlm.note_macro_text(formula, insides)
    assert codes(insides) == [("office.xlm_command", command)]


@pytest.mark.parametrize("formula", ['ALERT("x")', "HALT()", "SUM(A1)", "MYEXEC(1)", "RECALL(2)"])
def test_others_are_not(formula: str) -> None:
    insides = Insides()
    xlm.note_macro_text(formula, insides)
    assert codes(insides) == []


def test_numbers_of_functions_are_known_and_hidden_sheets_told() -> None:
    insides = Insides()
    xlm.note_functions([54, 110, 0x8060], insides)
    xlm.note_sheet("Macro1", "very hidden", insides)
    assert codes(insides) == [
        ("office.xlm_command", "EXEC"),
        ("office.xlm_command", "FORMULA"),
        ("office.xlm", "Macro1"),
        ("office.xlm_hidden", "Macro1: very hidden"),
    ]
