"""Beyond the corpus cases: whose words are told, and where a match points."""

from dataclasses import replace
from pathlib import Path

import pytest

from built_files import build_file
from gatepost.message.attachments.rules import RulesTooSlowError
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile, Trait
from gatepost.model.envelope import Envelope
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.checks import yara_rule
from gatepost.screen.rule_book import NO_RULE_BOOK, RuleBook, build_rule_book
from gatepost.screen.settings import YaraSettings
from screen_cases import build_tables, find, write_attachment, write_mail

CHECK = "yara_rule"


def find_with(book: RuleBook, raw: bytes, *files: OpenedFile) -> list[Finding]:
    envelope = Envelope(None, (), "", "", protocol="")
    case = Case(parse_message(raw), envelope, UNPROVEN, frozenset(), contents=Contents(files))
    found = yara_rule.examine(case, replace(build_tables(), rule_book=book))
    return [one for one in found if isinstance(one, Finding)]


def build_book(folder: Path, text: str) -> RuleBook:
    (folder / "own.yar").write_text(text)
    return build_rule_book(YaraSettings(shipped=False, folder=str(folder)))


def test_a_match_names_the_rule_the_file_and_where_to_read_more() -> None:
    (finding,) = find(CHECK, write_attachment("small.exe", build_file("small.exe")))
    assert finding.severity is Severity.NOTE
    assert finding.evidence[0].file == "1.2"
    assert finding.evidence[0].text.startswith("carriers/packed_program (https://")
    assert "packed_program matches the file small.exe: A Windows program" in finding.says


def test_without_a_sandbox_files_are_looked_at_as_they_came() -> None:
    (finding,) = find_with(build_tables().rule_book, write_attachment("tool.exe", build_file("tool.exe")))
    assert (finding.code, finding.evidence[0].file) == ("yara_rule.suspect", "1.2")


def test_what_a_child_of_the_sandbox_says_of_a_rule_is_told_in_the_books_own_words(tmp_path: Path) -> None:
    book = build_book(tmp_path, 'rule oak { meta: severity = "odd" description = "Oak." condition: false }')
    traits = (Trait("yara.oak", "own"), Trait("yara.unheard_of", "own"), Trait("signature.eicar", ""))
    file = OpenedFile("2", "a.txt", FileKind.TEXT, 1, traits=traits)
    findings = find_with(book, write_attachment("a.txt", b"x"), file)
    assert [(one.severity, one.says) for one in findings] == [
        (Severity.ODD, "The rule oak matches the file a.txt: Oak."),
        (Severity.SUSPECT, "The rule unheard_of matches the file a.txt."),
    ]
    assert [one.says_zh for one in findings] == ["文件 a.txt 符合规则 oak：Oak.", "文件 a.txt 符合规则 unheard_of。"]


def test_an_invented_name_cannot_drive_the_terminal_of_its_reader() -> None:
    file = OpenedFile("2", "a.txt", FileKind.TEXT, 1, traits=(Trait("yara.a\x1b[31m", "b\u202e"),))
    (finding,) = find_with(build_tables().rule_book, write_attachment("a.txt", b"x"), file)
    assert finding.says.isprintable()
    assert finding.evidence[0].text.isprintable()


def test_a_rule_finds_what_stands_in_any_text_of_the_mail(tmp_path: Path) -> None:
    book = build_book(tmp_path, 'rule oak { strings: $a = "oak boards" condition: $a }')
    (finding,) = find_with(book, write_mail("Two oak boards."))
    assert finding.code == "yara_rule.suspect"
    assert "the text of this mail" in finding.says
    assert find_with(book, write_mail("Two beech boards.")) == []


def test_a_rule_that_never_ends_does_not_end_in_silence(tmp_path: Path) -> None:
    book = build_book(tmp_path, "rule slow { condition: for all i in (1..100000000000): (i * i % 7 > -10) }")
    with pytest.raises(RulesTooSlowError):
        find_with(book, write_mail("Hello."))


def test_without_rules_nothing_is_seen() -> None:
    assert find_with(NO_RULE_BOOK, write_attachment("tool.exe", build_file("tool.exe"))) == []
