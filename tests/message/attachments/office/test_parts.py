"""Parts of documents are given in every reading, and within limits."""

import pytest

from built_files.office import build_word
from gatepost.message.attachments.desk import Desk, Limits
from gatepost.message.attachments.office import parts
from gatepost.message.attachments.office.parts import find_parts


def test_all_parts_are_given() -> None:
    assert [part.name for part in find_parts(build_word(), Desk({}))] == [
        "[Content_Types].xml",
        "_rels/.rels",
        "word/document.xml",
    ]


def test_a_document_without_its_directory_has_parts_all_the_same() -> None:
    content = build_word()
    cut = content[: content.index(b"PK\x01\x02")]
    assert "word/document.xml" in [part.name for part in find_parts(cut, Desk({}))]


def test_a_part_that_is_too_large_is_cut_and_told() -> None:
    found = list(find_parts(build_word(word__large=b"x" * 5_000), Desk({}, limits=Limits(file_bytes=1_000))))
    assert [(part.name, len(part.content), part.is_whole) for part in found[-1:]] == [("word/large", 1_000, False)]


def test_all_parts_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_ALL_BYTES", 100)
    *_, last = find_parts(build_word(), Desk({}))
    assert not last.is_whole
