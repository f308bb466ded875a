"""What a mail carries is written where the user said and nowhere else, under names that do nothing."""

import json
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaning_mails import BAD, OTHER, TWO_FILES, find, write_mail
from gatepost.cli.extract import MANIFEST, clean_name, extract_mail, name_file, name_folder, prepare_folder
from gatepost.model.contents import NO_CONTENTS, Contents, OpenedFile, Opening
from gatepost.model.errors import BadInput
from gatepost.model.file_kinds import FileKind

INNER = OpenedFile("1.2:1", "../../etc/pass wd", FileKind.TEXT, 5, sha256="ab", content=b"inner")
OUTER = OpenedFile("1.2", "plan.docm", FileKind.OOXML, len(BAD), Opening.OPENED, files=(INNER,), content=BAD)


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads((folder / MANIFEST).read_text("ascii"))["files"]
    return files


def test_parts_and_files_inside_are_written_with_a_list_of_what_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "1"
    extract_mail(TWO_FILES, Contents((OUTER,)), [find("1.2:1")], folder)
    manifest = read_manifest(folder)
    assert [(one["path"], one["written_as"]) for one in manifest] == [
        ("1.1", "1.1_file"),
        ("1.3", "1.3_notes.pdf"),
        ("1.2", "1.2_plan.docm"),
        ("1.2:1", "1.2-1_pass_wd"),
    ]
    assert [one["kind"] for one in manifest] == ["text", "pdf", "ooxml", "text"]
    assert manifest[3]["findings"] == ["office_macro.runs"]
    assert (folder / "1.2-1_pass_wd").read_bytes() == b"inner"
    assert (folder / "1.3_notes.pdf").read_bytes() == OTHER
    assert {path.name for path in folder.iterdir()} == {MANIFEST, *(one["written_as"] for one in manifest)}


def test_the_list_says_of_which_mail_it_is(tmp_path: Path) -> None:
    extract_mail(TWO_FILES, NO_CONTENTS, [], tmp_path / "1", "in/offer\udcff.eml")
    assert json.loads((tmp_path / "1" / MANIFEST).read_text("ascii"))["mail"] == "in/offer\udcff.eml"


def test_nothing_that_is_written_can_be_executed_or_read_by_others(tmp_path: Path) -> None:
    folder = tmp_path / "1"
    extract_mail(TWO_FILES, Contents((OUTER,)), [], folder)
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
    assert {stat.S_IMODE(path.stat().st_mode) & 0o177 for path in folder.iterdir()} == {0}


def test_a_file_whose_bytes_did_not_come_is_only_listed(tmp_path: Path) -> None:
    extract_mail(TWO_FILES, Contents((replace(OUTER, content=b"", files=()),)), [], tmp_path / "1")
    (told,) = (one for one in read_manifest(tmp_path / "1") if one["path"] == "1.2")
    assert told["written_as"] is None


def test_two_files_at_the_same_place_get_two_names(tmp_path: Path) -> None:
    files = tuple(replace(OUTER, path="~1.2", content=each, files=()) for each in (b"one", b"two"))
    extract_mail(b"Subject: x\r\n\r\nhi", Contents(files), [], tmp_path / "1")
    assert (tmp_path / "1" / "other-1.2_plan.docm").read_bytes() == b"one"
    assert (tmp_path / "1" / "2-other-1.2_plan.docm").read_bytes() == b"two"


def test_nothing_is_written_over_and_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    with pytest.raises(BadInput, match="cannot be written: File exists"):
        extract_mail(TWO_FILES, NO_CONTENTS, [], tmp_path / "1")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "2").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="cannot be written: File exists"):
        extract_mail(TWO_FILES, NO_CONTENTS, [], tmp_path / "2")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_only_a_new_or_an_empty_folder_is_taken(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "a" / "b")
    prepare_folder(tmp_path / "a" / "b")
    with pytest.raises(BadInput, match="is not empty"):
        prepare_folder(tmp_path / "a")
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be written"):
        prepare_folder(tmp_path / "file")


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_name_leads_anywhere_or_hides(path: str, name: str) -> None:
    for made in (name_file(path, name), name_folder(1, name)):
        assert not set(made) & set('/\\\0\n:*?"<>| ')
        assert not made.startswith((".", "-"))
        assert len(made.encode()) < 256


def test_the_end_of_a_long_name_is_kept_for_it_tells_the_kind() -> None:
    assert clean_name("x" * 500 + ".exe").endswith("xxx.exe")
    assert clean_name("..") == clean_name("") == clean_name("/") == ""
    assert name_file("1", "C:\\x\\con.txt\u202e") == "1_con.txt"
    assert name_folder(12, "") == "0012-mail"


@given(st.lists(st.tuples(st.text("a/.\\~0 é", max_size=12), st.binary(max_size=9)), max_size=4))
def test_any_mail_is_written_whole(tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, bytes]]) -> None:
    folder = tmp_path_factory.mktemp("mails") / "1"
    raw = write_mail(*((name.replace("\\", "/"), content) for name, content in files))
    extract_mail(raw, NO_CONTENTS, [], folder)
    assert len(list(folder.iterdir())) == len(files) + 2


def test_a_name_without_end_is_made_clean_at_once() -> None:
    started_s = time.process_time()
    assert clean_name("x" * 1_000_000 + ".exe").endswith("xxx.exe")
    assert time.process_time() - started_s < 0.5
