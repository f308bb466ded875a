"""Options that several nouns share."""

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
    typer.Option("--state", metavar="DIR", help="Folder in which gatepost keeps everything.", envvar=STATE_VARIABLE),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]


def state_flags(state: Path | None) -> tuple[Flag, ...]:
    """Give the flag for the state folder, none when it is not on the command line."""
    return () if state is None else (Flag("--state", ("state",), str(state.absolute())),)
