"""A corpus is read as its manifest says; what is no corpus is refused with its place."""

import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from gatepost.learn.corpus import open_corpus
from gatepost.model.errors import BadSettings
from learn_corpus import write_corpus


def test_every_mail_of_the_manifest_is_read_once(tmp_path: Path) -> None:
    corpus = open_corpus(write_corpus(tmp_path, 12))
    assert sorted(entry.mail_id for entry, _ in corpus.read_mails()) == sorted(
        entry.mail_id for entry in corpus.entries
    )
    assert sum(entry.is_bad for entry in corpus.entries) == 6


def test_an_archive_is_read_like_a_folder(tmp_path: Path) -> None:
    plain = {entry.file: raw for entry, raw in open_corpus(write_corpus(tmp_path, 12)).read_mails()}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted((tmp_path / "shop").iterdir()):
            archive.add(path, f"shop/{path.name}")
            path.unlink()
    (tmp_path / "shop.tar.zst").write_bytes(zstandard.compress(packed.getvalue()))
    corpus = open_corpus(tmp_path)
    assert {entry.file: raw for entry, raw in corpus.read_mails()} == plain
    assert set(corpus.digests) == {"manifest.csv", "shop.tar.zst"}


def test_a_folder_without_manifest_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"there is no manifest\.csv"):
        open_corpus(tmp_path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("id,file,source,label\n", "utf-8")
    with pytest.raises(BadSettings, match="the columns month, split, lang, simhash are missing"):
        open_corpus(tmp_path)
