"""How commands print: tables for people, JSON for programs, and nothing that could drive a terminal.

Trust: much of what is printed was written by strangers.
"""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gatepost.cli.translation import is_chinese, translate

PIPE_WIDTH = 200  # columns where no terminal says how wide it is

_WIDE_SPACES = {"Zs": " "}  # no-break and ideographic spaces are shown as a space


def safe_text(text: str) -> str:
    r"""Make a stranger's text fit for one line of a terminal: what cannot be seen is written as an escape.

    >>> print(safe_text("\x1b[31mred\u202egpj.exe"))
    \x1b[31mred\u202egpj.exe
    """
    if text.isprintable():
        return text
    return "".join(_safe_character(character) for character in text)


def _safe_character(character: str) -> str:
    if character.isprintable():
        return character
    shown = _WIDE_SPACES.get(unicodedata.category(character))
    return shown or character.encode("unicode_escape", "backslashreplace").decode("ascii")


def make_console(*, to_error: bool = False) -> Console:
    """Give a console that takes every string as it is: no markup, no emoji names, no colouring by guess."""
    stream = sys.stderr if to_error else sys.stdout
    is_wide = not stream.isatty() and "COLUMNS" not in os.environ
    width = PIPE_WIDTH if is_wide else None
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def make_table(title: str, columns: Sequence[str]) -> Table:
    """Give an empty table whose cells fold instead of being cut; its titles are told in the user's language."""
    table = Table(
        title=translate(title) or None, title_justify="left", header_style="bold", title_style="bold", box=SIMPLE_HEAD
    )
    for column in columns:
        table.add_column(translate(column), overflow="fold")
    return table


def make_cell(text: str, style: str = "") -> Text:
    """Give one cell with a text that may be a stranger's."""
    return Text(safe_text(text), style=style, overflow="fold")


def print_json_lines(rows: Iterable[Mapping[str, object]]) -> None:
    """Print one object a line, in ASCII: neither a terminal nor a pipe can be misled by it."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=True) + "\n")


def pick_language(english: str, chinese: str) -> str:
    """Give the sentence in the language of the user's locale."""
    return chinese if is_chinese() else english
