"""Two pages, for whoever asks: nobody who asks slowly, wrongly or with many hands keeps the others from them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gatepost.gates.metrics import (
    MAX_ASKERS,
    MAX_HEAD_BYTES,
    TIMEOUT_S,
    Labelled,
    MetricsPage,
    NumbersCollector,
    serve_metrics,
)
from gatepost.model.errors import StorageTrouble
from loops import LOOPS, LoopFactory, run_on_loop

NUMBERS = {"mails_accepted_total": 7.0, "deliveries_queued": 3.0}
SAYS = {"mails_accepted_total": "Mails that got a 250.", "deliveries_queued": "What waits for the next hop."}


@dataclass
class Page:
    """A page that is served, and what it tells."""

    port: int = 0
    trouble: str = ""
    numbers: Callable[[], Mapping[str, float]] = field(default=lambda: NUMBERS)

    def read_numbers(self) -> Mapping[str, float]:
        return self.numbers()

    async def ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()

    async def get(self, path: str) -> tuple[str, bytes]:
        head, _, body = (await self.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}\r\n" in f"{head.decode()}\r\n"
        return head.decode().split("\r\n")[0].partition(" ")[2], body


@asynccontextmanager
async def serving(timeout_s: float = TIMEOUT_S) -> AsyncIterator[Page]:
    page = Page()
    served = MetricsPage(SAYS, page.read_numbers, lambda: page.trouble, timeout_s)
    async with await serve_metrics("127.0.0.1", 0, served) as server:
        page.port = server.sockets[0].getsockname()[1]
        yield page


@pytest.mark.parametrize("new_loop", LOOPS)
def test_the_numbers_are_what_prometheus_reads(new_loop: LoopFactory) -> None:
    async def test() -> None:
        async with serving() as page:
            status, body = await page.get("/metrics")
            families = {family.name: family for family in text_string_to_metric_families(body.decode())}
            assert status == "200 OK"
            assert families["gatepost_mails_accepted"].type == "counter"
            assert families["gatepost_mails_accepted"].samples[0].value == 7
            assert families["gatepost_deliveries_queued"].type == "gauge"
            assert families["gatepost_deliveries_queued"].samples[0].value == 3
            assert {family.documentation for family in families.values()} == set(SAYS.values())

    run_on_loop(new_loop, test)


async def test_health_is_ok_until_there_is_trouble_and_again_afterwards() -> None:
    async with serving() as page:
        assert await page.get("/healthz") == ("200 OK", b"ok\n")
        page.trouble = "the books could not be written"
        assert await page.get("/healthz") == ("503 Service Unavailable", b"the books could not be written\n")
        page.trouble = ""
        assert await page.get("/healthz") == ("200 OK", b"ok\n")


async def test_numbers_that_cannot_be_read_are_told_as_trouble() -> None:
    def fail() -> Mapping[str, float]:
        raise StorageTrouble("the records cannot be read or written", "disk I/O error")

    async with serving() as page:
        page.numbers = fail
        assert await page.get("/metrics") == ("503 Service Unavailable", b"the records cannot be read or written\n")
        page.numbers = lambda: NUMBERS
        assert (await page.get("/metrics"))[0] == "200 OK"


@pytest.mark.parametrize(
    "request_line", ["POST /metrics HTTP/1.1", "GET / HTTP/1.1", "GET /metrics/../x HTTP/1.1", "GET", "\0\xff", " "]
)
async def test_anything_else_is_not_found(request_line: str) -> None:
    async with serving() as page:
        answer = await page.ask(f"{request_line}\r\n\r\n".encode("latin-1"))
        assert answer.startswith(b"HTTP/1.1 404 Not Found\r\n")
        assert answer.endswith(b"try /metrics or /healthz\n")


async def test_a_head_without_end_is_not_read_to_its_end() -> None:
    async with serving() as page:
        try:
            answer = await page.ask(b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * MAX_HEAD_BYTES)
        except ConnectionError:
            answer = b""
        assert answer == b""
        assert (await page.get("/healthz"))[0] == "200 OK"


async def test_who_asks_half_a_question_and_leaves_is_forgotten() -> None:
    async with serving() as page:
        for _ in range(2 * MAX_ASKERS):
            _, writer = await asyncio.open_connection("127.0.0.1", page.port)
            writer.write(b"GET /metr")
            writer.close()
            await writer.wait_closed()
        assert (await page.get("/healthz"))[0] == "200 OK"


async def test_more_askers_than_there_is_room_for_are_sent_away() -> None:
    """They could have taken every descriptor of the process that delivers the mail."""
    async with serving() as page:
        slow = [await asyncio.open_connection("127.0.0.1", page.port) for _ in range(MAX_ASKERS)]
        for _, writer in slow:
            writer.write(b"G")
        extra, extra_writer = await asyncio.open_connection("127.0.0.1", page.port)
        assert await asyncio.wait_for(extra.read(), 5) == b""
        extra_writer.close()
        for reader, writer in slow:  # those who were there first are answered all the same
            writer.write(b"ET /healthz HTTP/1.1\r\n\r\n")
            assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 200 OK\r\n")
            writer.close()
        assert (await page.get("/healthz"))[0] == "200 OK"


async def test_who_asks_too_slowly_is_let_go() -> None:
    async with serving(timeout_s=0.05) as page:
        assert await page.ask(b"GET /healthz HTTP/1.1\r\n") == b""


async def test_a_port_that_is_taken_is_an_error_for_whoever_builds_the_house() -> None:
    async with serving() as page:
        with pytest.raises(OSError, match="in use"):
            await serve_metrics("127.0.0.1", page.port, MetricsPage({}, dict, str))


def test_a_number_of_each_of_several_things_has_a_label() -> None:
    rows = [Labelled("feed_age_s", "feed", name, value) for name, value in (("a", 1.0), ("b", 2.0))]
    numbers = NumbersCollector(
        {"feed_age_s": "How old.", "feed_entries": "How many."},
        dict,
        lambda: [*rows, Labelled("feed_entries", "feed", "a", 3.0)],
    )
    shown = [(sample.name, sample.labels, sample.value) for metric in numbers.collect() for sample in metric.samples]
    assert shown == [
        ("gatepost_feed_age_s", {"feed": "a"}, 1.0),
        ("gatepost_feed_age_s", {"feed": "b"}, 2.0),
        ("gatepost_feed_entries", {"feed": "a"}, 3.0),
    ]
