"""`gatepost version`: which gatepost this is, and on what it runs."""

import platform
from importlib import metadata
from typing import Annotated

import typer

from gatepost.cli.output import print_json_lines


def version_command(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the version."""
    facts = {
        "gatepost": metadata.version("gatepost"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
    if as_json:
        print_json_lines([facts])
    else:
        typer.echo(f"gatepost {facts['gatepost']} (Python {facts['python']}, {facts['system']})")


def print_version(value: bool) -> None:
    """Answer `gatepost --version`."""
    if value:
        version_command(as_json=False)
        raise typer.Exit
