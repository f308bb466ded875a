"""dkimpy behind a pipe, as bench.scanner.PipeScanner speaks; runs in Debian's own Python, which has the package.

`dkimpy_loop.py DNS_NAME RECORD` verifies, `dkimpy_loop.py DOMAIN SELECTOR KEY_FILE` signs. For each mail it answers
what dkimpy alone cost, in milliseconds of CPU, and 1 when the signature held, or was made.
"""

import importlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

dkim = importlib.import_module("dkim")
FORM = (b"relaxed", b"relaxed")


def main(arguments: list[str]) -> None:
    """Answer `cost success` for each length and mail until the pipe closes."""
    work = _prepare_verifying(*arguments) if len(arguments) == 2 else _prepare_signing(*arguments)
    mails, answers = sys.stdin.buffer, sys.stdout
    print("ready", file=answers, flush=True)
    while length := mails.readline():
        raw = mails.read(int(length))
        started_ns = time.process_time_ns()
        is_done = work(raw)
        print((time.process_time_ns() - started_ns) / 1e6, int(is_done), file=answers, flush=True)


def _prepare_verifying(name: str, record: str) -> Callable[[bytes], bool]:
    def look_up(asked: bytes, timeout: float = 5) -> bytes | None:  # noqa: ARG001 - dkimpy's own signature
        return record.encode() if asked.decode().rstrip(".") == name else None

    return lambda raw: bool(dkim.verify(raw, dnsfunc=look_up))


def _prepare_signing(domain: str, selector: str, key_file: str) -> Callable[[bytes], bool]:
    names = selector.encode(), domain.encode(), Path(key_file).read_bytes()

    def sign(raw: bytes) -> bool:
        try:
            return bool(dkim.sign(raw, *names, canonicalize=FORM))
        except dkim.DKIMException:  # it refuses some real mails; that costs what it costs
            return False

    return sign


if __name__ == "__main__":
    main(sys.argv[1:])
