"""Walks over settings: every value that stands by itself, with its path."""

from collections.abc import Iterator, Mapping

import msgspec

from gatepost.config.lines import KeyPath


def walk_settings(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Give path and value of each single setting, down through tables and lists of tables."""
    children = list(_children(value))
    if not children:
        yield path, value
    for key, child in children:
        yield from walk_settings(child, (*path, key))


def _children(value: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(value, msgspec.Struct):
        yield from ((name, getattr(value, name)) for name in value.__struct_fields__)
    elif isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, tuple) and any(isinstance(item, msgspec.Struct) for item in value):
        yield from enumerate(value)
