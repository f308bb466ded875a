"""Answers /metrics for Prometheus and /healthz for a supervisor, on a loopback port.

Standards: RFC 9112 (only as much of HTTP/1.1 as a GET without a body needs).
Trust: whoever reaches the port may read the numbers; there is nothing else to be had.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gatepost.model.errors import GatepostError

TIMEOUT_S = 5.0  # for asking, and for taking the answer
MAX_HEAD_BYTES = 8192
MAX_ASKERS = 50  # at once: the others are sent away, or they could take every file descriptor of the keeper
PLAIN = "text/plain; charset=utf-8"
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Labelled(NamedTuple):
    """A gauge that there is once for each of several things."""

    name: str
    label: str
    thing: str
    value: float


class NumbersCollector:
    """Shows a table of numbers to Prometheus: names that end in _total are counters, the others gauges.

    `says` has a sentence for each name: what is counted, and when to worry.
    """

    def __init__(
        self,
        says: Mapping[str, str],
        read_numbers: Callable[[], Mapping[str, float]],
        read_labelled: Callable[[], Iterable[Labelled]] = tuple,
    ) -> None:
        self._says = says
        self._read_numbers = read_numbers
        self._read_labelled = read_labelled

    def collect(self) -> Iterable[Metric]:
        """Give each number as a metric of its own."""
        yield from self._collect_labelled()
        for name, value in self._read_numbers().items():
            if name.endswith("_total"):
                counter = CounterMetricFamily(f"gatepost_{name}", self._says[name])
                counter.add_metric([], value)
                yield counter
            else:
                yield GaugeMetricFamily(f"gatepost_{name}", self._says[name], value=value)

    def _collect_labelled(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._read_labelled():
            says = self._says[one.name]
            family = families.setdefault(one.name, GaugeMetricFamily(f"gatepost_{one.name}", says, labels=[one.label]))
            family.add_metric([one.thing], one.value)
        return families.values()


class MetricsPage:
    """Serves the two pages. `find_trouble` gives one sentence while something is wrong, else ""."""

    def __init__(
        self,
        says: Mapping[str, str],
        read_numbers: Callable[[], Mapping[str, float]],
        find_trouble: Callable[[], str],
        timeout_s: float = TIMEOUT_S,
        read_labelled: Callable[[], Iterable[Labelled]] = tuple,
    ) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(NumbersCollector(says, read_numbers, read_labelled))
        self._find_trouble = find_trouble
        self._timeout_s = timeout_s
        self._asker_count = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        self._asker_count += 1
        try:
            if self._asker_count <= MAX_ASKERS:
                await self._answer(reader, writer)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the asker went away or never asked
        finally:
            self._asker_count -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._timeout_s)
        status, content_type, body = self._respond(head)
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n".encode("ascii")
            + body
        )
        await asyncio.wait_for(writer.drain(), self._timeout_s)

    def _respond(self, head: bytes) -> tuple[str, str, bytes]:
        match head.split(b" ", 2)[:2]:
            case [b"GET", b"/metrics"]:
                return self._show_numbers()
            case [b"GET", b"/healthz"]:
                trouble = self._find_trouble()
                return (
                    ("503 Service Unavailable", PLAIN, f"{trouble}\n".encode())
                    if trouble
                    else ("200 OK", PLAIN, b"ok\n")
                )
            case _:
                return "404 Not Found", PLAIN, b"try /metrics or /healthz\n"

    def _show_numbers(self) -> tuple[str, str, bytes]:
        try:
            return "200 OK", PROMETHEUS, generate_latest(self._registry)
        except GatepostError as error:
            return "503 Service Unavailable", PLAIN, f"{error.public}\n".encode()


async def serve_metrics(host: str, port: int, page: MetricsPage) -> asyncio.Server:
    """Listen; raises OSError when the port is taken."""
    return await asyncio.start_server(page.answer, host, port, limit=MAX_HEAD_BYTES)
