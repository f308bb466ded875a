"""Spoiled files are the same for the same name, differ from what they were, and do not grow without end."""

import random

from hypothesis import given
from hypothesis import strategies as st

from fuzz.mutations import MAX_GROWTH_BYTES, mutate, mutate_many

SEEDS = (b"PK\x03\x04" + bytes(range(200)), b"%PDF-1.7 words and words")


def test_a_name_always_gives_the_same_files_and_another_name_others() -> None:
    first = list(mutate_many(SEEDS, 50, "zip"))
    assert first == list(mutate_many(SEEDS, 50, "zip"))
    assert first != list(mutate_many(SEEDS, 50, "pdf"))


def test_nearly_all_files_are_new() -> None:
    assert len({*mutate_many(SEEDS, 200, "zip")} - {*SEEDS}) > 150


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers())
def test_any_bytes_are_spoiled_and_grow_little(content: bytes, other: bytes, seed: int) -> None:
    assert len(mutate(content, other, random.Random(seed))) <= len(content) + MAX_GROWTH_BYTES
