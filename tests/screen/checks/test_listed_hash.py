import hashlib
from dataclasses import replace
from pathlib import Path

from feed_builders import fill_shelf
from gatepost.feeds.settings import Threat
from gatepost.feeds.shelf import NO_FEEDS, FeedShelf
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile, Opening
from gatepost.model.envelope import Envelope
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.checks.listed_hash import examine
from screen_cases import build_tables, write_attachment

CONTENT = b"known to do harm\x00\xff"


def find(shelf: FeedShelf, raw: bytes, *files: OpenedFile) -> list[Finding]:
    envelope = Envelope(None, (), "", "", protocol="")
    case = Case(parse_message(raw), envelope, UNPROVEN, frozenset(), contents=Contents(files))
    found = examine(case, replace(build_tables(), feeds=shelf))
    return [one for one in found if isinstance(one, Finding)]


def test_a_known_file_is_malware_and_its_hash_is_told(tmp_path: Path) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    shelf = fill_shelf(tmp_path, {("hashes", Threat.MALWARE): digest})
    (finding,) = find(shelf, write_attachment("a.bin", CONTENT))
    assert (finding.code, finding.severity) == ("listed_hash.file", Severity.MALWARE)
    assert digest in finding.evidence[0].text
    assert find(shelf, write_attachment("a.bin", CONTENT + b"x")) == []


def test_without_a_list_of_hashes_nothing_is_seen(tmp_path: Path) -> None:
    shelf = fill_shelf(tmp_path, {("urls", Threat.MALWARE): "https://evil.example/a"})
    for each in (NO_FEEDS, shelf):
        assert find(each, write_attachment("a.bin", CONTENT)) == []


def test_every_opened_file_is_asked_about(tmp_path: Path) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    shelf = fill_shelf(tmp_path, {("hashes", Threat.MALWARE): digest})
    inner = OpenedFile("1.2:1", "in/bad.bin", FileKind.UNKNOWN, len(CONTENT), sha256=digest)
    root = OpenedFile("1.2", "a.zip", FileKind.ZIP, 90, sha256="0" * 64, files=(inner,))
    (finding,) = find(shelf, write_attachment("a.zip", b"packed"), root)
    assert finding.says == "The attachment bad.bin is known malware (list hashes)."
    assert finding.evidence[0].file == "1.2:1"


def test_what_nobody_could_open_is_asked_about_as_it_is(tmp_path: Path) -> None:
    shelf = fill_shelf(tmp_path, {("hashes", Threat.MALWARE): hashlib.sha256(CONTENT).hexdigest()})
    crashed = OpenedFile("1.2", "a.bin", FileKind.UNKNOWN, len(CONTENT), Opening.CRASHED)
    assert len(find(shelf, write_attachment("a.bin", CONTENT), crashed)) == 1
