import hashlib
from dataclasses import replace
from pathlib import Path

from feed_builders import fill_shelf
from gatepost.feeds.settings import Threat
from gatepost.feeds.shelf import NO_FEEDS, FeedShelf
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.checks.listed_hash import examine
from screen_cases import build_tables, write_attachment

CONTENT = b"known to do harm\x00\xff"


def find(shelf: FeedShelf, raw: bytes) -> list[Finding]:
    case = Case(parse_message(raw), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())
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
