"""A note speaks for us: whatever a stranger calls a file, no line and no link of it is his."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.flow.note import NoteFacts, make_harmless, write_note
from gatepost.model.cleaning import RemovedPart
from store_builders import RECEIVED_AT

PART = RemovedPart("1.2", "plan.docm", "zip", 12, "ab" * 32, ("office_macro.runs",), "It runs.", "它会运行。")
MAIL = NoteFacts("a" * 32, RECEIVED_AT, "mx.example.org")


def test_a_note_says_in_two_languages_what_why_where_when_and_how_to_ask() -> None:
    note = write_note(PART, MAIL)
    for word in (
        'File / 文件: "plan[.]docm"', "zip", "12 bytes", "ab" * 32, "It runs.", "它会运行。", "office_macro.runs",
        "Gate / 网关: mx.example.org", "Fri, 02 Jan 2026 03:04:05 +0000", f"release {'a' * 32} --original",
    ):  # fmt: skip
        assert word in note
    assert "(no name / 无名称)" in write_note(replace(PART, name=""), MAIL)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("ooxml", "ooxml (Office document / Office 文档)"),
        ("script", "script (script / 脚本)"),
        ("pe", "pe (program / 程序)"),
        ("iso", "iso (archive / 压缩包)"),
        ("wasm", "wasm"),
        ("text/html", "text/html"),
    ],
)
def test_a_note_says_in_words_what_kind_of_file_it_was(kind: str, said: str) -> None:
    assert f"\r\nKind / 类型: {said}\r\n" in write_note(replace(PART, kind=kind), MAIL)


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_line_of_a_note_is_a_stranger_s(name: str, says: str) -> None:
    plain = write_note(PART, MAIL).split("\r\n")
    lines = write_note(replace(PART, name=name, says=says), MAIL).split("\r\n")
    assert len(lines) == len(plain)
    changed = [line for line, before in zip(lines, plain, strict=True) if line != before]
    assert all(line.startswith(("File / ", "Why / ")) for line in changed)


def test_no_word_of_a_stranger_is_an_address() -> None:
    harmless = make_harmless("https://a.example/ b@a.example www.a.example \u202egpj.exe\n")
    assert harmless == "https[:]//a[.]example/ b[@]a[.]example www[.]a[.]example ?gpj[.]exe?"
