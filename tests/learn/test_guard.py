"""A worse model does not come into service; a better one or the first does, whole."""

from pathlib import Path

import numpy as np
import pytest

from gatepost.learn.guard import admit
from gatepost.learn.lessons import load_later
from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.pack import parse_pack, write_pack
from learn_corpus import train_small_model


def make_worse(packed: bytes) -> bytes:
    """Turn every weight around."""
    pack = parse_pack(memoryview(packed), "m")
    header = {name: value for name, value in pack.header.items() if name != "arrays"}
    return write_pack({**header, "slope": -header["slope"]}, {name: np.array(one) for name, one in pack.arrays.items()})


def test_a_worse_model_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    lesson, outcome = train_small_model()
    place, candidate = tmp_path / "model.gpm", tmp_path / "new.gpm"
    place.write_bytes(outcome.packed)
    candidate.write_bytes(make_worse(outcome.packed))
    with pytest.raises(BadSettings, match=r"the model is worse than .*: area under the curve 0"):
        admit(candidate, place, load_later(lesson))
    assert place.read_bytes() == outcome.packed


def test_the_first_and_a_better_model_are_admitted(tmp_path: Path) -> None:
    lesson, outcome = train_small_model()
    place, candidate, worse = tmp_path / "model.gpm", tmp_path / "new.gpm", tmp_path / "worse.gpm"
    worse.write_bytes(make_worse(outcome.packed))
    candidate.write_bytes(outcome.packed)
    assert admit(worse, place, load_later(lesson)) is None
    comparison = admit(candidate, place, load_later(lesson))
    assert comparison is not None
    assert comparison.list_losses() == []
    assert place.read_bytes() == outcome.packed
    assert not place.with_suffix(".part").exists()


def test_what_is_no_model_is_refused_even_as_the_first(tmp_path: Path) -> None:
    (tmp_path / "new.gpm").write_bytes(b"x" * 100)
    with pytest.raises(BadSettings, match="no model file"):
        admit(tmp_path / "new.gpm", tmp_path / "model.gpm", [])
    assert not (tmp_path / "model.gpm").exists()
