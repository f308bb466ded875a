"""Holds what a settings file says against the structs that declare the settings; finds every mistake, not the first.

Trust: the values come from the administrator's file and flags.
Fails: never; each mistake is a value with its place and the remedy.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

from gatepost.config.describe import describe_type
from gatepost.config.lines import KeyPath
from gatepost.config.values import is_secret, shorten_value
from gatepost.model.errors import BadSettings

_NAMED = re.compile(r"(?P<name>\w+)(?:: (?P<says>.+)| cannot be )", re.DOTALL)
_ITEM_CONTAINERS = (list, tuple, set, frozenset)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where, and what follows the setting's name in the sentence that says so."""

    path: KeyPath
    says: str


def find_mistakes(value: object, hint: object, path: KeyPath = ()) -> Iterator[Mistake]:
    """Hold one value against the type that its setting is declared with."""
    bare = _unwrap(hint)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        inner = _find_in_table(value, bare, path)
    elif get_origin(bare) is dict:
        inner = _find_in_mapping(value, get_args(bare)[1], path)
    elif get_origin(bare) in _ITEM_CONTAINERS:
        inner = _find_in_list(value, get_args(bare)[0], path)
    else:
        inner = iter(())
    mistakes = list(inner)
    yield from mistakes or _find_in_whole(value, hint, path)


def _unwrap(hint: object) -> object:
    """Give the type without its bounds, and without the None that stands for not set."""
    if get_origin(hint) is Annotated:
        return _unwrap(get_args(hint)[0])
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    return choices[0] if get_origin(hint) is UnionType and len(choices) == 1 else hint


def _find_in_table(value: object, struct: type[msgspec.Struct], path: KeyPath) -> Iterator[Mistake]:
    if not isinstance(value, Mapping):
        return
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        if field.required and field.name not in value:
            yield Mistake((*path, field.name), f"is missing; it must be {_allowed(hints[field.name])}")
    for key, item in value.items():
        if key in hints:
            yield from find_mistakes(item, hints[key], (*path, key))
        else:
            yield Mistake((*path, key), "is not a setting" + _suggest(key, list(hints)))


def _suggest(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known here: {', '.join(known)}"


def _find_in_mapping(value: object, item_hint: object, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from find_mistakes(item, item_hint, (*path, key))


def _find_in_list(value: object, item_hint: object, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from find_mistakes(item, item_hint, (*path, index))


def _find_in_whole(value: object, hint: object, path: KeyPath) -> Iterator[Mistake]:
    try:
        msgspec.convert(value, hint)
    except BadSettings as error:
        yield _place_own_rule(error.public, value, path)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, ValueError):
            yield _place_own_rule(str(error.__cause__), value, path)
        else:
            shown = "(hidden)" if path and is_secret(path) else shorten_value(value)
            yield Mistake(path, f"cannot be {shown}; it must be {_allowed(hint)}")


def _place_own_rule(words: str, value: object, path: KeyPath) -> Mistake:
    """Tell a struct's own rule in its own words, at the setting of that struct with whose name they begin."""
    named = _NAMED.match(words)
    if named is None or not isinstance(value, Mapping) or named["name"] not in value:
        return Mistake(path, f"is wrong: {words}")
    says = f"is wrong: {named['says']}" if named["says"] else words[named.end("name") + 1 :]
    return Mistake((*path, named["name"]), says)


def _allowed(hint: object) -> str:
    return describe_type(inspect.type_info(hint))
