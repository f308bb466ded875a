"""OneNote sections."""

from hypothesis import given, settings
from hypothesis import strategies as st

from built_files.office import build_onenote
from gatepost.message.attachments.openers import onenote as opener
from opened_files import open_alone, texts

PNG = b"\x89PNG\r\n\x1a\n"


def test_files_are_opened_with_their_names_and_pictures_last() -> None:
    opened = open_alone(opener, build_onenote(("photo.png", PNG), ("open me.bat", b"@echo x")))
    assert [file.content for file in opened.files] == [b"@echo x", PNG]
    assert texts(opened, "office.package") == ["open me.bat"]


def test_one_file_bears_the_one_name() -> None:
    assert [file.name for file in open_alone(opener, build_onenote(("run.cmd", b"@echo x"))).files] == ["run.cmd"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=100))
def test_any_bytes_hold_files_or_none(content: bytes) -> None:
    store = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
    opened = open_alone(opener, build_onenote() + store + content)
    assert len(opened.files) <= 1
