"""The tree of opened files."""

from gatepost.model.contents import NO_CONTENTS, Contents, OpenedFile
from gatepost.model.file_kinds import ARCHIVES, IMAGES, PROGRAMS, FileKind


def leaf(path: str, *files: OpenedFile) -> OpenedFile:
    return OpenedFile(path, "", FileKind.ZIP, 1, files=files)


def test_all_files_are_walked_depth_first() -> None:
    contents = Contents((leaf("1", leaf("1:1", leaf("1:1.1")), leaf("1:2")), leaf("2")))
    assert [file.path for file in contents.walk()] == ["1", "1:1", "1:1.1", "1:2", "2"]
    assert list(NO_CONTENTS.walk()) == []


def test_no_kind_is_of_two_groups() -> None:
    assert not (ARCHIVES & IMAGES)
    assert not (ARCHIVES & PROGRAMS)
    assert not (IMAGES & PROGRAMS)
