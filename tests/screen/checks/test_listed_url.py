from dataclasses import replace
from pathlib import Path

import pytest

from feed_builders import fill_shelf
from gatepost.feeds.settings import Threat
from gatepost.feeds.shelf import NO_FEEDS, FeedShelf
from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.finding import Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.checks.listed_url import examine
from screen_cases import build_tables, write_attachment, write_mail


@pytest.fixture
def shelf(tmp_path: Path) -> FeedShelf:
    texts = {
        ("phish", Threat.PHISHING): "https://evil.example/a\nbad.example\nhttps://both.example/p\nboth.example\n",
        ("mal", Threat.MALWARE): "http://dropper.example/x\n",
    }
    return fill_shelf(tmp_path, texts)


def find(shelf: FeedShelf, body: str, *, html: bool = False) -> list[Finding]:
    case = Case(
        parse_message(write_mail(body, html=html)), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset()
    )
    kit = replace(build_tables(), feeds=shelf)
    return [one for one in examine(case, kit) if isinstance(one, Finding)]


def codes(shelf: FeedShelf, body: str, *, html: bool = False) -> list[str]:
    return [finding.code.partition(".")[2] for finding in find(shelf, body, html=html)]


def test_the_finding_names_the_list_and_points_at_the_link(shelf: FeedShelf) -> None:
    (finding,) = find(shelf, "Go to https://evil.example/a?me now")
    assert finding.severity is Severity.DANGER
    assert "evil.example" in finding.says
    assert "list phish" in finding.says
    assert "名单 phish" in finding.says_zh
    (evidence,) = finding.evidence
    raw = write_mail("Go to https://evil.example/a?me now")
    assert evidence.span is not None
    assert raw[evidence.span.start : evidence.span.end] == b"https://evil.example/a?me"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("http://dropper.example/x", ["malware"]),
        ("https://deep.in.bad.example/", ["domain"]),
        ("https://both.example/p", ["phishing"]),
        ("https://both.example/q", ["domain"]),
        ("https://evil.example/b", []),
        ("https://evil.example/a https://evil.example/a?1 https://evil.example/a#2", ["phishing"]),
        ("https://evil.example/a http://dropper.example/x https://bad.example", ["phishing", "malware", "domain"]),
    ],
)
def test_each_thing_is_told_once_and_by_what_is_known_most_exactly(
    shelf: FeedShelf, body: str, found: list[str]
) -> None:
    assert sorted(codes(shelf, body)) == sorted(found)


@pytest.mark.parametrize(
    "body",
    [
        '<base href="https://evil.example/"><a href="a">x</a>',
        '<form action="https://evil.example/a"><input name=pin></form>',
        '<img src="//evil.example/a">',
        '<meta http-equiv="refresh" content="0; url=https://evil.example/a">',
        '<a href="https://www.google.com/url?q=https%3A%2F%2Fevil.example%2Fa">x</a>',
        '<a href=" hTTps:\\\\evil.EXAMPLE./%61 ">x</a>',
    ],
)
def test_a_listed_page_is_seen_wherever_it_stands(shelf: FeedShelf, body: str) -> None:
    assert codes(shelf, body, html=True) == ["phishing"]


def test_without_lists_nothing_is_seen() -> None:
    assert codes(NO_FEEDS, "https://evil.example/a") == []


def test_links_of_attached_pages_are_looked_at(shelf: FeedShelf) -> None:
    for page in (
        b'<a href="https://evil.example/a">x</a>',
        b'<base href="https://evil.example/"><form action="a"><input>',
    ):
        case = Case(
            parse_message(write_attachment("invoice.html", page, "text/html")),
            Envelope(None, (), "", "", protocol=""),
            UNPROVEN,
            frozenset(),
        )
        (finding,) = examine(case, replace(build_tables(), feeds=shelf))
        assert isinstance(finding, Finding)
        assert finding.code == "listed_url.phishing"


def test_a_listed_link_behind_thousands_of_others_is_found(shelf: FeedShelf) -> None:
    text = " ".join(f"https://honest{number}.example/" for number in range(1_900)) + " https://evil.example/a"
    assert codes(shelf, text) == ["phishing"]
    links = "".join(f'<a href="https://honest{number}.example/">x</a>' for number in range(3_000))
    assert codes(shelf, links + '<a href="https://evil.example/a">x</a>', html=True) == ["phishing"]
