from pathlib import Path

import numpy as np
import pytest

from gatepost.learn.local_model import Parent, find_parent, pack_corrected
from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.model import Classifier, load_classifier
from gatepost.screen.classifier.ngrams import BUCKETS, hash_ngrams
from gatepost.screen.classifier.pack import read_pack, write_pack
from gatepost.screen.kit import find_default_model

WORD = int(hash_ngrams("prize").buckets[0])


def correct(parent: Parent, path: Path, amount: float = 1.5) -> str:
    added = np.zeros(BUCKETS)
    added[WORD] = amount
    packed, version = pack_corrected(parent, added, {"why": "test"})
    path.write_bytes(packed)
    return version


def write_own(path: Path) -> None:
    pack = read_pack(find_default_model())
    path.write_bytes(write_pack({**pack.header, "version": "mine"}, pack.arrays))


def test_a_corrected_model_weighs_words_otherwise_and_names_its_parent(tmp_path: Path) -> None:
    parent = find_parent("")
    version = correct(parent, tmp_path / "local.gpm")
    before, after = load_classifier(find_default_model()), load_classifier(tmp_path / "local.gpm")
    words = hash_ngrams("prize")
    moved = 1.5 * float(before.share_words(words)[0])
    assert after.weigh_words(words) - before.weigh_words(words) == pytest.approx(moved, abs=0.01)
    assert after.version == version != before.version
    assert version.startswith(f"{before.version}-l")
    assert after.card["local"]["parent"] == before.version
    assert after.card["local"]["why"] == "test"
    assert after.card["data"] == before.card["data"]


def test_the_same_correction_gives_the_same_file_and_another_one_another_version(tmp_path: Path) -> None:
    parent = find_parent("")
    first, second = correct(parent, tmp_path / "a"), correct(parent, tmp_path / "b")
    assert first == second
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert correct(parent, tmp_path / "c", 1.25) != first


def test_a_correction_starts_from_the_parent_again(tmp_path: Path) -> None:
    write_own(tmp_path / "mine.gpm")
    own = find_parent(str(tmp_path / "mine.gpm"))
    assert (own.version, own.comes_with_gatepost) == ("mine", False)
    correct(own, tmp_path / "local.gpm")
    again = find_parent(str(tmp_path / "local.gpm"))
    assert (again.version, again.comes_with_gatepost) == ("mine", False)
    assert np.array_equal(again.words, own.words)
    assert "local" not in Classifier(again.pack, "again").card


def test_a_correction_of_the_shipped_model_follows_the_one_that_is_shipped_now(tmp_path: Path) -> None:
    correct(find_parent(""), tmp_path / "local.gpm")
    parent = find_parent(str(tmp_path / "local.gpm"))
    assert parent.comes_with_gatepost
    assert parent.pack.digest == read_pack(find_default_model()).digest


def test_without_a_model_there_is_nothing_to_correct(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no model to correct"):
        find_parent("none")
    with pytest.raises(BadSettings, match="cannot be read"):
        find_parent(str(tmp_path / "missing.gpm"))
