"""Settings' names and values, written as the file writes them.

Standards: TOML 1.0.0.
"""

import json
from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec

from gatepost.config.lines import KeyPath

MAX_SHOWN_LENGTH = 80

_SECRET_ENDINGS = ("password", "secret", "token", "private_key")


def name_setting(path: KeyPath) -> str:
    """Give a setting's name as the file shows it.

    >>> name_setting(("decide", "exceptions", 1, "sender"))
    '[decide.exceptions#2] sender'
    """
    *section, last = path or ("settings",)
    if isinstance(last, int):
        return f"{name_setting(tuple(section))}, element {last + 1},"
    where = "".join(f"#{part + 1}" if isinstance(part, int) else f".{show_key(part)}" for part in section)
    return f"[{where.removeprefix('.')}] {last}" if where else last


def is_secret(path: KeyPath) -> bool:
    """Say whether a setting's value must never be shown."""
    return str(path[-1]).endswith(_SECRET_ENDINGS)


def show_value(value: object) -> str:
    """Write a value as TOML does.

    >>> show_value({"a": (1, True)})
    '{ a = [1, true] }'
    """
    match value:
        case Enum():
            shown = show_value(value.value)
        case msgspec.Struct():
            shown = show_value(msgspec.structs.asdict(value))
        case Mapping():
            shown = _show_table(value)
        case list() | tuple():
            shown = _show_list(value)
        case set() | frozenset():
            shown = _show_list(sorted(value))
        case bool():
            shown = "true" if value else "false"
        case int() | float():
            shown = str(value)
        case _:
            shown = _show_text(str(value))
    return shown


def shorten_value(value: object) -> str:
    """Write a value for a sentence: as TOML, and not longer than a line."""
    shown = show_value(value)
    return shown if len(shown) <= MAX_SHOWN_LENGTH else f"{shown[: MAX_SHOWN_LENGTH - 1]}…"


def _show_table(table: Mapping[str, object]) -> str:
    pairs = ", ".join(f"{show_key(key)} = {show_value(item)}" for key, item in table.items() if item is not None)
    return f"{{ {pairs} }}" if pairs else "{}"


def _show_list(items: Iterable[object]) -> str:
    return f"[{', '.join(show_value(item) for item in items)}]"


def show_key(key: str) -> str:
    """Write a key as TOML does, in quotes where it needs them."""
    return key if key.isascii() and key.replace("-", "").replace("_", "").isalnum() else _show_text(key)


def _show_text(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)  # escapes as TOML does, all but what terminals may act on
    return quoted if quoted.isprintable() else "".join(_show_character(character) for character in quoted)


def _show_character(character: str) -> str:
    return character if character.isprintable() else f"\\U{ord(character):08x}"
