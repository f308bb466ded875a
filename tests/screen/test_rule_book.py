"""The rules that come with gatepost, each with a file that it matches and an honest one; and the operator's rules."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from built_files.rules import SAMPLES
from gatepost.message.attachments.kinds import detect_kinds
from gatepost.message.attachments.rules import RuleName, RuleSet, Scanned
from gatepost.model.errors import BadSettings
from gatepost.model.finding import Severity
from gatepost.screen.rule_book import NO_RULE_BOOK, TEXT_RULES, RuleBook, RuleWords, build_rule_book
from gatepost.screen.settings import YaraSettings
from paths import PROJECT_ROOT

SHIPPED = build_rule_book(YaraSettings())
OAK = 'rule oak { meta: severity = "danger" description = "Oak." strings: $a = "oak" condition: $a }\n'


def find(rules: RuleSet, name: str, content: bytes) -> set[str]:
    return {one.rule for one in rules.find(Scanned(content, detect_kinds(content, name)[0], name))}


def build(folder: Path, **files: str) -> RuleBook:
    for name, text in files.items():
        (folder / f"{name}.yar").write_text(text)
    return build_rule_book(YaraSettings(shipped=False, folder=str(folder)))


def test_each_rule_has_samples() -> None:
    assert {name.rule for name in SHIPPED.words} == SAMPLES.keys()


@pytest.mark.parametrize("rule", SAMPLES)
def test_the_rule_matches_its_sample_and_not_the_honest_one_beside_it(rule: str) -> None:
    matching, honest = SAMPLES[rule]
    assert find(SHIPPED.rules, *matching) == {rule}
    assert find(SHIPPED.rules, *honest) == set()


def test_each_rule_says_what_it_means_in_both_languages_and_where_to_read_more() -> None:
    for name, words in SHIPPED.words.items():
        assert words.description.endswith("."), name
        assert words.description_zh.endswith("。"), name
        assert words.reference.startswith("https://"), name


def test_texts_are_held_against_a_part_of_our_rules() -> None:
    assert find(SHIPPED.text_rules, *SAMPLES["encoded_powershell"][0]) == {"encoded_powershell"}
    assert find(SHIPPED.text_rules, *SAMPLES["page_builds_a_file"][0]) == set()


@pytest.mark.parametrize("rule", [name.rule for name in SHIPPED.words if name.file == TEXT_RULES])
def test_no_rule_for_texts_matches_without_one_of_its_words(rule: str) -> None:
    name, content = SAMPLES[rule][0]
    assert SHIPPED.may_match(content)
    without = content.lower()
    for word in SHIPPED.text_words:
        without = without.replace(word, b"oak")
    assert not SHIPPED.may_match(without)
    assert find(SHIPPED.text_rules, name, without) == set()


def test_texts_without_any_word_are_passed_over_only_where_all_rules_are_ours(tmp_path: Path) -> None:
    assert not SHIPPED.may_match(b"Is there any beech left?")
    (tmp_path / "trees.yar").write_text(OAK)
    assert build_rule_book(YaraSettings(folder=str(tmp_path))).may_match(b"Is there any beech left?")
    assert not NO_RULE_BOOK.may_match(b"powershell")


def test_the_operators_rules_look_at_files_and_texts(tmp_path: Path) -> None:
    book = build(tmp_path, trees=OAK)
    for rules in (book.rules, book.text_rules):
        assert find(rules, "a.txt", b"an oak") == {"oak"}
    assert book.words == {RuleName("trees", "oak"): RuleWords("Oak.", "", Severity.DANGER)}


def test_two_files_may_have_rules_of_the_same_name(tmp_path: Path) -> None:
    book = build(tmp_path, a=OAK, b=OAK.replace('"danger"', '"note"'))
    assert [words.severity for words in book.words.values()] == [Severity.DANGER, Severity.NOTE]


def test_a_rule_without_a_severity_is_suspect(tmp_path: Path) -> None:
    book = build(tmp_path, a="rule a { condition: false }")
    assert book.explain(RuleName("a", "a")).severity is Severity.SUSPECT
    assert book.explain(RuleName("a", "unknown")).severity is Severity.SUSPECT


def test_shipped_rules_are_used_beside_the_operators(tmp_path: Path) -> None:
    (tmp_path / "trees.yara").write_text(OAK)
    book = build_rule_book(YaraSettings(folder=str(tmp_path)))
    assert len(book.words) == len(SHIPPED.words) + 1


def test_without_rules_there_is_no_book(tmp_path: Path) -> None:
    assert build_rule_book(YaraSettings(shipped=False)) is NO_RULE_BOOK
    assert build_rule_book(YaraSettings(shipped=False, folder=str(tmp_path))).words == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule a {\n condition: oak }", r"bad\.yar:2: unknown identifier `oak`"),
        ("rule a {\n condition: true", r"bad\.yar:2: .*syntax error"),
        ('include "/etc/passwd"\nrule a { condition: true }', r"bad\.yar:1: include statements not allowed"),
        ('\nimport "vt"\nrule a { condition: true }', r"bad\.yar:2: rules may not import 'vt'"),
        ('rule a { strings: $a = "x" condition: $a }', r"bad\.yar:1: slow pattern"),
        ('rule a { meta: severity = "grave" condition: true }', r"severity 'grave' is none of note, odd"),
    ],
)
def test_a_bad_file_of_rules_is_told_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=says):
        build(tmp_path, bad=text)


def test_a_folder_or_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"folder of rules .*No such file"):
        build_rule_book(YaraSettings(folder=str(tmp_path / "absent")))
    (tmp_path / "a.yar").write_bytes(b"\xff\xfe")
    with pytest.raises(BadSettings, match="not UTF-8"):
        build_rule_book(YaraSettings(folder=str(tmp_path)))


@pytest.mark.parametrize(
    "atom", [b"curl ", b"powershell -e ", b"mshta ", b"DDE ", b"PK\x03\x04", b"win ", b"ctrl<", b"%70", b"value='a@"]
)
def test_a_large_file_made_of_what_rules_begin_with_is_not_slow(atom: bytes) -> None:
    content = atom * (4 * 1024 * 1024 // len(atom))
    started_s = time.process_time()
    SHIPPED.rules.find(Scanned(content, "script", "a.js"))
    assert time.process_time() - started_s < 1


def test_where_the_system_lets_nobody_make_code_ours_are_left_out_and_the_operators_are_a_mistake(
    tmp_path: Path,
) -> None:
    code = f"""
