"""Decisions about mails of one place: honest ones about wood, unwanted ones about prizes, both held by one sign."""

import random
from dataclasses import replace
from datetime import UTC, datetime

from gatepost.learn.decisions import Decided
from gatepost.screen.case import Kit
from gatepost.screen.classifier.ngrams import hash_ngrams
from gatepost.screen.kit import build_kit
from gatepost.screen.settings import ScreenSettings
from gatepost.store.entries import Label

AT = datetime(2026, 1, 2, tzinfo=UTC)
HELD_BY = {"sim.held": 1.0}
KIT: Kit = build_kit(ScreenSettings(model="none"))
KIT = replace(KIT, weights={**KIT.weights, "sim.held": 4.0})
COMMON = "the and of your with for please we you this will can not from now here is are order delivery"
WOOD = "beech oak plank saw plane timber moisture kiln bevel chisel yard cubic veneer batch grain sander dowel"
PRIZE = "prize winner lottery claim bonus jackpot lucky reward millions draw voucher casino spin ticket"


def write_text(telling: str, dice: random.Random) -> str:
    """Write a text of its own: forty words, a third of them telling, each followed by one that nobody else writes."""
    words = (dice.choice((telling if dice.random() < 0.35 else COMMON).split()) for _ in range(40))
    return " ".join(f"{word} {dice.randrange(10**5):x}" for word in words)


def decide(text: str, label: Label, number: int, sender: str = "") -> Decided:
    """Decide about one mail; without a sender's name it has one of its own."""
    return Decided(f"{number:032x}", label, AT, sender or f"sender-{number}", dict(HELD_BY), hash_ngrams(text).split())


def decide_many(count: int, seed: int = 1) -> list[Decided]:
    """Release so many honest mails, and report as many unwanted ones."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        made.append(decide(write_text(WOOD, dice), Label.HONEST, 2 * number + 1000 * seed))
        made.append(decide(write_text(PRIZE, dice), Label.UNWANTED, 2 * number + 1 + 1000 * seed))
    return made
