"""A file is read as it was written, or refused as a whole."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model.errors import BadSettings
from gatepost.screen.classifier.pack import MAGIC, parse_pack, read_pack, write_pack

ARRAYS: dict[str, Any] = {"words": np.arange(9, dtype=np.float16), "roots": np.arange(6, dtype=np.int32).reshape(2, 3)}
PACKED = write_pack({"version": "1", "card": {"says": "模型"}}, ARRAYS)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "m.gpm").write_bytes(PACKED)
    pack = read_pack(tmp_path / "m.gpm")
    assert pack.header["card"] == {"says": "模型"}
    assert all(np.array_equal(pack.arrays[name], ARRAYS[name]) for name in ARRAYS)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert write_pack({"card": {"says": "模型"}, "version": "1"}, ARRAYS) == PACKED


def test_arrays_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "m.gpm").write_bytes(PACKED)
    with pytest.raises(ValueError, match="read-only"):
        read_pack(tmp_path / "m.gpm").arrays["words"][0] = 1


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_noticed(place: int, change: int) -> None:
    broken = bytearray(PACKED)
    broken[place] ^= change
    with pytest.raises(BadSettings):
        parse_pack(memoryview(bytes(broken)), "m.gpm")


@given(st.integers(0, len(PACKED) - 1))
def test_a_cut_file_is_refused(length: int) -> None:
    with pytest.raises(BadSettings, match=r"^m\.gpm: "):
        parse_pack(memoryview(PACKED[:length]), "m.gpm")


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "no model file"), (b"x" * 200, "no model file"), (MAGIC + b"x" * 200, "damaged")]
)
def test_what_is_no_model_is_told_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "m.gpm").write_bytes(content)
    with pytest.raises(BadSettings, match=says):
        read_pack(tmp_path / "m.gpm")


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.gpm: the model file cannot be read: No such file"):
        read_pack(tmp_path / "none.gpm")


def test_an_array_of_objects_is_refused() -> None:
    packed = write_pack({}, {"words": np.array([1.0])}).replace(b'"<f8"', b'"|O8"')
    with pytest.raises(BadSettings, match="damaged"):
        parse_pack(memoryview(packed), "m.gpm")
