"""Whatever is killed, whenever: each mail that got its 250 comes once without its file, and waits once as it came."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from cleaning_mails import write_mail
from daemon.test_cleaning import PROGRAM, SETTINGS, ask, names
from gate_process import GateProcess, token_of

ROUNDS = 8
SENDERS = 3
RAW = write_mail(("tool.exe", PROGRAM))


async def send_until_cut(port: int, prefix: str, acknowledged: list[str]) -> None:
    """Send mails one after the other, remember those that got their 250, end when the connection dies."""
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await converse(reader, writer, prefix, acknowledged)
        finally:
            writer.close()


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, prefix: str, acknowledged: list[str]
) -> None:
    await reader.readline()
    writer.write(b"EHLO load.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    for number in range(1000):
        token = f"{prefix}.{number}"
        writer.write(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
        for _ in range(3):
            if not await reader.readline():
                return
        writer.write(f"X-Token: {token}\r\n".encode() + RAW + b".\r\n")
        if (await reader.readline()).startswith(b"250"):
            acknowledged.append(token)


async def load_for(gate: GateProcess, round_number: int, seconds: float, acknowledged: list[str]) -> None:
    senders = [
        asyncio.ensure_future(send_until_cut(gate.port, f"{round_number}.{sender}", acknowledged))
        for sender in range(SENDERS)
    ]
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
