from built_files import build_file
from built_files.plain import build_zip
from gatepost.message.attachments.opening import open_files
from gatepost.message.attachments.rules import NO_RULES
from gatepost.model.contents import Opening, Trait
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.screen.rule_book import build_rule_book
from gatepost.screen.settings import YaraSettings

RULES = build_rule_book(YaraSettings()).rules


def test_a_match_is_noted_on_the_file_wherever_it_lies() -> None:
    packed = build_zip({"readme.txt": b"hello", "more.zip": build_zip({"run.bat": build_file("run.bat")})})
    contents = open_files(OpenOrder((FileToOpen("2", "a.zip", packed),)), RULES)
    matched = {file.path for file in contents.walk() if Trait("yara.encoded_powershell", "texts") in file.traits}
    assert "2:2.1" in matched
    assert "2:1" not in matched


def test_a_leaf_stays_a_leaf() -> None:
    (file,) = open_files(OpenOrder((FileToOpen("1", "small.exe", build_file("small.exe")),)), RULES).files
    assert file.opening is Opening.LEAF
    assert Trait("yara.packed_program", "carriers") in file.traits


def test_without_rules_nothing_is_noted() -> None:
    (file,) = open_files(OpenOrder((FileToOpen("1", "run.bat", build_file("run.bat")),)), NO_RULES).files
    assert not any(trait.code.startswith("yara.") for trait in file.traits)
