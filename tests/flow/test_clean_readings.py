"""However a mail hides a bad file: it goes on without a trace of it in any reading, or it does not go on."""

from collections import Counter
from itertools import islice

from hypothesis import HealthCheck, given, settings

from ambiguous_mails import Payload, write_mails
from cleaned_mails import build_cleaning_judging, clean_and_check
from corpus.test_corpus import MAILS as CASES
from corpus.test_corpus import read_mail
from gatepost.model.verdict import Action
from mail_trees import MAILS, PROGRAM

EVERY = 3  # each third of some hundred mails, so that it stays quick


def test_nothing_is_left_of_a_bad_file_in_what_goes_on_and_what_cannot_be_cleaned_stays() -> None:
    judging, ends = build_cleaning_judging(), Counter[Action]()
    for _, raw in islice(write_mails(Payload("setup.exe", "application/octet-stream", PROGRAM)), 0, None, EVERY):
        ends[clean_and_check(raw, judging)] += 1
    assert set(ends) == {Action.CLEAN, Action.QUARANTINE}
    assert min(ends.values()) > 40


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(MAILS)
def test_a_mail_of_any_shape_is_cleaned_without_a_trace_or_not_at_all(raw: bytes) -> None:
    assert clean_and_check(raw, build_cleaning_judging()) in {Action.DELIVER, Action.CLEAN, Action.QUARANTINE}


def test_every_case_of_the_checks_is_cleaned_without_a_trace_or_not_at_all() -> None:
    ends = Counter(clean_and_check(read_mail(path), build_cleaning_judging()) for path in CASES)
    assert ends[Action.CLEAN] > 100
