"""Spoiled files are the same for the same name, differ from what they were, and do not grow without end."""

import io
import random
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from fuzz.mutations import MAX_GROWTH_BYTES, mutate, mutate_inside, mutate_many
from zip_builder import Piece, write_zip

SEEDS = (b"PK\x03\x04" + bytes(range(200)), b"%PDF-1.7 words and words")


def test_a_name_always_gives_the_same_files_and_another_name_others() -> None:
    first = list(mutate_many(SEEDS, 50, "zip"))
    assert first == list(mutate_many(SEEDS, 50, "zip"))
    assert first != list(mutate_many(SEEDS, 50, "pdf"))


def test_nearly_all_files_are_new() -> None:
    assert len({*mutate_many(SEEDS, 200, "zip")} - {*SEEDS}) > 150


def test_an_archive_that_is_spoiled_inside_is_sound_and_one_file_in_it_is_not() -> None:
    files = {"a.xml": b"<a>one</a>" * 20, "b.xml": b"<b>two</b>" * 20}
    content = write_zip([Piece(name.encode(), inner) for name, inner in files.items()])
    for seed in range(20):
        spoiled = mutate_inside(content, random.Random(seed))
        assert spoiled is not None
        with zipfile.ZipFile(io.BytesIO(spoiled)) as archive:
            assert archive.namelist() == list(files)
            assert sum(archive.read(name) != inner for name, inner in files.items()) <= 1
    assert mutate_inside(content[:-30], random.Random(1)) is None
    assert mutate_inside(b"no archive", random.Random(1)) is None


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers())
def test_any_bytes_are_spoiled_and_grow_little(content: bytes, other: bytes, seed: int) -> None:
    assert len(mutate(content, other, random.Random(seed))) <= len(content) + MAX_GROWTH_BYTES
