"""`gatepost config`: what is set, where each value came from, what is wrong, and what there is to set."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gatepost.cli.options import ConfigOption, JsonOption, StateOption, state_flags
from gatepost.cli.output import make_cell, make_console, make_table, print_json_lines
from gatepost.cli.translation import translate
from gatepost.config.load import DEFAULT_ORIGIN, Configuration
from gatepost.config.reference import build_reference
from gatepost.config.tree import walk_settings
from gatepost.config.values import is_secret, name_setting, show_value
from gatepost.config.verify import verify_settings
from gatepost.config.weak import find_weaknesses

HIDDEN = "(hidden)"

app = typer.Typer(help="Show, check and explain settings.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.command("show")
def show_config(config: ConfigOption = None, state: StateOption = None, *, as_json: JsonOption = False) -> None:
    """Print every value in force and where it came from."""
    configuration = Configuration.load(config, state_flags(state))
    values = [(path, value, configuration.origin_of(path)) for path, value in walk_settings(configuration.settings)]
    if as_json:
        print_json_lines(
            {
                "setting": ".".join(map(str, path)),
                "value": HIDDEN if is_secret(path) else msgspec.to_builtins(value),
                "origin": origin,
            }
            for path, value, origin in values
        )
        return
    table = make_table("", ["setting", "value", "where from"])
    for path, value, origin in values:
        style = "dim" if origin == DEFAULT_ORIGIN else ""
        shown = translate(HIDDEN) if is_secret(path) else show_value(value)
        cells = (name_setting(path), shown, translate(origin))
        table.add_row(*(make_cell(cell, style) for cell in cells))
    make_console().print(table)


@app.command("check")
def check_config(
    file: Annotated[Path, typer.Argument(help="Settings file (TOML).", show_default=False)],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say every mistake in a settings file with its line; exit 2 when there is one."""
    configuration = Configuration.load(file)
    verify_settings(configuration)
    weaknesses = list(find_weaknesses(configuration.settings))
    if as_json:
        print_json_lines([{"file": str(file), "weak": [name_setting(weak.path) for weak in weaknesses]}])
        return
    console = make_console()
    console.print(make_cell(translate(f"{file}: no mistakes."), "green"), soft_wrap=True)
    for weak in weaknesses:
        console.print(make_cell(translate(f"WEAK: {weak.describe()}"), "bold yellow"), soft_wrap=True)


@app.command("reference")
def print_reference() -> None:
    """Print a settings file with every setting, its meaning, bounds and default."""
    typer.echo(build_reference(translate), nl=False)
