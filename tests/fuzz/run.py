"""Fuzzes each target for a bounded time, in a process of its own: `python -m fuzz.run --seconds 60 [TARGET...]`.

Everything lies in build/fuzz/<target>: its corpus, from which the next run goes on, the last words, and the files that
ended a run. A library that crashes is no failure of ours, since it crashes in a child of the sandbox; what takes too
long, too much memory, or raises what nobody catches is one.
"""

import argparse
import enum
import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fuzz.targets import build_targets
from paths import PROJECT_ROOT

MAX_FINDINGS = 5  # of one target, in one run
MAX_INPUT_BYTES = 262_144
MEMORY_MB = 1_024  # with what measures coverage, and all libraries of all openers
TIMEOUT_S = 60  # of the clock, on a machine that may have other work; targets measure CPU by themselves
PATIENCE_S = 120  # more than the run's own time: loading, and reading the whole corpus once
MAX_QUOTED_CHARS = 160
_RUNS = re.compile(r"^(?:stat::number_of_executed_units: |#)(\d+)", re.MULTILINE)
_DONE = re.compile(r"^Done \d+ runs", re.MULTILINE)
_RAISED = re.compile(r"=== Uncaught Python exception: ===\n(.*)")
_KEPT = re.compile(r"Test unit written to (\S+)")
_CAUGHT = re.compile(r"^caught (.*)$", re.MULTILINE)


class Ending(enum.StrEnum):
    """How a run came to its end."""

    DONE = "its time was over"
    RAISED = "raised what nobody catches"
    TOO_SLOW = "too slow"
    MEMORY = "too much memory"
    CRASH = "crash of the child"
    BROKEN = "did not run"


FAILURES = frozenset({Ending.RAISED, Ending.TOO_SLOW, Ending.MEMORY, Ending.BROKEN})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of one target."""

    ending: Ending
    runs: int = 0
    words: str = ""  # what it said of its end
    kept: str = ""  # the file that did it
    caught: tuple[str, ...] = ()


def read_outcome(words: str, status: int) -> Outcome:
    """Tell from libFuzzer's words, and the status of its process, how a run ended."""
    raised, kept = _RAISED.search(words), _KEPT.search(words)
    runs = max((int(number) for number in _RUNS.findall(words)), default=0)
    ending, quoted = _find_ending(words, status), raised[1].strip() if raised else f"status {status}"
    return Outcome(ending, runs, quoted[:MAX_QUOTED_CHARS], kept[1] if kept else "", tuple(_CAUGHT.findall(words)))


def _find_ending(words: str, status: int) -> Ending:
    if raised := _RAISED.search(words):
        return Ending.TOO_SLOW if raised[1].startswith("TooSlowError") else Ending.RAISED
    if "ERROR: libFuzzer: timeout" in words or status == -signal.SIGKILL:  # by us, who waited for its end
        return Ending.TOO_SLOW
    if "ERROR: libFuzzer: out-of-memory" in words:
        return Ending.MEMORY
    if "ERROR: libFuzzer: deadly signal" in words or status < 0:
        return Ending.CRASH
    if status == 0:
        return Ending.DONE if _DONE.search(words) else Ending.CRASH  # a library that ends the process
    return Ending.BROKEN


def fuzz(name: str, seconds: int, folder: Path) -> list[Outcome]:
    """Run one target for so long; where an input ends it, go on with the time that is left."""
    _write_seeds(folder / "corpus", build_targets()[name].list_seeds())
    until_s, outcomes = time.monotonic() + seconds, list[Outcome]()
    while len(outcomes) < MAX_FINDINGS and (left_s := round(until_s - time.monotonic())) > 0:
        outcomes.append(_run(name, left_s, folder))
        if outcomes[-1].ending in (Ending.DONE, Ending.BROKEN):
            break
    return outcomes


def _write_seeds(folder: Path, files: Iterable[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / hashlib.sha256(file).hexdigest()[:20]).write_bytes(file[:MAX_INPUT_BYTES])


def _run(name: str, seconds: int, folder: Path) -> Outcome:
    options = (
        f"-max_total_time={seconds}",
        f"-timeout={TIMEOUT_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-max_len={MAX_INPUT_BYTES}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        str(folder / "corpus"),
    )
    argv = [sys.executable, "-m", "fuzz.drive", name, str(folder), *options]
    last_words = folder / "last-words.txt"
    with last_words.open("wb") as output:
        fuzzing = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment())
        try:
            status = fuzzing.wait(seconds + PATIENCE_S)
        except subprocess.TimeoutExpired:
            fuzzing.kill()
            status = fuzzing.wait()
    return read_outcome(last_words.read_text("utf-8", "replace"), status)


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def describe(name: str, outcomes: Iterable[Outcome]) -> str:
    """Give a line for a target, and one below it for each that was found."""
    told = list(outcomes)
    lines = [f"{name:24} {sum(outcome.runs for outcome in told):>10,} runs"]
    lines += [f"    {each.ending}: {each.words} {each.kept}" for each in told if each.ending is not Ending.DONE]
    lines += [f"    caught {words}" for words in sorted({words for each in told for words in each.caught})]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Fuzz the targets that are named, or all; give 1 where one of them failed."""
    targets = sorted(build_targets())
    parser = argparse.ArgumentParser(prog="make fuzz", description="Fuzz what reads the bytes of strangers.")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(targets)}")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.targets) - set(targets):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    has_failed = False
    for name in chosen.targets or targets:
        outcomes = fuzz(name, chosen.seconds, PROJECT_ROOT / "build" / "fuzz" / name)
        sys.stdout.write(describe(name, outcomes) + "\n")
        sys.stdout.flush()
        has_failed |= any(outcome.ending in FAILURES for outcome in outcomes)
    return int(has_failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