import ctypes
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)  # as MemoryDenyWriteExecute does
from gatepost.model.errors import BadSettings
from gatepost.screen.rule_book import build_rule_book, may_make_code
from gatepost.screen.settings import YaraSettings
book = build_rule_book(YaraSettings())
try:
    build_rule_book(YaraSettings(folder={str(tmp_path)!r}))
except BadSettings as error:
    refused = str(error)
else:
    refused = ""
assert may_make_code() or (not book.rules and "MemoryDenyWriteExecute" in book.trouble and refused)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_rules_have_another_version_wherever_they_lie(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, text in zip(folders, (OAK, OAK, OAK.replace("oak", "ash")), strict=True):
        folder.mkdir()
        build(folder, trees=text)
    first, same, other = (build(folder).version for folder in folders)
    assert first == same != other
    assert SHIPPED.version not in ("", first)


def test_the_rule_in_the_manual_can_be_used_as_it_stands(tmp_path: Path) -> None:
    manual = (PROJECT_ROOT / "docs" / "operate.md").read_text("utf-8")
    (rule,) = re.findall(r"^```\n(rule .*?)^```$", manual, re.MULTILINE | re.DOTALL)
    book = build(tmp_path, own=rule)
    assert find(book.rules, "a.pdf", b"%PDF-1.4 Tender 2026/7") == {"our_tender_as_a_lure"}
