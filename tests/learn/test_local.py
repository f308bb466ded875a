"""What people decided makes the model better for their mail, and nobody makes it worse for others."""

import random
from functools import cache

import numpy as np
import pytest

from decided_mails import COMMON, HELD_BY, KIT, PRIZE, WOOD, decide, decide_many, write_text
from gatepost.learn.decisions import Decided
from gatepost.learn.local import Learned, learn_locally, score_seen
from gatepost.learn.local_model import find_parent
from gatepost.learn.looking import Seen
from gatepost.model.errors import BadInput, BadSettings
from gatepost.screen.classifier.model import Classifier, load_classifier
from gatepost.screen.classifier.ngrams import hash_ngrams
from gatepost.screen.classifier.pack import parse_pack
from gatepost.screen.kit import find_default_model
from gatepost.store.entries import Label

PARENT = find_parent("")
LURE = "your mailbox is full please sign in here to keep your mail or it will be deleted within two days thank you"


@cache
def learn_once() -> Learned:
    return learn_locally(decide_many(40), PARENT, KIT)


def score(learned: Learned | None, texts: list[str]) -> float:
    """Give the mean log-odds of held mails with these texts, by the model before or after."""
    if learned is None:
        classifier = load_classifier(find_default_model())
    else:
        classifier = Classifier(parse_pack(memoryview(learned.packed), "new"), "new")
    seen = [Seen(dict(HELD_BY), hash_ngrams(text)) for text in texts]
    return float(np.mean(score_seen(classifier, seen, KIT)))


def write_many(words: str, count: int = 20) -> list[str]:
    dice = random.Random(99)
    return [write_text(words, dice) for _ in range(count)]


def test_mail_like_what_was_released_scores_lower_and_like_what_was_reported_does_not() -> None:
    learned = learn_once()
    assert score(learned, write_many(WOOD)) < score(None, write_many(WOOD)) - 0.5
    assert score(learned, write_many(PRIZE)) > score(None, write_many(PRIZE)) - 0.1
    assert learned.kept_back.auc_after > learned.kept_back.auc_before
    assert learned.counts.honest == learned.counts.unwanted == 40


def test_the_same_decisions_in_another_order_of_files_give_the_same_model() -> None:
    again = learn_locally(decide_many(40), PARENT, KIT)
    assert (again.packed, again.version) == (learn_once().packed, learn_once().version)


def test_the_card_tells_what_was_learned_from() -> None:
    learned = learn_once()
    local = Classifier(parse_pack(memoryview(learned.packed), "new"), "new").card["local"]
    assert local["decisions"]["honest"] == 40
    assert local["decided_until"] == "2026-01-02T00:00:00+00:00"
    assert local["came_with_gatepost"] is True


@pytest.mark.parametrize("kept", [Label.HONEST, Label.UNWANTED, None])
def test_too_few_decisions_of_a_kind_are_told_in_one_sentence(kept: Label | None) -> None:
    decisions = [one for one in decide_many(30) if one.label is kept or one.mail_id.endswith("1")]
    with pytest.raises(BadInput, match=r"There is too little to learn from: .* 20 of each are needed") as caught:
        learn_locally(decisions, PARENT, KIT)
    assert "\n" not in caught.value.public


def test_a_thousand_released_copies_are_too_little_to_learn_from() -> None:
    reported = [one for one in decide_many(30) if one.label is Label.UNWANTED]
    with pytest.raises(BadInput, match="1000 mails were released, which count as 3,"):
        learn_locally([*reported, *make_copies(1000)], PARENT, KIT)


def make_copies(count: int, padding: int = 0) -> list[Decided]:
    """Let copies of one lure be released, each from another sender and with words of its own."""
    dice = random.Random(5)
    padded = (" ".join(f"{dice.randrange(10**6):x}" for _ in range(padding)) for _ in range(count))
    return [decide(f"{LURE} {words}", Label.HONEST, 10**6 + number) for number, words in enumerate(padded)]


@pytest.mark.parametrize("padding", [0, 10])
def test_released_copies_of_a_lure_hardly_help_it(padding: int) -> None:
    poisoned = learn_locally([*decide_many(40), *make_copies(200, padding)], PARENT, KIT)
    assert poisoned.counts.honest == 240
    assert poisoned.counts.honest_counted <= 43.01
    assert score(poisoned, [LURE]) > score(learn_once(), [LURE]) - 1.5
    assert score(poisoned, write_many(PRIZE)) > score(learn_once(), write_many(PRIZE)) - 0.3


def test_decisions_without_a_pattern_are_refused() -> None:
    dice = random.Random(8)
    decisions = [
        decide(write_text(COMMON, dice), dice.choice([Label.HONEST, Label.UNWANTED]), number) for number in range(120)
    ]
    with pytest.raises(BadSettings, match="no better than chance"):
        learn_locally(decisions, PARENT, KIT)


def test_decisions_against_everything_that_the_model_says_are_refused() -> None:
    """As where release and report are mixed up: mail that every model would hold is let through, and the rest not."""
    dice = random.Random(8)
    lures = "verify your account password suspended bank click login confirm security urgent immediately paypal"
    decisions = []
    for number in range(60):
        decisions.append(decide(write_text(lures, dice), Label.HONEST, 2 * number))
        decisions.append(
            decide(
                write_text("patch kernel diff thread mailing list commit merge", dice), Label.UNWANTED, 2 * number + 1
            )
        )
    with pytest.raises(BadSettings, match="the opposite of what the model says"):
        learn_locally(decisions, PARENT, KIT)
