"""Gathers what is known of a mail besides its bytes: its files are opened and its sender proven at the same time.

Trust: what the files hold, and what the DNS says, comes from strangers; the antivirus and the records are our own.
Fails: TryLater where too much mail stands in front of this one, or is asked about at the same time.
"""

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from gatepost.flow.judging import Judging
from gatepost.flow.open import carries_files, find_files, find_other_files, open_contents
from gatepost.flow.prove import prove_origin
from gatepost.message.message import Message
from gatepost.model.contents import NO_CONTENTS, Contents
from gatepost.model.envelope import Arrival
from gatepost.model.errors import TryLater
from gatepost.model.facts import NO_FACTS, AntivirusAnswer, Facts
from gatepost.model.ports import Antivirus, Keep
from gatepost.model.proof import UNPROVEN, Proof
from gatepost.origin.body_digests import BodyDigests
from gatepost.screen.lookups.antivirus import ask_about_files
from gatepost.screen.lookups.history import look_up_history
from gatepost.screen.lookups.infected_parts import name_infected_parts

OPENER_PATIENCE_S = 60.0  # of a mail that waits for one of the threads that open


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a mail besides its bytes."""

    proof: Proof
    facts: Facts
    contents: Contents


async def ask_around(message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging) -> Known:
    """Open what the mail carries, and have it scanned, while its sender is proven; then ask."""
    opening = _start_opening(message, arrival, judging)
    proof, answers = await _prove_and_scan(message, bodies, arrival, judging)
    contents = await asyncio.wrap_future(opening) if opening else NO_CONTENTS
    facts = _ask(message, proof, arrival, judging)
    if judging.antivirus is not None:
        with judging.holding.hold(sum(len(file.content) for file in contents.walk())):
            answers = await _name_parts(message, answers, judging.antivirus)
            answers += await ask_about_files(contents, judging.antivirus, find_other_files(message))
        facts = replace(facts, antivirus=answers)
    return Known(proof, facts, contents)


def _start_opening(message: Message, arrival: Arrival, judging: Judging) -> Future[Contents] | None:
    if judging.opener is None or not carries_files(message):
        return None
    return judging.openers.submit(_open_in_turn, message, arrival, judging, judging.clock.monotonic_s())


def _open_in_turn(message: Message, arrival: Arrival, judging: Judging, asked_s: float) -> Contents:
    """Open what the mail carries; raise TryLater where too much mail stood in front of it."""
    if judging.clock.monotonic_s() - asked_s > OPENER_PATIENCE_S:
        raise TryLater("too many mails wait for their files to be opened")
    keep = Keep.NOTHING if judging.antivirus is None else Keep.UNLOCKED
    return open_contents(message, judging.opener, keep, arrival.envelope.client_ip)


async def _prove_and_scan(
    message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging
) -> tuple[Proof, tuple[AntivirusAnswer, ...]]:
    proving = _prove(message, bodies, arrival, judging)
    if judging.antivirus is None:
        return await proving, ()
    proof, answer = await asyncio.gather(proving, judging.antivirus.scan(arrival.raw))
    return proof, (answer,)


async def _name_parts(
    message: Message, answers: tuple[AntivirusAnswer, ...], antivirus: Antivirus
) -> tuple[AntivirusAnswer, ...]:
    """Ask in which files of the mail it is what was found in all of it."""
    named = [await name_infected_parts(one, partial(find_files, message), antivirus) for one in answers]
    return tuple(chain.from_iterable(named))


async def _prove(message: Message, bodies: BodyDigests, arrival: Arrival, judging: Judging) -> Proof:
    return await prove_origin(message, arrival, bodies, judging.proving) if judging.proving else UNPROVEN


def _ask(message: Message, proof: Proof, arrival: Arrival, judging: Judging) -> Facts:
    return look_up_history(message, arrival, proof, judging.history) if judging.history else NO_FACTS
