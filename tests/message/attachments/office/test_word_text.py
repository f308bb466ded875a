"""Fields in the text of old letters."""

import pytest

from gatepost.message.attachments.desk import Insides
from gatepost.message.attachments.office.word_text import note_text

FIELD = "\x13 DDEAUTO cmd.exe /c calc \x14x\x15"


@pytest.mark.parametrize("front", [b"", b"\x00", b"abc", b"abcd"])
@pytest.mark.parametrize("charset", ["cp1252", "utf-16-le"])
def test_a_field_is_found_in_either_width_at_any_place(front: bytes, charset: str) -> None:
    insides = Insides()
    note_text(front + FIELD.encode(charset) + b"\x00" * 9, insides)
    assert [(trait.code, trait.text) for trait in insides.traits] == [("office.dde_command", "cmd.exe /c calc")]


def test_ordinary_text_has_nothing_to_tell() -> None:
    insides = Insides()
    note_text(b"We DDEliver \x13 PAGE \x141\x15", insides)
    assert insides.traits == []
