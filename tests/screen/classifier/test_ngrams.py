"""The same stretch of words has the same bucket wherever it stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.classifier.ngrams import BUCKETS, PIECE_CHARS, hash_ngrams, join_pieces, name_ngrams
from gatepost.screen.classifier.words import MAX_CHARS

WORDS = st.lists(st.sampled_from(["verify", "your", "account", "now", "发", "票", "é", "0"]), max_size=30)


def test_words_and_pairs_have_buckets() -> None:
    assert set(name_ngrams("verify your account").values()) == {
        *("verify", "your", "account"),
        *("verify your", "your account"),
    }


def test_chinese_has_characters_pairs_and_triples() -> None:
    assert set(name_ngrams("代开发票").values()) == {*"代开发票", "代开", "开发", "发票", "代开发", "开发票"}


def test_a_place_in_the_text_does_not_matter() -> None:
    assert set(hash_ngrams("your account").buckets) <= set(hash_ngrams("please verify your account now").buckets)
    assert set(hash_ngrams("发票").buckets) <= set(hash_ngrams("a 发票").buckets)


@given(WORDS)
def test_buckets_are_distinct_and_in_range(words: list[str]) -> None:
    buckets = hash_ngrams(" ".join(words)).buckets
    assert (np.diff(buckets.astype(np.int64)) > 0).all()
    assert buckets.size == 0 or buckets.max() < BUCKETS
    assert set(buckets.tolist()) == set(name_ngrams(" ".join(words)))


@given(st.text(max_size=300))
def test_any_text_is_hashed(text: str) -> None:
    assert hash_ngrams(text).buckets.dtype == np.uint32


def test_what_is_too_long_is_cut() -> None:
    assert hash_ngrams("ab " * MAX_CHARS).buckets.tolist() == hash_ngrams("ab ab").buckets.tolist()
    assert hash_ngrams("a" * MAX_CHARS + " hidden").buckets.tolist() == hash_ngrams("a" * MAX_CHARS).buckets.tolist()


def test_the_pieces_of_a_long_text_are_those_of_its_parts() -> None:
    parts = [" ".join(f"{word}{letter}" for letter in "abcdefghijklmnopqrstuvwxy") for word in ("wood", "plank")]
    long = f"{parts[0].ljust(PIECE_CHARS, 'z')} {parts[1].ljust(PIECE_CHARS, 'q')}"
    hashed = hash_ngrams(long)
    assert hashed.starts.size == 2
    first, second = np.split(hashed.pieces, hashed.starts[1:])
    begins, goes_on = " ".join(parts[0].split()[:9]), " ".join(parts[1].split()[1:9])  # whole words, not at an edge
    assert set(hash_ngrams(begins).buckets) <= set(first)
    assert set(hash_ngrams(goes_on).buckets) <= set(second)
    assert set(first).isdisjoint(hash_ngrams(goes_on).buckets)


@given(st.one_of(WORDS.map(" ".join), st.text(st.sampled_from("ab 发é"), max_size=3 * PIECE_CHARS)))
def test_pieces_hold_every_bucket_and_come_back_from_bytes(text: str) -> None:
    hashed = hash_ngrams(text)
    assert set(hashed.pieces) == set(hashed.buckets)
    for piece in np.split(hashed.pieces, hashed.starts[1:]):
        assert (np.diff(piece.astype(np.int64)) > 0).all()
    back = join_pieces(hashed.split())
    assert back.buckets.tolist() == hashed.buckets.tolist()
    assert (back.pieces.tolist(), back.starts.tolist()) == (hashed.pieces.tolist(), hashed.starts.tolist())
    assert int(hashed.sizes.sum()) == hashed.pieces.size
