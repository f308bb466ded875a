"""Spoiled files, one after the other, some of which end the child that opens them: each order is answered.

The gate goes on: the next mail is judged by what it carries.
"""

import random
from collections.abc import Iterator

import pytest

from archive_cases import EICAR
from doubles import FakeClock
from fuzz.mutations import mutate_many
from fuzz.seeds import list_files
from gatepost.decide.settings import DecideSettings
from gatepost.flow.judge import judge_at_once
from gatepost.flow.judging import build_judging, give_opener
from gatepost.model.contents import OpenedFile, Opening
from gatepost.model.ports import FileToOpen, OpenOrder
from gatepost.model.verdict import Action
from gatepost.net.sandbox.sandbox import Sandbox
from gatepost.screen.settings import ScreenSettings
from sandboxes import SMALL, Reports
from screen_cases import write_attachment
from store_builders import build_arrival
from zip_builder import Piece, write_zip

COUNT = 200
ATTACK_EVERY = 8
ATTACKS = ("abort", "segv", "exit 0", "exit 71", "lie path", "memory-in-c")
MAX_BYTES = 16_384
UNTRIED = {"opening.busy", "opening.down", "opening.given-up"}


@pytest.fixture
def real(reports: Reports) -> Iterator[Sandbox]:
    one = Sandbox(SMALL, reports, desks="hostile_desks:prepare_beside_real")
    yield one
    one.close()


def list_orders() -> Iterator[FileToOpen]:
    """Give the files, an attack among every few."""
    chooser = random.Random("sandbox")
    seeds = [file for file in list_files() if len(file) <= MAX_BYTES]
    chooser.shuffle(seeds)
    for number, content in enumerate(mutate_many(seeds, COUNT, "sandbox")):
        name = ATTACKS[number // ATTACK_EVERY % len(ATTACKS)] if number % ATTACK_EVERY == 0 else f"file-{number}.bin"
        yield FileToOpen("2", name, content)


def test_two_hundred_spoiled_files_in_a_row_are_answered_and_the_next_mail_is_judged(real: Sandbox) -> None:
    answers: list[tuple[str, OpenedFile]] = []
    for file in list_orders():
        (opened,) = real.open(OpenOrder((file,), ("secret",))).files
        assert (opened.path, opened.size_bytes) == ("2", len(file.content))
        assert UNTRIED.isdisjoint(trait.code for trait in opened.traits), file.name
        answers.append((file.name, opened))
    ended = [opened.opening for name, opened in answers if not name.startswith("file-")]
    assert len(ended) == COUNT // ATTACK_EVERY
    assert set(ended) == {Opening.CRASHED, Opening.LIMIT}
    assert sum(opened.opening is Opening.CRASHED for name, opened in answers if name.startswith("file-")) == 0
    judging = give_opener(build_judging(ScreenSettings(), DecideSettings(), frozenset(), FakeClock()), real)
    carrying = write_attachment("a.zip", write_zip([Piece(b"a.com", EICAR)]))
    assert judge_at_once(build_arrival(raw=carrying), judging).action is Action.REJECT
