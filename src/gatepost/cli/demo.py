"""`gatepost demo`: send varied mails through a gate of its own, and show what it found and where each went."""

import io
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.box import HORIZONTALS
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.terminal_theme import MONOKAI

from gatepost.cli.demo_gate import running_gate
from gatepost.cli.demo_mails import Ending, load_examples
from gatepost.cli.demo_results import Result, describe_result, follow_example
from gatepost.cli.options import JsonOption
from gatepost.cli.output import make_cell, make_console, make_table, pick_language, print_json_lines
from gatepost.cli.translation import translate
from gatepost.model.errors import BadInput

EXIT_UNEXPECTED = 1
RECORD_WIDTH = 120
FONT_RATIO = 0.602  # width to height of the fonts that the frame names

_STYLES = {
    Ending.DELIVERED: "green",
    Ending.FLAGGED: "yellow",
    Ending.QUARANTINED: "dark_orange",
    Ending.REFUSED: "red",
    Ending.LOST: "bold white on red",
}
_WORDS = {
    Ending.DELIVERED: ("delivered", "已投递"),
    Ending.FLAGGED: ("delivered with a warning", "已投递并附警告"),
    Ending.QUARANTINED: ("quarantined", "已隔离"),
    Ending.REFUSED: ("refused", "已拒收"),
    Ending.LOST: ("lost", "丢失"),
}
_SVG_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: Arial, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""  # rich's own frame loads its font from another host; a picture of ours asks nobody


def demo_command(
    *,
    as_json: JsonOption = False,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE.svg", help="Also draw the table into an SVG file.")
    ] = None,
) -> None:
    """Send varied mails through a gate of its own, on free ports and in a folder that is removed afterwards."""
    examples = load_examples()
    with running_gate() as gate:
        following = (follow_example(example, gate) for example in examples)
        results = print_results(following) if as_json else show_results(following, make_console())
    if record is not None:
        record_results(results, record)
    unexpected = [result.example.name for result in results if not result.is_as_expected]
    if unexpected:
        make_console(to_error=True).print(translate(f"not as expected: {', '.join(unexpected)}"))
        raise typer.Exit(EXIT_UNEXPECTED)


def print_results(following: Iterable[Result]) -> list[Result]:
    """Print one object for each mail as soon as it has ended."""
    results = []
    for result in following:
        print_json_lines([describe_result(result)])
        results.append(result)
    return results


def show_results(following: Iterable[Result], console: Console) -> list[Result]:
    """Show a table that grows by one line for each mail that has ended; where nobody watches, print it whole."""
    table = build_table()
    results = []
    with Live(table, console=console, vertical_overflow="visible") if console.is_terminal else nullcontext():
        for result in following:
            add_result(table, result)
            results.append(result)
    if not console.is_terminal:
        console.print(table)
    return results


def record_results(results: Iterable[Result], file: Path) -> None:
    """Draw the table into an SVG file; raise BadInput when it cannot be written."""
    console = Console(record=True, width=RECORD_WIDTH, file=io.StringIO(), markup=False, emoji=False, highlight=False)
    table = build_table()
    for result in results:
        add_result(table, result)
    console.print(table)
    drawn = console.export_svg(
        title="gatepost demo", theme=MONOKAI, code_format=_SVG_FRAME, font_aspect_ratio=FONT_RATIO, unique_id="demo"
    )
    try:
        file.write_text(drawn, "utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error


def build_table() -> Table:
    """Give the table without its lines."""
    titles = [("what came in", "来信"), ("what was found", "发现"), ("where it went", "去向"), ("", "")]
    table = make_table("", [pick_language(*title) for title in titles])
    table.box, table.show_lines = HORIZONTALS, True
    return table


def add_result(table: Table, result: Result) -> None:
    """Add one line."""
    example = result.example
    found = [pick_language(*sentence) for sentence in result.found] or [pick_language("nothing", "无")]
    style = _STYLES[result.ending]
    table.add_row(
        make_cell(pick_language(example.about, example.about_zh)),
        make_cell(pick_language(" ", "").join(found)),
        make_cell(f"{pick_language(*_WORDS[result.ending])}{_shorten_place(result)}", style),
        make_cell("✓" if result.is_as_expected else "✗", "green" if result.is_as_expected else "bold red"),
    )


def _shorten_place(result: Result) -> str:
    """Give what fits a column; the whole is in the JSON."""
    match result.ending:
        case Ending.DELIVERED | Ending.FLAGGED:
            return f" ({Path(result.place).parent})"
        case Ending.REFUSED:
            return f" ({result.place})"
        case Ending.QUARANTINED | Ending.LOST:
            return ""
