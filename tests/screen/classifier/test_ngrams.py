"""The same stretch of words has the same bucket wherever it stands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatepost.screen.classifier.ngrams import BUCKETS, hash_ngrams, name_ngrams
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
    assert set(hash_ngrams("your account")) <= set(hash_ngrams("please verify your account now"))
    assert set(hash_ngrams("发票")) <= set(hash_ngrams("a 发票"))


@given(WORDS)
def test_buckets_are_distinct_and_in_range(words: list[str]) -> None:
    buckets = hash_ngrams(" ".join(words))
    assert (np.diff(buckets.astype(np.int64)) > 0).all()
    assert buckets.size == 0 or buckets.max() < BUCKETS
    assert set(buckets.tolist()) == set(name_ngrams(" ".join(words)))


@given(st.text(max_size=300))
def test_any_text_is_hashed(text: str) -> None:
    assert hash_ngrams(text).dtype == np.uint32


def test_what_is_too_long_is_cut() -> None:
    assert hash_ngrams("ab " * MAX_CHARS).tolist() == hash_ngrams("ab ab").tolist()
    assert hash_ngrams("a" * MAX_CHARS + " hidden").tolist() == hash_ngrams("a" * MAX_CHARS).tolist()
