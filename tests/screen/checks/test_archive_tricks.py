"""Beyond the corpus cases: what each trait of an archive means."""

import pytest

from ambiguous_zips import AMBIGUOUS, HONEST
from archive_cases import NOTE, open_file
from carried_files import build_case, examine_case, find_in
from gatepost.model.contents import OpenedFile, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.model.finding import Severity
from gatepost.screen.checks.archive_tricks import _BY_TRAIT
from zip_builder import Piece, write_zip

CHECK = "archive_tricks"


def archive(*codes: str, kind: FileKind = FileKind.ZIP) -> OpenedFile:
    return OpenedFile("1.2", "plan.zip", kind, 9, traits=tuple(Trait(f"archive.{code}", "a") for code in codes))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("hidden_entry", "hidden"),
        ("header_differs", "hidden"),
        ("overlap", "hidden"),
        ("path_escape", "path"),
        ("through_link", "path"),
        ("link_outside", "link"),
        ("wrong_size", "structure"),
        ("data_before", "extra_data"),
        ("path_absolute", "names"),
        ("volumes", "unreadable"),
        ("name_alike", "oddity"),
        ("empty", "oddity"),
    ],
)
def test_a_trait_is_told(code: str, kind: str) -> None:
    assert find_in(CHECK, archive(code)) == [kind]


def test_what_others_tell_is_not_told_here() -> None:
    assert find_in(CHECK, archive("bomb", "locked_entry", "unlocked", "many_files", "damaged", "unheard_of")) == []


def test_a_program_that_unpacks_itself_begins_with_something_else() -> None:
    assert find_in(CHECK, archive("data_before", "data_behind", kind=FileKind.PE)) == []


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_every_ambiguous_archive_is_flagged(case: str) -> None:
    findings = examine_case(CHECK, build_case(open_file(AMBIGUOUS[case][1](), "plan.zip")))
    assert max(finding.severity for finding in findings) >= Severity.SUSPECT


@pytest.mark.parametrize("case", HONEST)
def test_no_honest_archive_is_flagged(case: str) -> None:
    findings = examine_case(CHECK, build_case(open_file(HONEST[case](), "plan.zip")))
    assert all(finding.severity < Severity.SUSPECT for finding in findings)


def test_an_archive_is_told_once_for_each_kind_with_its_evidence() -> None:
    (finding,) = examine_case(CHECK, build_case(archive("hidden_entry", "overlap", "several_ends", "name_differs")))
    assert [evidence.text for evidence in finding.evidence] == ["hidden_entry: a", "overlap: a", "several_ends: a"]
    assert finding.says == "The archive plan.zip shows different files to different programs."


def test_an_archive_in_an_archive_is_told_by_its_own_name() -> None:
    inner = write_zip([Piece(b"a.txt", NOTE, local={"name": b"b.txt"})])
    opened = open_file(write_zip([Piece(b"folder/inner.zip", inner)]), "outer.zip")
    (finding,) = examine_case(CHECK, build_case(opened))
    assert finding.says.startswith("The archive inner.zip ")


def test_every_trait_belongs_to_one_kind() -> None:
    assert all(code.startswith("archive.") for code in _BY_TRAIT)
    assert len(_BY_TRAIT) > 30
