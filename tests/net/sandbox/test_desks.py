"""What the nursery is given, and what the children do with it, in the sandbox as it is used."""

from collections.abc import Iterator

import pytest

from built_files import build_file
from built_files.plain import build_zip
from gatepost.message.attachments.opening import open_files
from gatepost.model.contents import Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.net.sandbox.settings import OpenSettings
from gatepost.screen.rule_book import build_rule_book
from gatepost.screen.settings import YaraSettings

RULES = build_rule_book(YaraSettings()).rules
MATCH = Trait("yara.encoded_powershell", "texts")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    one = Sandbox(OpenSettings(deadline_s=20, children=1), rules=RULES.pack())
    yield one
    one.close()


def test_a_child_holds_files_against_the_rules_that_the_gate_gave(sandbox: Sandbox) -> None:
    packed = build_zip({"readme.txt": b"hello", "run.bat": build_file("run.bat")})
    order = OpenOrder((FileToOpen("1", "a.zip", packed), FileToOpen("2", "run.bat", build_file("run.bat"))))
    files = {file.path: file for file in sandbox.open(order).walk()}
    assert MATCH in files["1:2"].traits
    assert MATCH in files["2"].traits
    assert MATCH not in files["1:1"].traits


def test_a_child_finds_the_same_as_the_code_without_a_sandbox(sandbox: Sandbox) -> None:
    names = ("run.bat", "invoice.html", "outer.zip", "scan.iso", "page.one", "list.csv", "notes.zip")
    order = OpenOrder(tuple(FileToOpen(str(number), name, build_file(name)) for number, name in enumerate(names, 1)))
    inside = sandbox.open(order)
    assert inside == open_files(order, RULES)
    assert all(file.opening is not Opening.CRASHED for file in inside.walk())


def test_a_child_reads_mails_in_files_in_every_way(sandbox: Sandbox) -> None:
    parts = b"--b\r\n\r\nplan\r\n--b--\r\n--b\r\nContent-Type: application/zip\r\n\r\n" + build_file("notes.zip")
    raw = (
        b"Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + parts
        + b"\r\n--b--\r\n"
    )
    (file,) = sandbox.open(OpenOrder((FileToOpen("1", "a.eml", raw),))).files
    assert [inner.kind for inner in file.files] == [FileKind.ZIP]


def test_without_rules_nothing_is_given_and_nothing_is_noted() -> None:
    sandbox = Sandbox(OpenSettings(deadline_s=20, children=1))
    (file,) = sandbox.open(OpenOrder((FileToOpen("1", "run.bat", build_file("run.bat")),))).files
    sandbox.close()
    assert not any(trait.code.startswith("yara.") for trait in file.traits)
