"""All checks look, whatever one of them does; what they see is gathered in one order."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile, Opening
from gatepost.model.envelope import Envelope
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence, Feature, Finding, Severity
from gatepost.model.proof import UNPROVEN
from gatepost.screen.case import Case, Kit, LoadedCheck
from gatepost.screen.kit import build_kit
from gatepost.screen.run import (
    MAX_FILES_NAMED,
    MAX_FINDINGS_PER_CODE,
    MAX_OBSERVATIONS_PER_CHECK,
    describe_error,
    load_checks,
    observe,
    screen,
)
from gatepost.screen.settings import ScreenSettings

HEAD = b"From: ann@woodwork.example\r\nDate: Tue, 14 Oct 2025 08:00:00 +0200\r\nMessage-ID: <1@b>\r\n"
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def kit() -> Kit:
    return build_kit(ScreenSettings())


def make_case(raw: bytes) -> Case:
    return Case(parse_message(raw), Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset())


def make_check(*seen: Finding | Feature, error: Exception | None = None) -> LoadedCheck:
    def examine(case: Case, kit: Kit) -> Iterator[Finding | Feature]:
        del case, kit
        yield from seen
        if error:
            raise error

    return LoadedCheck("made", examine)


def finding(code: str, severity: Severity = Severity.ODD) -> Finding:
    return Finding(code, severity, "Seen.", "看到。")


@pytest.mark.parametrize("name", load_checks())
def test_a_check_declares_kinds_under_its_own_name(name: str) -> None:
    kinds = load_checks()[name].KINDS
    assert [kind.code for kind in kinds if not re.fullmatch(rf"{name}\.[a-z0-9_]+", kind.code)] == []
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(kind.means.endswith(".") for kind in kinds)
    assert all(-2 <= kind.weight <= 6 for kind in kinds)
    assert {kind.severity for kind in kinds if kind.weight < 0} <= {Severity.NOTE}


def test_a_check_that_needs_files_is_not_asked_about_a_mail_without_any() -> None:
    asking = replace(make_check(finding("made.one")), needs_files=True)
    case, file = make_case(HEAD), OpenedFile("1", "a", FileKind.UNKNOWN, 1)
    assert observe(case, replace(kit(), checks=(asking,))).findings == ()
    holding = replace(case, contents=Contents((file,)))
    assert [one.code for one in observe(holding, replace(kit(), checks=(asking,))).findings] == ["made.one"]


def test_checks_that_need_files_look_at_nothing_else_of_a_mail_without_any() -> None:
    asking = [check for check in kit().checks if check.needs_files]
    assert len(asking) > 10
    nothing: Any = None
    case = Case(nothing, nothing, nothing, nothing, nothing)
    assert [check.name for check in asking if any(check.examine(case, kit()))] == []


def test_what_a_check_saw_before_it_broke_is_kept() -> None:
    checks = (make_check(finding("made.one"), error=ValueError("secret")), make_check(finding("made.two")))
    observations = observe(make_case(HEAD), replace(kit(), checks=checks))
    assert [one.code for one in observations.findings] == ["made.one", "screen.check_failed", "made.two"]
    assert not observations.is_complete


def test_a_broken_check_is_told_without_quoting_the_mail() -> None:
    observations = observe(make_case(HEAD), replace(kit(), checks=(make_check(error=ValueError("secret")),)))
    (failure,) = observations.findings
    assert re.fullmatch(r"ValueError at test_run\.py:\d+", failure.evidence[0].text)
    assert "secret" not in repr(failure)


def test_an_error_without_a_trace_is_described() -> None:
    assert describe_error(KeyError("secret")) == "KeyError"


def test_the_gravest_finding_stands_first() -> None:
    checks = (make_check(finding("made.odd"), finding("made.danger", Severity.DANGER), finding("made.note")),)
    observations = observe(make_case(HEAD), replace(kit(), checks=checks))
    assert observations.findings[0].code == "made.danger"


def test_the_same_finding_is_not_told_without_end() -> None:
    many = [Finding("made.many", Severity.ODD, "Seen.", "看到。", (Evidence(str(n)),)) for n in range(5_000)]
    observations = observe(make_case(HEAD), replace(kit(), checks=(make_check(*many),)))
    assert len(observations.findings) == MAX_FINDINGS_PER_CODE


def test_every_file_stays_named_however_many_findings_are_left_out() -> None:
    many = [Finding("made.many", Severity.ODD, "Seen.", "看到。", (Evidence("", None, str(n)),)) for n in range(300)]
    findings = observe(make_case(HEAD), replace(kit(), checks=(make_check(*many, finding("made.other")),))).findings
    files = [evidence.file for one in findings for evidence in one.evidence if evidence.file]
    assert files == [str(n) for n in range(MAX_FINDINGS_PER_CODE + MAX_FILES_NAMED)]
    assert [one.code for one in findings].count("made.other") == 1


def test_a_check_that_never_ends_is_stopped() -> None:
    features = [Feature(f"made.{n}", 1.0) for n in range(MAX_OBSERVATIONS_PER_CHECK * 3)]
    observations = observe(make_case(HEAD), replace(kit(), checks=(make_check(*features),)))
    assert len(observations.features) == MAX_OBSERVATIONS_PER_CHECK


def test_features_are_named_after_their_check() -> None:
    raw = HEAD + b"Content-Type: text/html\r\n\r\n<a href='http://a.example'>a</a><img><form></form>"
    features = observe(make_case(raw), kit()).features
    assert features
    assert {feature.name.partition(".")[0] for feature in features} <= set(load_checks())


def test_parts_are_summarised_with_their_decoded_size() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x\r\n"
        b'Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--x--\r\n'
    )
    parts = screen(make_case(raw), kit()).parts
    assert [(part.path, part.content_type, part.filename) for part in parts[1:]] == [
        ("1.1", "text/plain", ""),
        ("1.2", "application/pdf", "a.pdf"),
    ]
    assert parts[2].size_bytes == 5


@given(st.binary(max_size=3_000), st.sampled_from([b"text/html", b"text/plain", b"multipart/mixed; boundary=x"]))
def test_any_mail_is_judged_by_all_checks_and_every_finding_speaks_both_languages(body: bytes, kind: bytes) -> None:
    screening = screen(make_case(HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + body), kit())
    assert screening.was_judged
    for one in screening.findings:
        assert one.says.endswith(".")
        assert CHINESE.search(one.says_zh)
        assert all(not e.span or 0 <= e.span.start <= e.span.end <= 4_000 for e in one.evidence)


def test_a_file_with_a_finding_is_recorded_however_many_stand_before_it() -> None:
    program = OpenedFile("2:400", "setup.exe", FileKind.PE, 468)
    many = tuple(OpenedFile(f"2:{number}", f"{number}.txt", FileKind.TEXT, 5) for number in range(1, 400))
    archive = OpenedFile("2", "all.zip", FileKind.ZIP, 900, Opening.OPENED, files=(*many, program))
    screening = screen(replace(make_case(HEAD + b"\r\nhi\r\n"), contents=Contents((archive,))), kit())
    assert "2:400" in {one.file for finding in screening.findings for one in finding.evidence}
    assert list(screening.contents.walk())[-1].path == "2:400"
