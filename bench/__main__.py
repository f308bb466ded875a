"""`python -m bench [NAME...]`: measure all promises, or only those named.

docs/benchmarks.md is written when all promises were measured, and left alone when a figure is missing.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from bench.machine import describe_machine, keep_to_cores
from bench.promises import accept, accept_screened, antivirus, dkim, idle, memory, opening, parse, prove, screen, spf
from bench.row import Row, Unmeasurable, not_measured
from bench.table import make_table, write_page

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BENCHES: dict[str, Callable[[Path], list[Row]]] = {
    "parse": parse.measure,
    "screen": screen.measure,
    "dkim": dkim.measure,
    "spf": spf.measure,
    "prove": prove.measure,
    "accept": accept.measure,
    "accept_screened": accept_screened.measure,
    "opening": opening.measure,
    "antivirus": antivirus.measure,
    "memory": memory.measure,
    "idle": idle.measure,
}
_USAGE = 2


def main(names: Sequence[str]) -> int:
    """Measure, show, write; 0 when everything could be measured, 1 when something could not, 2 for a wrong name."""
    console = Console(stderr=True)
    unknown = sorted(set(names) - BENCHES.keys())
    if unknown:
        console.print(f"There is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}.")
        return _USAGE
    keep_to_cores()
    with tempfile.TemporaryDirectory(prefix="gatepost-bench-") as root:
        Path(root).chmod(0o755)  # the peers run as users of their own
        machine = describe_machine(Path(root))
        rows = [row for name in names or BENCHES for row in _measure(name, Path(root) / name, console)]
    Console(width=None if sys.stdout.isatty() else 200).print(make_table(rows))
    is_whole = not any(row.is_missing for row in rows)
    if is_whole and not names:
        PAGE.write_text(write_page(rows, machine, time.strftime("%Y-%m-%d")), "utf-8")
        console.print(f"Written: {PAGE.relative_to(PAGE.parents[1])}")
    return int(not is_whole)


def _measure(name: str, folder: Path, console: Console) -> list[Row]:
    """Measure one promise; what goes wrong with it must not keep the others from being measured."""
    folder.mkdir()
    started_s = time.monotonic()
    try:
        rows = BENCHES[name](folder)
    except Unmeasurable as reason:
        rows = [not_measured(name, str(reason))]
    except Exception as trouble:  # noqa: BLE001 - the table tells it, and the exit code
        console.print_exception()
        rows = [not_measured(name, f"{type(trouble).__name__}, see above")]
    console.print(f"{name}: {time.monotonic() - started_s:.0f} s")
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
