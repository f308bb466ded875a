"""Spoiled files of every kind are read or told to be damaged, quickly; what is said of them reaches the gate."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import targets
from fuzz.mutations import mutate, mutate_many
from fuzz.targets import NAMES, PASSWORDS, Target, TooSlowError, build_targets, run_timed
from gatepost.message.attachments.desk import EVERY_KIND
from gatepost.message.attachments.opening import load_openers, make_desk
from gatepost.model.ports import FileToOpen, Keep
from gatepost.net.sandbox.answers import BadAnswerError, read_answer
from gatepost.net.sandbox.child import encode_answer
from gatepost.net.sandbox.frames import MAX_VALUES_BYTES, Room

CASES = 150
SMALL_BYTES = 16_384
TARGETS = build_targets()


def choose_seeds(name: str) -> list[bytes]:
    """Give the small seeds of a target that are built here, or the smallest where none is small."""
    seeds = sorted(TARGETS[name].list_seeds(), key=len)
    return [seed for seed in seeds if len(seed) <= SMALL_BYTES] or seeds[:1]


@pytest.mark.parametrize("name", TARGETS)
def test_spoiled_files_do_no_harm(name: str) -> None:
    for content in mutate_many(choose_seeds(name), CASES, name):
        run_timed(TARGETS[name], content)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_files_to_begin_with(name: str) -> None:
    assert choose_seeds(name)


def test_every_opener_is_a_target() -> None:
    names = {getattr(opener, "__name__", "") for openers in load_openers().values() for opener in openers}
    assert {f"open_{name.rpartition('.')[2]}" for name in names} <= TARGETS.keys()


@given(st.binary(max_size=2_000), st.sampled_from(NAMES))
def test_what_the_desk_says_of_any_bytes_is_an_answer_that_the_gate_takes(content: bytes, name: str) -> None:
    opened = make_desk(PASSWORDS, Keep.ALL).open("1", name, content)
    answer = encode_answer(opened, Room(MAX_VALUES_BYTES, 1_000_000))
    assert read_answer(answer, FileToOpen("1", name, content), Keep.ALL).content == content


@given(st.data(), st.randoms(use_true_random=False))
def test_what_the_desk_says_of_any_spoiled_file_is_an_answer_that_the_gate_takes(
    data: st.DataObject, chooser: random.Random
) -> None:
    seeds = choose_seeds("desk")
    content = mutate(data.draw(st.sampled_from(seeds)), chooser.choice(seeds), chooser)
    run_timed(TARGETS["desk"], content)


@pytest.mark.parametrize("name", ["mail", "clean", "passwords", "kinds", "frames"])
@given(content=st.binary(max_size=2_000))
def test_any_bytes_do_no_harm(name: str, content: bytes) -> None:
    run_timed(TARGETS[name], content)


def test_what_an_opener_raises_is_told_and_what_the_desk_would_not_catch_is_raised() -> None:
    class Opener:
        OPENS = EVERY_KIND

        def look_inside(self, file: object, _insides: object, _desk: object) -> None:
            raise (SystemExit if b"exit" in getattr(file, "content", b"") else KeyError)

    told: list[str] = []
    target = Target(lambda content: targets.look_inside(Opener(), lambda kind, _: told.append(kind), content), list)
    run_timed(target, b"x")
    assert told == ["KeyError"]
    with pytest.raises(SystemExit):
        run_timed(target, b"exit")


def test_a_target_that_takes_long_for_little_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "MAX_CPU_S", 0.0)
    with pytest.raises(TooSlowError):
        run_timed(TARGETS["mail"], b"Subject: x\r\n\r\n" + b"y" * 10_000)


def test_an_answer_that_no_child_of_ours_gives_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "encode_answer", lambda *_arguments: b"\x90")
    with pytest.raises(BadAnswerError):
        run_timed(TARGETS["desk"], b"x")
