"""What Typer says by itself, in Chinese: titles of panels, hints, and what is wrong with a command line.

Used only where the locale asks for it. Typer has no other way to change its words than the constants of the module
that draws them.
"""

from functools import partial
from typing import Any

import typer

from gatepost.cli.translation import say_in_chinese

_DRAWN = (
    *("ARGUMENTS_PANEL_TITLE", "OPTIONS_PANEL_TITLE", "COMMANDS_PANEL_TITLE", "ERRORS_PANEL_TITLE"),
    *("REQUIRED_LONG_STRING", "DEFAULT_STRING", "ENVVAR_STRING", "ABORTED_TEXT", "RICH_HELP"),
)
USAGE_ERROR: Any = typer.BadParameter.__bases__[0]  # which Typer does not export


class _ChineseContext(typer.Context):
    """The context of a command; whoever draws help or a mistake asks it for a formatter first."""

    def make_formatter(self) -> Any:
        """Give one that says "usage" in Chinese."""
        from typer import rich_utils  # noqa: PLC0415 - slow to load, and needed for help and mistakes only

        for name in _DRAWN:
            setattr(rich_utils, name, say_in_chinese(getattr(rich_utils, name)))
        formatter: Any = super().make_formatter()
        formatter.write_usage = partial(formatter.write_usage, prefix="用法：")
        return formatter


def translate_command(command: Any) -> None:
    """Translate the help of a command, of its options, and of all commands below it."""
    command.context_class = _ChineseContext
    help_option = command.get_help_option(typer.Context(command))
    for each in (command, help_option, *command.params):
        if getattr(each, "help", None):
            each.help = "\n\n".join(map(say_in_chinese, each.help.split("\n\n")))
    for below in getattr(command, "commands", {}).values():
        if below is not None:  # the root knows the names of its commands before they are loaded
            translate_command(below)


def translate_mistake(error: Any) -> Exception:
    """Give the same complaint about a command line in Chinese; help that is shown as a complaint stays as it is."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error  # type: ignore[no-any-return]
    told: Exception = USAGE_ERROR(say_in_chinese(error.format_message()), error.ctx)
    return told
