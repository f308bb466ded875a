"""Show the rows: on the terminal, and as the page docs/benchmarks.md."""

from collections.abc import Sequence

from rich.table import Table

from bench.row import Reached, Row

HEADINGS = ("promise", "gatepost", "peer", "ratio", "reached", "how measured")
_STYLES = {Reached.YES: "green", Reached.NO: "bold red", Reached.NOT_MEASURED: "yellow", Reached.NOT_PROMISED: "dim"}

_INTRODUCTION = """\
# Promises, measured

`make bench` writes this page. Every figure of gatepost stands beside a peer that was measured in the same run, on the
same two cores, in turns; machines are noisy, so the ratio (gatepost's figure for the peer's) says more than either.
Rows with "-" promise nothing: they are here to be compared with.
"""


def make_table(rows: Sequence[Row]) -> Table:
    """Give the table for a terminal."""
    table = Table(*HEADINGS[:-1], title="Promises, measured", show_lines=True)
    for row in rows:
        explained = row.how if row.reached is Reached.NOT_MEASURED else row.ours
        table.add_row(row.promise, explained, row.peer, row.ratio, row.reached.value, style=_STYLES[row.reached])
    return table


def write_page(rows: Sequence[Row], machine: Sequence[str], date: str) -> str:
    """Give the page as Markdown."""
    short = [row for row in rows if row.reached is Reached.NO]
    told = [f"- {row.promise}: {row.ours} (ratio {row.ratio or 'none'})" for row in short]
    pieces = [
        _INTRODUCTION,
        f"Measured on {date}.\n",
        "\n".join(f"- {line}" for line in machine) + "\n",
        "## Falls short\n",
        "\n".join(told or ["Nothing that was measured."]) + "\n",
        "## All figures\n",
        "\n".join(_write_lines(rows)) + "\n",
    ]
    return "\n".join(pieces)


def _write_lines(rows: Sequence[Row]) -> list[str]:
    cells = [(row.promise, row.ours, row.peer, row.ratio, row.reached.value, row.how) for row in rows]
    return [_write_line(HEADINGS), "|".join(["", *["---"] * len(HEADINGS), ""]), *map(_write_line, cells)]


def _write_line(cells: Sequence[str]) -> str:
    r"""Give one line of a table, with what would end a cell escaped.

    >>> _write_line(["a|b", "c\nd"])
    '| a\\|b | c d |'
    """
    escaped = (" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
