"""The tree of opened files."""

from dataclasses import replace

from gatepost.model.contents import (
    MAX_CHARS_RECORDED,
    MAX_FILES_RECORDED,
    NO_CONTENTS,
    Contents,
    FoundLink,
    OpenedFile,
    Trait,
    shorten,
)
from gatepost.model.file_kinds import ARCHIVES, IMAGES, PROGRAMS, FileKind


def leaf(path: str, *files: OpenedFile) -> OpenedFile:
    return OpenedFile(path, "", FileKind.ZIP, 1, files=files)


def test_all_files_are_walked_depth_first() -> None:
    contents = Contents((leaf("1", leaf("1:1", leaf("1:1.1")), leaf("1:2")), leaf("2")))
    assert [file.path for file in contents.walk()] == ["1", "1:1", "1:1.1", "1:2", "2"]
    assert list(NO_CONTENTS.walk()) == []


def test_a_record_has_no_bytes_and_says_how_many_files_it_leaves_out() -> None:
    inner = replace(leaf("1:1"), content=b"secret", name="a" * 100)
    whole = Contents((replace(leaf("1", inner), content=b"x"), *(leaf(str(n)) for n in range(2, 300))))
    record = shorten(whole)
    assert len(list(record.walk())) == MAX_FILES_RECORDED
    assert record.left_out_count == 300 - MAX_FILES_RECORDED
    assert record.files[0].files[0].name == "a" * 100
    assert all(file.content == b"" for file in record.walk())
    assert shorten(record) == record
    assert shorten(NO_CONTENTS) is NO_CONTENTS


def test_a_record_keeps_the_files_that_are_told_of_and_what_they_lie_in() -> None:
    last = leaf("2", *(leaf(f"2:{number}") for number in range(1, 10)), leaf("2:10", leaf("2:10.1")))
    whole = Contents((*(leaf(f"1:{number}") for number in range(300)), last))
    paths = [file.path for file in shorten(whole, ["2:10.1", "9:9"]).walk()]
    assert len(paths) == MAX_FILES_RECORDED
    assert paths[-4:] == [f"1:{MAX_FILES_RECORDED - 4}", "2", "2:10", "2:10.1"]


def test_a_record_costs_no_more_than_it_may() -> None:
    traits = tuple(Trait(f"zip.{n}", "t" * 200) for n in range(200))
    links = tuple(FoundLink("u" * 4000 + str(n)) for n in range(500))
    files = shorten(Contents(tuple(replace(leaf(str(n)), traits=traits, links=links) for n in range(100)))).files
    chars = sum(len(trait.code + trait.text) for file in files for trait in file.traits)
    chars += sum(len(link.url) for file in files for link in file.links)
    assert 0.8 * MAX_CHARS_RECORDED < chars <= MAX_CHARS_RECORDED
    assert len(files[0].traits) > 100


def test_no_kind_is_of_two_groups() -> None:
    assert not (ARCHIVES & IMAGES)
    assert not (ARCHIVES & PROGRAMS)
    assert not (IMAGES & PROGRAMS)
