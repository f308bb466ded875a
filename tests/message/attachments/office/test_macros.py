"""Macros become traits."""

import pytest

from built_files.compound_files import build_compound, build_vba
from built_files.office import DROPPER, EMPTY_MODULE, HELLO, build_macros, build_stomped, write_compiled
from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.compound import CompoundFile
from gatepost.message.attachments.office.macros import note_projects, note_source


def note(content: bytes) -> dict[str, list[str]]:
    insides = Insides()
    note_projects(CompoundFile(content), insides)
    traits: dict[str, list[str]] = {}
    for trait in insides.traits:
        traits.setdefault(trait.code, []).append(trait.text)
    return traits


def test_a_dropper_is_told_by_module_start_and_deed() -> None:
    traits = note(build_compound({"VBA": build_vba({"NewMacros": DROPPER})}))
    assert traits["office.macro"] == ["NewMacros"]
    assert traits["office.macro_autorun"] == ["AutoOpen"]
    assert set(traits["office.macro_suspicious"]) == {"Shell", "cmd /c"}


def test_modules_that_office_makes_by_itself_are_no_macros() -> None:
    assert note(build_compound({"VBA": build_vba({"ThisDocument": EMPTY_MODULE})})) == {}


def test_a_hollow_module_is_told() -> None:
    assert note(build_stomped()) == {"office.macro_stomped": ["ThisDocument"]}


def test_more_source_than_is_read_is_told() -> None:
    insides = Insides()
    note_source("' remark\n" * 600_000, insides)
    assert [trait.code for trait in insides.traits] == ["office.macro_oversized"]


def test_words_that_only_the_compiled_form_has_are_told() -> None:
    content = build_macros({"M": HELLO}, {"M": write_compiled(3, b"powershell -w hidden")})
    assert note(content)["office.macro_stomped"] == ["M: powershell"]


def test_another_number_of_lines_is_told() -> None:
    assert note(build_macros({"M": HELLO}, {"M": write_compiled(7)}))["office.macro_altered"] == ["M"]
    assert "office.macro_altered" not in note(build_macros({"M": HELLO}, {"M": write_compiled(3)}))


@pytest.mark.parametrize("charset", ["latin-1", "utf-16-le"])
def test_words_that_macros_keep_in_their_forms_count(charset: str) -> None:
    form = bytes(8) + "powershell -w hidden".encode(charset)
    content = build_compound({"VBA": build_vba({"M": HELLO}), "UserForm1": {"o": form}})
    assert note(content)["office.macro_suspicious"] == ["powershell"]
    assert note(build_compound({"UserForm1": {"o": form}})) == {}


def test_addresses_in_macros_are_links() -> None:
    insides = Insides()
    note_source('Sub a()\r\nx = "https://a.example/b"\r\nEnd Sub', insides)
    assert [link.url for link in insides.links] == ["https://a.example/b"]
