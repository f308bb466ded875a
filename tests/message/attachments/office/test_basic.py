"""Macros of OpenDocument."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.basic import note_basic

MODULE = (
    b'<script:module xmlns:script="s" script:name="Module1">Sub Main\nShell(&quot;calc&quot;)\nEnd Sub</script:module>'
)


def note(name: str, content: bytes) -> list[str]:
    insides = Insides()
    note_basic(name, content, insides)
    return [trait.code for trait in insides.traits]


def test_a_module_is_told_by_what_it_does() -> None:
    assert note("Basic/Standard/Module1.xml", MODULE) == [
        "office.macro",
        "office.macro_suspicious",
        "office.macro_procedures",
    ]


def test_scripts_in_other_languages_are_macros() -> None:
    assert note("Scripts/python/a.py", b"import os\n") == ["office.macro"]


@pytest.mark.parametrize(
    "name", ["Basic/script-lc.xml", "Basic/Standard/script-lb.xml", "Basic/", "Dialogs/Standard/D.xml"]
)
def test_lists_and_folders_are_no_macros(name: str) -> None:
    assert note(name, MODULE) == []
