"""Whatever is killed, whenever: a mail that got its 250 is delivered, and only once."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from cut_senders import start_senders
from gate_process import GateProcess, token_of

ROUNDS = 20
SENDERS = 8


def write_rest() -> bytes:
    return b"Subject: load\r\n\r\n" + (b"x" * 70 + b"\r\n") * random.randint(1, 60)


async def load_for(gate: GateProcess, round_number: int, seconds: float, acknowledged: list[str]) -> None:
    senders = start_senders(gate.port, str(round_number), SENDERS, write_rest, acknowledged)
    await asyncio.sleep(seconds)
    if round_number % 2:
        gate.kill_all()
    else:
        victim = random.choice(gate.children())
        os.kill(victim, signal.SIGKILL)
        await asyncio.sleep(0.3)
        gate.kill_all()
    await asyncio.gather(*senders)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_acknowledged_mail_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    random.seed(seed)
    gate, acknowledged = GateProcess(tmp_path, ("--workers", "2", "--screening", "off")), list[str]()
    try:
        for round_number in range(ROUNDS):
            gate.start()
            asyncio.run(load_for(gate, round_number, random.uniform(0.05, 0.8), acknowledged))
        gate.start()
        gate.wait_for_mails(len(acknowledged), 60)
        time.sleep(2)  # a second copy would come now
    finally:
        gate.stop()
    arrived = Counter(map(token_of, gate.delivered()))
    lost = [token for token in acknowledged if token not in arrived]
    doubled = [token for token, count in arrived.items() if count > 1]
    assert len(acknowledged) > ROUNDS, gate.log[-2000:]
    assert (lost, doubled) == ([], []), f"seed {seed}, {len(acknowledged)} acknowledged"
