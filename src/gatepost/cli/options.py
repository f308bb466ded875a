"""Options that several nouns share."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from gatepost.config.load import Flag

STATE_VARIABLE = "GATEPOST_STATE"

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file (TOML).", envvar="GATEPOST_CONFIG"),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", metavar="DIR", help=f"Folder in which gatepost keeps everything; or {STATE_VARIABLE}."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def find_state(state: Path | None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Give the state folder that the command line names, else the environment, else none."""
    if state is not None:
        return state
    return Path(named) if (named := environment.get(STATE_VARIABLE)) else None


def state_flags(state: Path | None, environment: Mapping[str, str] = os.environ) -> tuple[Flag, ...]:
    """Give the flag for the state folder from the command line, else from the environment, else none."""
    name, value = ("--state", state) if state is not None else (STATE_VARIABLE, environment.get(STATE_VARIABLE))
    return (Flag(name, ("state",), str(Path(value).absolute())),) if value else ()
