"""Senders that speak SMTP to a gate until it is killed under them, and remember which mails got their 250."""

import asyncio
import contextlib
from collections.abc import Callable

MAX_MAILS = 10_000  # of one sender

WriteRest = Callable[[], bytes]


async def send_until_cut(port: int, prefix: str, write_rest: WriteRest, acknowledged: list[str]) -> None:
    """Send mails one after the other, remember those that got their 250, end when the connection dies.

    `write_rest` gives what stands behind the token's header: the other headers, and a body that ends in a line end.
    """
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await _converse(reader, writer, prefix, write_rest, acknowledged)
        finally:
            writer.close()


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    prefix: str,
    write_rest: WriteRest,
    acknowledged: list[str],
) -> None:
    await reader.readline()
    writer.write(b"EHLO load.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    for number in range(MAX_MAILS):
        token = f"{prefix}.{number}"
        writer.write(b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
        for _ in range(3):
            if not await reader.readline():
                return
        writer.write(f"X-Token: {token}\r\n".encode() + write_rest() + b".\r\n")
        if (await reader.readline()).startswith(b"250"):
            acknowledged.append(token)


def start_senders(
    port: int, name: str, count: int, write_rest: WriteRest, acknowledged: list[str]
) -> list["asyncio.Future[None]"]:
    """Start so many of them in the running loop; each ends by itself once the gate is dead."""
    return [
        asyncio.ensure_future(send_until_cut(port, f"{name}.{sender}", write_rest, acknowledged))
        for sender in range(count)
    ]
