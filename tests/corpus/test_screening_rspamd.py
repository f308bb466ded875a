"""docs/screening-rspamd.md tells the truth about Rspamd's own mails, which are read where they lie."""

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from gatepost.message.parse import parse_message
from gatepost.model.envelope import Envelope
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case
from gatepost.screen.run import screen
from paths import PROJECT_ROOT, SHARED, needs_shared
from screen_cases import build_tables

SUITE = SHARED / "suites" / "screening-rspamd"
TABLE = PROJECT_ROOT / "docs" / "screening-rspamd.md"
ATTACHMENTS = ("105_mimetypes", "281_fnames", "350_magic")


def read_rows(title: str) -> list[list[str]]:
    section = TABLE.read_text("utf-8").partition(f"## {title}")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


MAILS = read_rows("Mail by mail")
WHOLE_SUITES = dict(read_rows("Whole suites without a row above"))


@cache
def read_cases() -> dict[str, dict[str, set[str]]]:
    """Give suite, mail, and the symbols that Rspamd expects or, with `no` before it, does not."""
    cases: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case in json.loads((SUITE / "cases.json").read_text("utf-8")):
        suite = case["suite"].removeprefix("001_merged/").removesuffix(".robot")
        for word, *rest in case["expect"]:
            cases[suite][case["file"]].update(f"{'no ' if 'Not' in word else ''}{symbol}" for symbol in rest[:1])
    return cases


def find_codes(path: Path) -> set[str]:
    raw = path.read_bytes()
    message = parse_message(raw if b"\r\n" in raw else raw.replace(b"\n", b"\r\n"))
    case = Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())
    return {finding.code for finding in screen(case, build_tables()).findings}


@needs_shared
@pytest.mark.parametrize(("suite", "name", "symbols", "ours", "why"), MAILS, ids=lambda cell: cell[:40])
def test_what_the_table_says_of_a_mail_is_true(suite: str, name: str, symbols: str, ours: str, why: str) -> None:
    assert set(symbols.split(", ")) == read_cases()[suite][name]
    found = find_codes(SUITE / "messages" / name)
    claims = re.findall(r"(no )?`([\w.]+)`", ours)
    assert claims or (ours == "none" and why)
    assert {code for negation, code in claims if not negation} <= found
    absent = {code for negation, code in claims if negation}
    assert [code for code in found if code in absent or code.partition(".")[0] in absent] == []


@needs_shared
def test_every_mail_and_every_suite_has_its_place() -> None:
    cases = read_cases()
    listed = {(suite, name) for suite, name, *_ in MAILS}
    suites = {suite for suite, _ in listed}
    assert listed == {(suite, name) for suite in suites for name in cases[suite]}
    assert {*suites, *WHOLE_SUITES} >= cases.keys()
    assert suites.isdisjoint(WHOLE_SUITES)


def test_the_suites_about_attachments_are_named_as_such() -> None:
    assert all("issue 5" in WHOLE_SUITES[suite] for suite in ATTACHMENTS)
