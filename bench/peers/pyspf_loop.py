"""pyspf behind a pipe, as bench.scanner.PipeScanner speaks; runs in Debian's own Python, which has the package.

`pyspf_loop.py TABLE`: the file holds the DNS as JSON, `"name TYPE"` -> records. Instead of a mail each question is a
session: `ip helo sender`. It answers what HELO and MAIL FROM cost pyspf together, in milliseconds of CPU, and which
result MAIL FROM has, by its place in RESULTS.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = ("none", "neutral", "pass", "fail", "softfail", "temperror", "permerror")


def main(path: str) -> None:
    """Answer until the pipe closes."""
    spf: Any = importlib.import_module("spf")  # only Debian's Python has it
    spf.DNSLookup = make_lookup(json.loads(Path(path).read_text("utf-8")))
    questions, answers = sys.stdin.buffer, sys.stdout
    print("ready", file=answers, flush=True)
    while length := questions.readline():
        ip, helo, sender = questions.read(int(length)).decode().split(" ")
        started_ns = time.process_time_ns()
        spf.query(i=ip, s="", h=helo).check()
        result = spf.query(i=ip, s=sender, h=helo).check()[0]
        cost_ms = (time.process_time_ns() - started_ns) / 1e6
        print(cost_ms, RESULTS.index(result), file=answers, flush=True)


def make_lookup(table: dict[str, list[Any]]) -> Callable[..., list[Any]]:
    """Give what pyspf calls to ask the DNS."""
    records = {
        tuple(place.split(" ")): [_read_record(place, record) for record in found] for place, found in table.items()
    }

    def look_up(name: str, kind: str, strict: object = True, timeout: float = 20) -> list[Any]:  # noqa: ARG001 - its own
        return [((name, kind), record) for record in records.get((name, kind), ())]

    return look_up


def _read_record(place: str, record: Any) -> object:
    if place.endswith(" TXT"):
        return [record.encode()]
    return tuple(record) if place.endswith(" MX") else record


if __name__ == "__main__":
    main(*sys.argv[1:])
