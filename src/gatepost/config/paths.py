"""Files and folders that settings name: what is relative in a settings file is meant from that file's own folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATH_SETTINGS = (  # "*" stands for every key of a table
    ("state",),
    ("tls", "certificate"),
    ("tls", "key"),
    ("tls", "trusted_ca"),
    ("recipients", "addresses_file"),
    ("screen", "model"),
    ("screen", "yara", "folder"),
    ("feeds", "lists", "*", "file"),
    ("deliver", "maildir"),
    ("deliver", "smarthost", "maildir"),
    ("deliver", "routes", "*", "maildir"),
)
NO_PATH = "none"  # a word that stands for no file, as in [screen] model


def anchor_paths(data: dict[str, Any], folder: Path) -> None:
    """Make the relative paths in a settings file's data absolute, in place; what is no text stays as it is."""
    for pattern in PATH_SETTINGS:
        _anchor(data, pattern, folder)


def _anchor(table: object, pattern: Sequence[str], folder: Path) -> None:
    if not isinstance(table, dict):
        return
    head, *rest = pattern
    for key in list(table) if head == "*" else [head]:
        value = table.get(key)
        if rest:
            _anchor(value, rest, folder)
        elif isinstance(value, str) and value and value != NO_PATH:
            table[key] = str(folder / value)
