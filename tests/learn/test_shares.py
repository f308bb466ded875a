import numpy as np

from decided_mails import decide, decide_many
from gatepost.learn.shares import COPIES, FOLDS, SENDERS_MAILS, deal_folds, weigh_decisions
from gatepost.store.entries import Label

LURE = "your mailbox is full please sign in here to keep your mail or it will be deleted within two days thank you"


def test_mails_of_their_own_count_whole() -> None:
    assert weigh_decisions(decide_many(20)).tolist() == [1.0] * 40


def test_copies_count_as_three_however_many_people_send_them() -> None:
    copies = [decide(f"{LURE} dear {number:x}", Label.HONEST, 10**6 + number) for number in range(100)]
    weights = weigh_decisions([*decide_many(10), *copies])
    assert weights[:20].tolist() == [1.0] * 20
    assert np.isclose(weights[20:].sum(), COPIES)


def test_one_sender_counts_as_five_whatever_the_mails_say() -> None:
    mails = [decide(f"{number} " * 9 + f"text {number}", Label.UNWANTED, number, "one") for number in range(60)]
    assert weigh_decisions(mails).sum() <= SENDERS_MAILS + 1e-9


def test_what_is_released_takes_no_weight_from_what_is_reported() -> None:
    same = [decide(LURE, label, number) for number, label in enumerate([Label.HONEST] * 50 + [Label.UNWANTED] * 2)]
    weights = weigh_decisions(same)
    assert weights[50:].tolist() == [1.0, 1.0]
    assert np.isclose(weights[:50].sum(), COPIES)


def test_copies_and_mails_of_one_sender_are_never_on_both_sides() -> None:
    copies = [decide(f"{LURE} {number:x}", Label.HONEST, 10**6 + number) for number in range(9)]
    same = [decide(f"{number} " * 9, Label.HONEST, 10**7 + number, "one") for number in range(9)]
    folds = deal_folds([*decide_many(20), *copies, *same])
    assert len(set(folds[40:49])) == len(set(folds[49:])) == 1


def test_each_fold_has_its_share_of_both_kinds() -> None:
    decisions = decide_many(25)
    folds = deal_folds(decisions)
    for label in Label:
        counts = np.bincount([fold for fold, one in zip(folds, decisions, strict=True) if one.label is label])
        assert counts.tolist() == [5] * FOLDS


def test_nothing_is_weighed_and_dealt_where_nothing_was_decided() -> None:
    assert weigh_decisions([]).size == deal_folds([]).size == 0
