import random
import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gatepost.learn.likeness import ALIKE, FACTORS, MASKS, Groups, group_alike, group_same, measure_likeness
from gatepost.screen.classifier.ngrams import BUCKETS, Buckets, hash_ngrams

LURE = "your mailbox is full please sign in here to keep your mail or it will be deleted within two days thank you"


def pad(text: str, count: int, seed: int) -> Buckets:
    """Add random words, as those do who want every copy to look new."""
    dice = random.Random(seed)
    words = [f"{dice.choice('bcdfgh')}{dice.choice('aeiou')}{dice.randrange(10**6):x}" for _ in range(count)]
    return hash_ngrams(f"{text} {' '.join(words)}").buckets


def test_copies_are_one_group_however_they_are_padded() -> None:
    texts = [pad(LURE, 15, seed) for seed in range(60)]
    assert len(set(group_alike(texts))) == 1


def test_different_texts_stay_apart() -> None:
    texts = [pad("dear colleague see you on monday", 60, seed) for seed in range(40)]
    assert group_alike(texts) == list(range(40))


def test_texts_made_to_meet_everywhere_and_to_be_unlike_are_compared_once() -> None:
    """The least hashes of all buckets are known to whoever reads the code; these texts hold them all."""
    every, dice = np.arange(BUCKETS, dtype=np.uint32), np.random.default_rng(1)
    pairs = zip(FACTORS, MASKS, strict=True)
    least = np.array([(every * factor ^ mask).argmin() for factor, mask in pairs], dtype=np.uint32)
    texts = [np.unique(np.append(least, dice.integers(0, BUCKETS, 3000, dtype=np.uint32))) for _ in range(60)]
    started_s = time.process_time()
    assert group_alike(texts) == list(range(60))
    assert time.process_time() - started_s < 2


def test_the_first_of_a_group_stands_for_it() -> None:
    other = hash_ngrams("the beech boards are cut and wait in the yard").buckets
    assert group_alike([other, pad(LURE, 1, 1), other, pad(LURE, 1, 2)]) == [0, 1, 0, 1]


def test_mails_without_words_are_copies_of_each_other() -> None:
    empty = hash_ngrams("").buckets
    assert group_alike([empty, hash_ngrams("words").buckets, empty]) == [0, 1, 0]
    assert measure_likeness(empty, empty) == 1


def test_likeness_is_the_share_of_what_is_common() -> None:
    one, other = np.array([1, 2, 3], dtype=np.uint32), np.array([2, 3, 4], dtype=np.uint32)
    assert measure_likeness(one, other) == 0.5 > ALIKE


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_what_is_joined_is_one_group_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    groups, sets = Groups(10), [{number} for number in range(10)]
    for one, other in pairs:
        groups.join(one, other)
        union = sets[one] | sets[other]
        for member in union:
            sets[member] = union
    assert groups.tell() == [min(sets[number]) for number in range(10)]


def test_equal_names_are_one_group() -> None:
    assert group_same(["a", "b", "a", ""]) == [0, 1, 0, 3]
