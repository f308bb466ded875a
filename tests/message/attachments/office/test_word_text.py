"""Fields in the text of old letters."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.word_text import note_templates, note_text

FIELD = "\x13 DDEAUTO cmd.exe /c calc \x14x\x15"


@pytest.mark.parametrize("front", [b"", b"\x00", b"abc", b"abcd"])
@pytest.mark.parametrize("charset", ["cp1252", "utf-16-le"])
def test_a_field_is_found_in_either_width_at_any_place(front: bytes, charset: str) -> None:
    insides = Insides()
    note_text(front + FIELD.encode(charset) + b"\x00" * 9, insides)
    assert [(trait.code, trait.text) for trait in insides.traits] == [("office.dde_command", "cmd.exe /c calc")]


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("https://a.example/x.dotm", ["office.remote_template"]),
        ("\\\\203.0.113.9\\share\\x.dot", ["office.template_on_share"]),
        ("C:\\Templates\\Normal.dot", []),
        ("\\\\files01\\Templates\\Normal.dot", []),
    ],
)
def test_where_the_template_lies_is_told(template: str, codes: list[str]) -> None:
    insides = Insides()
    note_templates(bytes(40) + len(template).to_bytes(2, "little") + template.encode("utf-16-le") + bytes(9), insides)
    assert [trait.code for trait in insides.traits] == codes


def test_ordinary_text_has_nothing_to_tell() -> None:
    insides = Insides()
    note_text(b"We DDEliver \x13 PAGE \x141\x15", insides)
    assert insides.traits == []
