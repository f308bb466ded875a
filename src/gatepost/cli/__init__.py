"""The command line: `gatepost NOUN ...`; one file for each noun, loaded when it is asked for.

Exit codes: 0 done, 1 the answer is bad news (something unwanted was found), 2 the command, a setting or a file is
wrong, 3 gatepost or its surroundings failed.
"""

import importlib
import io
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gatepost.cli.chinese_help import USAGE_ERROR, translate_command, translate_mistake
from gatepost.cli.output import safe_text
from gatepost.cli.translation import is_chinese, translate
from gatepost.cli.version import print_version
from gatepost.model.errors import GatepostError, TheirFault

EXIT_BAD_USAGE = 2
EXIT_FAILED = 3

COMMANDS = {  # the noun, and where it is: loading all of them would make each of them slow to start
    "serve": "gatepost.cli.serve:serve_command",
    "scan": "gatepost.cli.scan:scan_command",
    "quarantine": "gatepost.cli.quarantine:app",
    "queue": "gatepost.cli.queue:app",
    "replay": "gatepost.cli.replay:replay_command",
    "feeds": "gatepost.cli.feeds:app",
    "config": "gatepost.cli.config:app",
    "model": "gatepost.cli.model:app",
    "demo": "gatepost.cli.demo:demo_command",
    "version": "gatepost.cli.version:version_command",
}


class _Nouns(TyperGroup):
    """The group of all nouns; tells what went wrong in one sentence instead of a traceback."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        names: dict[str, Any] = dict.fromkeys(COMMANDS)  # names alone: for the list and for suggestions
        self.commands = names

    def make_context(self, *words: Any, **attributes: Any) -> Any:
        """Read the command line; only now the command has all its options."""
        if not is_chinese():
            return super().make_context(*words, **attributes)
        translate_command(self)
        try:
            return super().make_context(*words, **attributes)
        except USAGE_ERROR as error:
            raise translate_mistake(error) from error

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load one noun."""
        del ctx
        return _load_command(cmd_name) if cmd_name in COMMANDS else None

    def invoke(self, ctx: Any) -> Any:
        """Run one noun."""
        try:
            return super().invoke(ctx)
        except GatepostError as error:
            if _is_debugging():
                raise
            _tell(error.public)
            raise typer.Exit(EXIT_BAD_USAGE if isinstance(error, TheirFault) else EXIT_FAILED) from error
        except USAGE_ERROR as error:
            if is_chinese():
                raise translate_mistake(error) from error
            raise


def _load_command(name: str) -> Any:
    module_name, _, attribute = COMMANDS[name].partition(":")
    command: typer.Typer | Callable[..., None] = getattr(importlib.import_module(module_name), attribute)
    if not isinstance(command, typer.Typer):
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(name)(command)
        command = single
    loaded = typer.main.get_command(command)
    loaded.name = name
    if is_chinese():
        translate_command(loaded)
    return loaded


app = typer.Typer(
    cls=_Nouns,
    name="gatepost",
    help="One guarded gate for mail: it receives, screens, explains, and delivers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """One guarded gate for mail: it receives, screens, explains, and delivers."""


def main() -> None:
    """Run the command line; what nobody foresaw is told in one sentence, with the way to see more."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character shows its number
    try:
        app()
    except Exception as error:
        if _is_debugging():
            raise
        _tell(f"gatepost failed: {type(error).__name__}: {error}".splitlines()[0])
        _tell("This is a bug; set GATEPOST_DEBUG=1 to see where it happened.")
        sys.exit(EXIT_FAILED)


def _tell(lines: str) -> None:
    for line in translate(lines).split("\n"):
        print(safe_text(line), file=sys.stderr)  # noqa: T201 - what a person reads


def _is_debugging() -> bool:
    return os.environ.get("GATEPOST_DEBUG", "") not in {"", "0"}
