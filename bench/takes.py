"""How a mail server takes mail: rounds of the same load, servers in turns, with their costs."""

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.figures import Spread
from bench.load import RECIPIENT, SENDER, LoadPlan, LoadResult, send_load
from bench.process import read_trees_cpu_s, wait_until_quiet
from bench.served import Served

CONNECTIONS = 20
COMMAND_DEADLINE_S = 120.0


@dataclass(slots=True)
class Series:
    """What one server did, round by round."""

    per_s: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)  # for each mail, until the server was quiet again
    latencies_ms: list[float] = field(default_factory=list)  # empty where the load does not tell
    results: list[LoadResult] = field(default_factory=list)

    @property
    def latency(self) -> str:
        """Give the latencies in words."""
        spread = Spread.of(self.latencies_ms)
        return f"p50 {spread.p50:.3g} ms, p99 {spread.p99:.3g} ms, max {spread.worst:.3g} ms"

    def show(self) -> str:
        """Give the middle rate and cost in words."""
        return f"{median(self.per_s):,.0f}/s ({median(self.cpu_ms):.2f} ms CPU each)"


def take_kept(server: Served, bodies: Sequence[bytes], count: int, series: Series) -> LoadResult:
    """Let a server take `count` mails over connections that are kept; raise when it cuts any off."""
    before_s = read_trees_cpu_s(server.roots)
    result = send_load(LoadPlan(server.port, bodies, count, CONNECTIONS))
    if result.lost_count:
        raise RuntimeError(f"{server.name} closed the connection during {result.lost_count} of {count} mails")
    _settle(server, count, before_s, series)
    series.per_s.append(result.answered_per_s)
    series.latencies_ms += result.latencies_ms
    series.results.append(result)
    return result


def take_single(server: Served, mail_bytes: int, count: int, series: Series) -> None:
    """Let a server take `count` mails over a new connection each, sent by Postfix's smtp-source."""
    argv = ["smtp-source", "-s", str(CONNECTIONS), "-l", str(mail_bytes), "-m", str(count)]
    argv += ["-f", SENDER, "-t", RECIPIENT, f"127.0.0.1:{server.port}"]
    before_s = read_trees_cpu_s(server.roots)
    started_s = time.perf_counter()
    subprocess.run(argv, check=True, timeout=COMMAND_DEADLINE_S)
    series.per_s.append(count / (time.perf_counter() - started_s))
    _settle(server, count, before_s, series)


def _settle(server: Served, count: int, before_s: float, series: Series) -> None:
    wait_until_quiet(server.roots)
    series.cpu_ms.append((read_trees_cpu_s(server.roots) - before_s) / count * 1e3)
