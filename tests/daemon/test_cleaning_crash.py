"""Whatever is killed, whenever: each mail that got its 250 comes once without its file, and waits once as it came."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from cleaning_mails import write_mail
from cut_senders import start_senders
from daemon.test_cleaning import PROGRAM, SETTINGS, ask, names
from gate_process import GateProcess, token_of

ROUNDS = 8
SENDERS = 3
RAW = write_mail(("tool.exe", PROGRAM))


async def load_for(gate: GateProcess, round_number: int, seconds: float, acknowledged: list[str]) -> None:
    senders = start_senders(gate.port, str(round_number), SENDERS, lambda: RAW, acknowledged)
    await asyncio.sleep(seconds)
    if round_number % 2:
        os.kill(random.choice(gate.children()), signal.SIGKILL)
        await asyncio.sleep(0.3)
    gate.kill_all()
    await asyncio.gather(*senders)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_cleaned_mail_is_lost_or_doubled_by_kills_and_every_original_waits(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    random.seed(seed)
    settings = tmp_path / "gatepost.toml"
    settings.write_text(SETTINGS)
    maildir = str(tmp_path / "Maildir")
    gate = GateProcess(tmp_path, ("--config", str(settings), "--maildir", maildir, "--workers", "2"))
    acknowledged: list[str] = []
    try:
        for round_number in range(ROUNDS):
            gate.start()
            asyncio.run(load_for(gate, round_number, random.uniform(1.0, 3.0), acknowledged))
        gate.start()
        gate.wait_for_mails(len(acknowledged), 60)
        time.sleep(2)  # a second copy would come now
        held = Counter(one["state"] for one in ask(gate, "quarantine", "list"))
    finally:
        gate.stop()
    arrived = Counter(map(token_of, gate.delivered()))
    assert len(acknowledged) > ROUNDS, seed
    assert set(acknowledged) <= set(arrived), seed
    assert max(arrived.values()) == 1, seed
    assert {tuple(names(raw)) for raw in gate.delivered()} == {("removed-1.txt",)}, seed
    assert held == {"quarantined": len(arrived)}, seed
