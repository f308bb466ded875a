"""Promise: a mail is screened with at most half of Rspamd's CPU, p99 under 40 ms, a hostile mail within 2 s."""

import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.figures import Spread
from bench.hostile import make_hostile_mails
from bench.mails import sample_mails
from bench.ours import GATEPOST, run_scanner
from bench.peers.rspamd import run_rspamd_scanner
from bench.peers.spamassassin import run_spamassassin
from bench.process import read_cpu_s
from bench.row import Reached, Row, judge
from bench.scanner import Scanner
from bench.turns import Subject, compare_turns, measure_in_turns

PROMISED_SHARE = 0.5
PROMISED_P99_MS = 40.0
PROMISED_HOSTILE_MS = 2_000.0
SLOW_PEER_MAILS = 150
ROUNDS = 2
CLI_DEADLINE_S = 120.0

OURS, RSPAMD, SPAMASSASSIN = "gatepost", "Rspamd", "SpamAssassin"
_HOW = "CPU of the scanner's processes for each of {mails} corpus mails, no network, in turns; ratio: median of turns"


def measure(folder: Path) -> list[Row]:
    """Screen the same mails with gatepost, Rspamd and SpamAssassin, all without network."""
    mails = sample_mails(1_000)
    with run_scanner() as ours:
        with run_rspamd_scanner(folder / "rspamd") as rspamd:
            rows, rspamd_ms = _compare_with_rspamd(ours, rspamd, mails)
            rows.append(_compare_hostile(ours, rspamd))
        with run_spamassassin(folder / "spamassassin") as spamassassin:
            rows.append(_compare_with_spamassassin(ours, spamassassin, mails[:SLOW_PEER_MAILS]))
    return [*rows, _measure_command(folder / "mails", mails, rspamd_ms)]


def _compare_with_rspamd(ours: Scanner, rspamd: Scanner, mails: Sequence[bytes]) -> tuple[list[Row], float]:
    costs = _measure_cpu({OURS: ours, RSPAMD: rspamd}, mails, ROUNDS)
    mine, theirs = Spread.of(costs[OURS]), Spread.of(costs[RSPAMD])
    share = compare_turns(costs[OURS], costs[RSPAMD])
    how = _HOW.format(mails=len(mails))
    rows = [
        Row(
            "screen one mail: at most half of Rspamd's CPU",
            mine.show("ms"),
            f"{RSPAMD}: {theirs.show('ms')}",
            f"{share:.2f}",
            judge(is_reached=share <= PROMISED_SHARE),
            how,
        ),
        Row(
            f"screen one mail: p99 under {PROMISED_P99_MS:.0f} ms",
            f"p99 {mine.p99:.3g} ms",
            f"{RSPAMD}: p99 {theirs.p99:.3g} ms",
            f"{mine.p99 / theirs.p99:.2f}",
            judge(is_reached=mine.p99 < PROMISED_P99_MS),
            how,
        ),
    ]
    return rows, theirs.mean


def _compare_with_spamassassin(ours: Scanner, spamassassin: Scanner, mails: Sequence[bytes]) -> Row:
    costs = _measure_cpu({OURS: ours, SPAMASSASSIN: spamassassin}, mails, 1)
    return Row(
        "the same beside SpamAssassin",
        Spread.of(costs[OURS]).show("ms"),
        f"{SPAMASSASSIN}: {Spread.of(costs[SPAMASSASSIN]).show('ms')}",
        f"{compare_turns(costs[OURS], costs[SPAMASSASSIN]):.3f}",
        Reached.NOT_PROMISED,
        _HOW.format(mails=len(mails)),
    )


def _compare_hostile(ours: Scanner, rspamd: Scanner) -> Row:
    mails = make_hostile_mails()
    mine = {name: _time_scan(ours, raw) for name, raw in mails.items()}
    theirs = {name: _time_scan(rspamd, raw) for name, raw in mails.items()}
    slowest, their_slowest = max(mine, key=mine.__getitem__), max(theirs, key=theirs.__getitem__)
    return Row(
        f"screen a hostile mail: never over {PROMISED_HOSTILE_MS / 1e3:.0f} s",
        f"worst {mine[slowest]:.0f} ms ({slowest})",
        f"{RSPAMD}: worst {theirs[their_slowest]:.0f} ms ({their_slowest})",
        f"{mine[slowest] / theirs[their_slowest]:.2f}",
        judge(is_reached=mine[slowest] < PROMISED_HOSTILE_MS),
        f"wall time of {len(mails)} mails made to be slow: {', '.join(mails)}",
    )


def _measure_command(folder: Path, mails: Sequence[bytes], rspamd_ms: float) -> Row:
    """Screen all mails by one call of the command; its start is paid for too."""
    folder.mkdir()
    for number, raw in enumerate(mails):
        (folder / f"{number:04}.eml").write_bytes(raw)
    argv = [str(GATEPOST), "scan", "--json", "--offline", "--jobs", "1", str(folder)]
    before_s = _read_ended_children_s()
    answer = subprocess.run(argv, stdout=subprocess.PIPE, check=False, timeout=CLI_DEADLINE_S)
    each_ms = (_read_ended_children_s() - before_s) / len(mails) * 1e3
    answered = answer.stdout.count(b"\n")
    if answered != len(mails):
        raise RuntimeError(f"gatepost scan answered {answered} of {len(mails)} mails")
    return Row(
        "the same by one call of `gatepost scan --json --offline`",
        f"mean {each_ms:.3g} ms",
        f"{RSPAMD}, warm: mean {rspamd_ms:.3g} ms",
        f"{each_ms / rspamd_ms:.2f}",
        Reached.NOT_PROMISED,
        f"CPU of the command for {len(mails)} files, divided by their number; its start included",
    )


def _read_ended_children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _measure_cpu(scanners: dict[str, Scanner], mails: Sequence[bytes], rounds: int) -> dict[str, list[float]]:
    subjects: dict[str, Subject] = {name: _count_cpu(scanner) for name, scanner in scanners.items()}
    return measure_in_turns(subjects, mails, rounds=rounds)


def _count_cpu(scanner: Scanner) -> Callable[[bytes], float]:
    pids = scanner.pids

    def measure_one(raw: bytes) -> float:
        before_s = read_cpu_s(pids)
        scanner.scan(raw)
        return (read_cpu_s(pids) - before_s) * 1e3

    return measure_one


def _time_scan(scanner: Scanner, raw: bytes) -> float:
    started_s = time.perf_counter()
    scanner.scan(raw)
    return (time.perf_counter() - started_s) * 1e3
