import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.cli.output import make_cell, make_console, make_table, pick_language, print_json_lines, safe_text


@given(st.text())
def test_no_character_that_drives_a_terminal_is_left(text: str) -> None:
    assert safe_text(text).isprintable()


@given(st.text())
def test_a_text_that_can_be_seen_stays_as_it_is(text: str) -> None:
    seen = "".join(character for character in text if character.isprintable())
    assert safe_text(seen) == seen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("invoice\u202efdp.exe", r"invoice\u202efdp.exe"),
        ("two\r\nlines", r"two\r\nlines"),
        ("c1 \x9b31m", r"c1 \x9b31m"),
        ("发票\u3000十月", "发票 十月"),
        ("half \ud83d pair", r"half \ud83d pair"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_markup_of_a_stranger_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    table = make_table("", ["subject"])
    table.add_row("[bold red]Win[/] :smile:")
    table.add_row(make_cell("[link=http://x]y[/link]\x07"))
    make_console().print(table)
    written = capsys.readouterr().out
    assert "[bold red]Win[/] :smile:" in written
    assert r"[link=http://x]y[/link]\x07" in written


def test_a_pipe_gets_long_lines_unbroken(capsys: pytest.CaptureFixture[str]) -> None:
    make_console().print("x" * 150)
    assert capsys.readouterr().out == "x" * 150 + "\n"


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3))
def test_json_is_one_line_of_ascii_and_loses_nothing(row: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr(sys, "stdout", type("Lines", (), {"write": staticmethod(lines.append)}))
        print_json_lines([row])
    (line,) = lines
    assert line.isascii()
    assert line.count("\n") == 1
    assert json.loads(line) == row


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "是"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "yes"),
        ({"LC_MESSAGES": "zh"}, "是"),
        ({}, "yes"),
    ],
)
def test_the_sentence_is_in_the_user_s_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert pick_language("yes", "是") == said
