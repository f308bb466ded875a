"""Objects are known by their class."""

import pytest

from built_files.office import HONEST_EQUATION, LONG_FONT
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.objects import is_honest_equation, note_class, note_program_id


@pytest.mark.parametrize(
    ("clsid", "code"),
    [
        ("{0002ce02-0000-0000-c000-000000000046}", "office.equation"),
        ("CLSID:25336920-03F9-11CF-8FD0-00AA00686F13", "office.harmful_object"),
        ("00000300-0000-0000-C000-000000000046", "office.linked_object"),
        ("00020820-0000-0000-C000-000000000046", None),
        ("", None),
    ],
)
def test_a_class_is_known_however_it_is_written(clsid: str, code: str | None) -> None:
    insides = Insides()
    note_class(clsid, insides)
    assert [trait.code for trait in insides.traits] == ([code] if code else [])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Equation.3", "office.equation"),
        ("eQuAtIoN.2\x00", "office.equation"),
        ("htmlfile", "office.harmful_object"),
        ("OLE2Link", "office.linked_object"),
        ("Equation.DSMT4", None),
        ("Excel.Sheet.12", None),
        ("", None),
    ],
)
def test_a_name_is_known_in_any_case(name: str, code: str | None) -> None:
    insides = Insides()
    note_program_id(name, insides)
    assert [trait.code for trait in insides.traits] == ([code] if code else [])


def test_an_equation_is_honest_as_its_editor_writes_it() -> None:
    assert is_honest_equation(HONEST_EQUATION)
    assert not is_honest_equation(LONG_FONT)
    assert not is_honest_equation(b"")
