"""Everything that the code says to people has its Chinese, and nothing is kept that nobody says."""

import re
import time
import tomllib

import pytest

from gatepost.cli.translation import (
    GAP,
    MAX_CHARS,
    MAX_DEPTH,
    Catalog,
    is_chinese,
    load_catalog,
    say_in_chinese,
    translate,
)
from gatepost.config.reference import build_reference
from gatepost.flow.desk import HELD_BY_VERDICT
from gatepost.model.finding import Severity
from gatepost.model.verdict import Action
from gatepost.store.entries import State
from paths import SOURCE
from said_sentences import TELLERS, list_errors, list_said, list_templates, parse_source

_CHINESE = re.compile("[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")  # three words that follow each other
_COMMAND = re.compile("`[^`]*`")  # what is typed is English in any language
_SENTENCE = re.compile(r"[A-Za-z]{3,} ")  # codes, names and punctuation are none
_FRAMES = ("{}", "the list x {}", "x: {}", "gate.toml:3: [smtp] x {}", "gate.toml:3: [smtp] x is wrong: {}", "x: y: {}")
FOREIGN_WORDS = "command_line"  # the table of what Typer says, which its own code holds


def fill(template: str) -> str:
    """Put something into the gaps."""
    pieces = template.split(GAP)
    return "".join(piece + (f"x{number}" if number < len(pieces) else "") for number, piece in enumerate(pieces, 1))


def is_translated(sentence: str) -> bool:
    """Say whether a sentence, by itself or as it stands within another, has no English left."""
    told = (say_in_chinese(frame.replace("{}", sentence)) for frame in _FRAMES)
    return any(_CHINESE.search(each) and not _ENGLISH.search(_COMMAND.sub("", each)) for each in told)


def test_every_sentence_that_people_are_told_has_its_chinese() -> None:
    said = {fill(text): place for place, text in list_said(list_errors() | TELLERS) if _SENTENCE.search(text)}
    assert len(said) > 200
    assert sorted(f"{said[one]}: {one}" for one in said if not is_translated(one)) == []


def test_the_reference_of_all_settings_has_no_english_sentence_left() -> None:
    english, chinese = build_reference(), build_reference(say_in_chinese)
    assert tomllib.loads(chinese) == tomllib.loads(english)
    assert english.count("\n# Allowed: ") == chinese.count("\n# 允许：")
    assert [line for line in chinese.splitlines() if _ENGLISH.search(_COMMAND.sub("", line))] == []


@pytest.mark.parametrize("word", [*State, *Action, *(one.name.lower() for one in Severity), *HELD_BY_VERDICT])
def test_every_state_action_and_severity_has_its_word(word: str) -> None:
    assert _CHINESE.search(say_in_chinese(str(word)))


def test_no_sentence_is_kept_that_nobody_says() -> None:
    tables = tomllib.loads((SOURCE / "cli" / "zh_CN.toml").read_text("utf-8"))
    ours = [english for name, table in tables.items() if name != FOREIGN_WORDS for english in table]
    written = " ".join(" ".join(text.split()) for _, tree in parse_source() for text in list_templates(tree))
    told_by_the_system = tables["system"]
    stale = [
        (english, piece)
        for english in ours
        for piece in re.split(r"\{\}| and ", english)
        if english not in told_by_the_system and len(piece) > 3 and piece.strip(" .;:,()") not in written
    ]
    assert stale == []


def test_no_sentence_stands_there_twice() -> None:
    tables = tomllib.loads((SOURCE / "cli" / "zh_CN.toml").read_text("utf-8"))
    assert sum(map(len, tables.values())) == len(load_catalog().chinese)


def test_every_gap_of_a_sentence_is_filled_in_its_chinese() -> None:
    for english, chinese in load_catalog().chinese.items():
        if english.count(GAP) and GAP not in chinese:
            numbers = {int(number) for number in re.findall(r"(?<!\{)\{(\d+)(?::zh)?\}", chinese)}
            assert numbers == set(range(english.count(GAP))), english


def test_a_gap_keeps_what_stood_in_it_and_a_sentence_in_it_is_translated() -> None:
    catalog = Catalog({"{} broke: {}": "{0} 坏了：{1:zh}", "list": "名单"})
    assert catalog.find("list broke: {0} \x1b list") == "list 坏了：{0} \x1b list"
    assert say_in_chinese("list: its bytes are no longer kept") == "list：其内容已不再保留"
    assert say_in_chinese("/a cannot be read: Permission denied") == "无法读取 /a：权限不够"


def test_what_is_not_known_stays_as_it_is() -> None:
    for text in ("", "no such sentence is there", "x" * (MAX_CHARS + 1), "{}", "{0} {nothing}"):
        assert say_in_chinese(text) == text


def test_each_of_several_lines_is_translated_by_itself() -> None:
    assert say_in_chinese("nothing\nnobody said this\nnothing") == "无\nnobody said this\n无"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LC_MESSAGES": "ZH_tw", "LANG": "C"}, True),
        ({}, False),
    ],
)
def test_the_locale_says_which_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_chinese() is expected
    assert translate("nothing") == ("无" if expected else "nothing")


def test_a_strangers_words_lead_no_deeper_than_sentences_go() -> None:
    said = say_in_chinese("WEAK: " * 3_000)
    assert said.count("保护减弱：") == MAX_DEPTH
    assert said.endswith("WEAK: ")


@pytest.mark.parametrize("between", [": ", ", ", " (", "): ", ": , ", " for "])
def test_a_long_sentence_full_of_what_stands_between_gaps_costs_little(between: str) -> None:
    words = (between * MAX_CHARS)[: MAX_CHARS - 20]
    load_catalog()
    began_s = time.process_time()
    say_in_chinese(f"{words} entries")
    say_in_chinese(f"{words}.")
    assert time.process_time() - began_s < 5


def test_a_gap_ends_where_the_text_behind_it_stands_first() -> None:
    catalog = Catalog({"{}: {} ({})": "{0}|{1}|{2}"})
    assert catalog.find("a: b: c (d) (e)") == "a|b: c|d) (e"
    assert catalog.find("a: b (c) d") == ""
