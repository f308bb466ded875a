"""Whatever is killed, whenever: a mail that got its 250 is delivered, and only once."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from gate_process import GateProcess, token_of

ROUNDS = 20
SENDERS = 8


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
    for number in range(10_000):
        token = f"{prefix}.{number}"
        writer.write(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
        for _ in range(3):
            if not await reader.readline():
                return
        body = b"x" * 70 + b"\r\n"
        writer.write(f"X-Token: {token}\r\nSubject: load\r\n\r\n".encode() + body * random.randint(1, 60) + b".\r\n")
        if (await reader.readline()).startswith(b"250"):
            acknowledged.append(token)


async def load_for(gate: GateProcess, round_number: int, seconds: float, acknowledged: list[str]) -> None:
    senders = [
        asyncio.ensure_future(send_until_cut(gate.port, f"{round_number}.{sender}", acknowledged))
        for sender in range(SENDERS)
    ]
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
