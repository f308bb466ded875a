"""Files are told with what they lie in and where they stand in the mail."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from carried_files import build_case, examine_case
from gatepost.message.parse import parse_message
from gatepost.model.contents import Contents, OpenedFile, Opening, Trait
from gatepost.model.envelope import Envelope
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Evidence
from gatepost.model.proof import UNPROVEN
from gatepost.screen.carried import list_carried, list_roots, list_unopened, point_at_part
from gatepost.screen.case import Case
from screen_cases import write_attachment

CHECKS = (
    "executable_attachment", "file_name", "known_test_virus", "listed_hash", "real_type", "risky_file", "unopened_file",
)  # fmt: skip
INNER = OpenedFile("2:1.1", "c/d.txt", FileKind.TEXT, 1)
ROOT = OpenedFile("2", "a/b.zip", FileKind.ZIP, 9, files=(OpenedFile("2:1", "", FileKind.TAR, 8, files=(INNER,)),))


def test_each_file_comes_before_those_in_it() -> None:
    carried = list(list_carried(build_case(ROOT)))
    assert [(one.file.path, one.name, len(one.holders)) for one in carried] == [
        ("2", "a/b.zip", 0), ("2:1", "", 1), ("2:1.1", "d.txt", 2),
    ]  # fmt: skip
    assert carried[2].point().text == "a/b.zip: tar: c/d.txt"
    assert (carried[1].call(), carried[1].call_zh()) == ("without a name", "（无名称）")
    assert (carried[2].call(), carried[2].call_zh()) == ("d.txt", "d.txt")


def test_a_part_has_its_place_in_the_mail() -> None:
    message = parse_message(write_attachment("a.txt", b"x"))
    files = (OpenedFile("1.2", "a.txt", FileKind.TEXT, 1), OpenedFile("9", "gone", FileKind.TEXT, 1))
    case = Case(message, Envelope(None, (), "", "", protocol=""), UNPROVEN, frozenset(), contents=Contents(files))
    first, second = list_roots(case)
    assert first.part is not None
    assert first.point("seen").span == first.part.body_span
    assert (first.point("seen").text, first.point("seen").file) == ("seen", "1.2")
    assert second.part is None
    assert second.point().span is None


def test_a_text_with_a_name_is_listed_where_nobody_opened_it() -> None:
    raw = b'From: ann@woodwork.example\r\nContent-Type: text/plain; name="a.exe"\r\n\r\nHello'
    case = replace(build_case(), message=parse_message(raw))
    assert [part.filename for part in list_unopened(case)] == ["a.exe"]
    for path in ("1", "~1"):  # the second is that of another reading of the mail
        opened = replace(case, contents=Contents((OpenedFile(path, "a.exe", FileKind.TEXT, 5),)))
        assert list(list_unopened(opened)) == []
    assert list(list_unopened(build_case())) == []


def test_a_part_that_nobody_opened_is_pointed_at_so_that_it_can_be_taken_out() -> None:
    part = parse_message(write_attachment("a.exe", b"MZ")).root.children[1]
    assert point_at_part(part) == Evidence("a.exe", part.body_span, part.path)
    assert point_at_part(part, "a.exe: b").text == "a.exe: b"
    unnamed = parse_message(b"Content-Type: a/b\r\n\r\nx").root
    assert point_at_part(unnamed).text == "a/b"


def test_all_that_a_file_is_and_locks_is_told() -> None:
    traits = (Trait("kind.also", "zip"), Trait("kind.also", "no kind"), Trait("archive.locked_entry", "secret.txt"))
    (carried,) = list_roots(build_case(OpenedFile("1", "a", FileKind.PDF, 1, traits=traits)))
    assert carried.kinds == {FileKind.PDF, FileKind.ZIP}
    assert carried.locked_names == ("secret.txt",)


NAMES = st.text(st.sampled_from("a.\uff0e/\\: \u202eeExX\x00{}-\u0435"), max_size=40) | st.text(max_size=40)


@given(NAMES, NAMES, st.sampled_from(FileKind), st.sampled_from(FileKind), st.sampled_from(Opening))
def test_no_name_and_no_kind_breaks_a_check(
    name: str, inner_name: str, kind: FileKind, inner_kind: FileKind, opening: Opening
) -> None:
    inner = OpenedFile("1:1", inner_name, inner_kind, 1, opening, traits=(Trait("archive.locked_entry", name),))
    outer = OpenedFile("1", name, kind, 1, opening, files=(inner,), traits=(Trait("kind.polyglot", "pdf, zip"),))
    for check in CHECKS:
        for finding in examine_case(check, build_case(outer)):
            assert finding.says
            assert finding.says_zh
