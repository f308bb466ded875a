"""Instructions of fields are joined from their pieces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.fields import note_fields, read_fields

QUOTED = " ".join(str(ord(letter)) for letter in "DDEAUTO cmd.exe")


def note(text: str) -> list[tuple[str, str]]:
    insides = Insides()
    note_fields(text, insides)
    return [(trait.code, trait.text) for trait in insides.traits]


def test_results_of_inner_fields_stand_in_their_place() -> None:
    assert note(f"\x13 \x13 QUOTE {QUOTED} \x14x\x15 /c calc \x14y\x15") == [("office.dde_command", "cmd.exe /c calc")]


def test_what_was_set_is_put_in() -> None:
    text = '\x13 SET a "cmd.exe" \x15\x13 DDEAUTO \x13 REF a \x15 /c calc \x15'
    assert note(text) == [("office.dde_command", "cmd.exe /c calc")]


def test_the_result_of_a_field_is_no_instruction() -> None:
    assert list(read_fields("\x13 PAGE \x14 DDE cmd \x15")) == [" PAGE "]


def test_a_field_without_end_counts() -> None:
    assert note("\x13 DDE cmd /c calc") == [("office.dde_command", "cmd /c calc")]


@pytest.mark.parametrize(
    ("instruction", "code"),
    [
        ('INCLUDETEXT "https://a.example/x.docx"', "office.loads"),
        (r'INCLUDEPICTURE "\\\\203.0.113.9\\a.png"', "office.loads_share"),
        ('INCLUDEPICTURE "https://a.example/x.png" \\d', "office.loads_picture"),
        ('IMPORT "mhtml:https://a.example/x"', "office.strange_target"),
        ('HYPERLINK "cmd.exe /c calc"', "office.runs_program"),
    ],
)
def test_fields_that_load_or_lead_are_told(instruction: str, code: str) -> None:
    assert [found for found, _ in note(f"\x13 {instruction} \x15")] == [code]


@pytest.mark.parametrize(
    "instruction",
    [
        "PAGE",
        "TOC \\o",
        'HYPERLINK "https://a.example"',
        "INCLUDEPICTURE logo.png",
        'LINK Excel.Sheet.12 "C:\\\\a.xlsx"',
    ],
)
def test_ordinary_fields_are_left_alone(instruction: str) -> None:
    assert note(f"\x13 {instruction} \x15") == []


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="\x13\x14\x15 aQUOTE1", max_size=200))
def test_any_text_has_fields_or_none(text: str) -> None:
    assert len(list(read_fields(text))) <= text.count("\x13")
