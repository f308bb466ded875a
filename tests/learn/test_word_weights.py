"""Words that only unwanted mail holds weigh towards unwanted; rare ones do not count."""

import numpy as np

from gatepost.learn.word_weights import build_word_table, learn_words
from gatepost.screen.classifier.model import MAX_WORDS_LOG_ODDS
from gatepost.screen.classifier.ngrams import hash_ngrams
from learn_corpus import make_row


def test_words_weigh_by_the_mails_that_hold_them() -> None:
    rows = [make_row(f"prize w{n}" if n % 2 else f"minutes w{n}", bad=n % 2 == 1) for n in range(40)]
    labels = np.array([row.is_bad for row in rows])
    weights, _ = learn_words(build_word_table(rows), labels, np.ones(40))
    (prize,), (minutes,), (rare,) = (hash_ngrams(word).buckets.tolist() for word in ("prize", "minutes", "w7"))
    assert weights[prize] > 0 > weights[minutes]
    assert weights[rare] == 0


def test_what_words_say_is_bounded() -> None:
    table = build_word_table([make_row("prize prize prize")])
    assert table.weigh(np.full(1 << 18, 1e6)).tolist() == [MAX_WORDS_LOG_ODDS]


def test_a_mail_without_words_says_nothing() -> None:
    assert build_word_table([make_row(""), make_row("a")]).weigh(np.ones(1 << 18))[0] == 0
