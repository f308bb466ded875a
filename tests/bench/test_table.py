import io
import platform
from pathlib import Path

from rich.console import Console

from bench.machine import describe_machine
from bench.row import Reached, Row, not_measured
from bench.table import make_table, write_page
from bench.turns import TURN_MAILS, WARM_UP_MAILS, compare_turns, measure_in_turns

ROWS = [
    Row("fast", "1 ms", "peer: 2 ms", "0.50", Reached.YES, "how"),
    Row("small", "9 MB", "peer: 3 MB", "3.00", Reached.NO, "how"),
    not_measured("safe", "the peer is missing"),
]


def test_the_page_tells_first_where_gatepost_falls_short() -> None:
    page = write_page(ROWS, ["Processor: p"], "2026-01-02")
    assert "- small: 9 MB (ratio 3.00)" in page
    assert page.index("- small") < page.index("| fast | 1 ms | peer: 2 ms | 0.50 | yes | how |")
    assert "2026-01-02" in page


def test_a_page_without_failures_says_so() -> None:
    assert "Nothing that was measured." in write_page(ROWS[:1], [], "2026-01-02")


def test_the_terminal_says_why_something_was_not_measured() -> None:
    console = Console(file=io.StringIO(), width=160)
    console.print(make_table(ROWS))
    assert isinstance(console.file, io.StringIO)
    assert "the peer is missing" in console.file.getvalue()


def test_the_machine_is_described_without_its_name(tmp_path: Path) -> None:
    told = "\n".join(describe_machine(tmp_path))
    assert "Processor: " in told
    assert platform.node() not in told.replace("KVM", "").split()


def test_all_subjects_see_all_mails_in_turns() -> None:
    seen: list[tuple[str, bytes]] = []

    def watch(name: str, cost: float) -> float:
        seen.append((name, b""))
        return cost

    mails = [b"mail"] * (TURN_MAILS * 2 + 1)
    costs = measure_in_turns({"a": lambda _: watch("a", 1.0), "b": lambda _: watch("b", 4.0)}, mails, rounds=2)
    assert {name: len(series) for name, series in costs.items()} == {"a": len(mails) * 2, "b": len(mails) * 2}
    warmed_up = seen[WARM_UP_MAILS * 2 :]
    assert {name for name, _ in warmed_up[: TURN_MAILS * 2]} == {"a", "b"}
    assert compare_turns(costs["a"], costs["b"]) == 0.25
