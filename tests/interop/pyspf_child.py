"""Answers questions with pyspf: a JSON line on standard input, a JSON line back. Runs in Debian's own Python.

A question holds the session and the whole DNS: name and type -> records, or null where no server answers. Bytes
travel as text of latin-1.
"""

import importlib
import json
import sys
from typing import Any


def answer(spf: Any, question: dict[str, Any]) -> object:
    """Give result and explanation."""
    zone = question["zone"]

    def look_up(name: str, kind: str, strict: object = True, timeout: float = 20) -> list[Any]:  # noqa: ARG001 - its own
        name = name.lower().rstrip(".")
        records = zone.get(f"{name} {kind}", [])
        if records is None:
            raise spf.TempError("DNS timeout")
        return [((name, kind), _read_record(kind, record)) for record in records]

    spf.DNSLookup = look_up
    spf.MAX_VOID_LOOKUPS = question.get("max_void_lookups", 2)
    session = {"i": question["ip"], "s": question["sender"], "h": question["helo"], "receiver": question["receiver"]}
    try:
        result, _, explanation = spf.query(**session).check()
    except Exception as error:  # noqa: BLE001 - that it raises is an answer, too
        return [f"raises {type(error).__name__}", str(error)]
    return [result, explanation]


def _read_record(kind: str, record: Any) -> object:
    if kind == "TXT":
        return [record.encode("latin-1")]
    return tuple(record) if kind == "MX" else record


def main() -> None:
    """Answer until the input ends."""
    spf = importlib.import_module("spf")  # only Debian's Python has it
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(spf, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
