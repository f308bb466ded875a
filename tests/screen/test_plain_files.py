"""The opened files as plain values: each with its place and what was seen in it."""

import json

from cleaning_mails import find
from gatepost.model.contents import NO_CONTENTS, Contents, FoundLink, LinkSource, OpenedFile, Opening, Trait
from gatepost.model.file_kinds import FileKind
from gatepost.screen.plain_files import files_to_list, list_codes


def test_each_file_is_told_with_its_place_and_what_was_seen_in_it() -> None:
    inner = OpenedFile(
        "2:1", "a.exe", FileKind.UNKNOWN, 5, sha256="ab",
        traits=(Trait("zip.overlap", "x"),), links=(FoundLink("http://a.example", LinkSource.QR_CODE),),
    )  # fmt: skip
    outer = OpenedFile("2", "a.zip", FileKind.ZIP, 9, Opening.OPENED, files=(inner,))
    told = files_to_list(Contents((outer,)), [find("2:1"), find("2:1", code="b.c"), find("2:1")])
    assert [(one["path"], one["opening"], one["findings"]) for one in told] == [
        ("2", "opened", []),
        ("2:1", "leaf", ["office_macro.runs", "b.c"]),
    ]
    assert json.loads(json.dumps(told[1])) == {
        "path": "2:1", "name": "a.exe", "kind": "unknown", "size_bytes": 5, "opening": "leaf", "sha256": "ab",
        "traits": [{"code": "zip.overlap", "text": "x"}],
        "links": [{"url": "http://a.example", "source": "qr-code"}],
        "findings": ["office_macro.runs", "b.c"],
    }  # fmt: skip
    assert files_to_list(NO_CONTENTS, []) == []


def test_findings_that_are_about_no_file_are_left_out() -> None:
    assert list_codes([find("", "1"), find("2", code="x.y")]) == {"1": ("office_macro.runs",), "2": ("x.y",)}
