"""Counters are shared over fork, each worker in its own row."""

import subprocess
import sys

import pytest

from gatepost.gates.counters import COUNTERS, GAUGES, SharedCounters, name_outcome
from gatepost.model.errors import OurFault
from gatepost.model.verdict import Action, Decision, Screening, Verdict

FORKING = """
import os
from gatepost.gates.counters import SharedCounters
shared = SharedCounters.create(2)
for slot in range(2):
    if os.fork() == 0:
        shared.row(slot).add("commands_total", 1000 + slot)
        os._exit(0)
for _ in range(2):
    os.wait()
print(shared.totals()["commands_total"])
"""


def test_totals_are_sums_over_the_slots() -> None:
    shared = SharedCounters.create(3)
    for slot in range(3):
        shared.row(slot).add("mails_accepted_total", slot + 1)
    assert shared.totals()["mails_accepted_total"] == 6
    assert set(shared.totals()) == {*COUNTERS, *GAUGES}


def test_a_parent_sees_what_its_children_count() -> None:
    run = subprocess.run([sys.executable, "-c", FORKING], capture_output=True, text=True, check=True, timeout=30)
    assert run.stdout == "2001\n"


def test_a_new_worker_in_a_slot_starts_gauges_anew_and_goes_on_counting() -> None:
    shared = SharedCounters.create(2)
    other = shared.row(1)
    other.add("connections_open", 4)
    dead = shared.row(0)
    dead.add("connections_open", 7)
    dead.add("connections_total", 7)
    shared.row(0).add("connections_total")
    assert shared.totals()["connections_open"] == 4
    assert shared.totals()["connections_total"] == 8


def test_a_gauge_goes_down() -> None:
    shared = SharedCounters.create(1)
    row = shared.row(0)
    row.add("connections_open")
    row.add("connections_open", -1)
    assert shared.totals()["connections_open"] == 0


def test_a_name_that_is_not_in_the_table_is_our_fault() -> None:
    with pytest.raises(OurFault):
        SharedCounters.create(1).row(0).add("typo_total")


def test_counters_and_gauges_are_told_apart_by_their_names() -> None:
    assert all(name.endswith("_total") for name in COUNTERS)
    assert not any(name.endswith("_total") for name in GAUGES)


@pytest.mark.parametrize(
    ("actions", "counted"),
    [
        ((Action.DELIVER,), ("mails_accepted_total",)),
        ((Action.QUARANTINE, Action.REJECT), ("mails_accepted_total",)),
        ((Action.QUARANTINE, Action.CLEAN), ("mails_accepted_total", "mails_cleaned_total")),
        ((Action.DELIVER, Action.CLEAN, Action.CLEAN), ("mails_accepted_total", "mails_cleaned_total")),
        ((Action.REJECT, Action.DEFER), ("mails_deferred_total",)),
        ((Action.REJECT,), ("mails_rejected_total",)),
    ],
)
def test_each_mail_is_counted_once_and_a_cleaned_one_as_such_besides(
    actions: tuple[Action, ...], counted: tuple[str, ...]
) -> None:
    decisions = tuple(Decision(None, action, "r", "S.", "是。") for action in actions)
    assert name_outcome(Verdict(Screening(), decisions)) == counted
    assert set(counted) <= set(COUNTERS)
