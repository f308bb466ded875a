"""What may be set and what it means, read from the structs that stand beside the code that uses them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from inspect import cleandoc

import msgspec
from msgspec import inspect

from gatepost.config.lines import KeyPath
from gatepost.config.values import show_value

ANY_TEXT = "a text"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as its struct declares it."""

    path: KeyPath
    says: str  # one sentence; the unit is named there
    allowed: str  # "a whole number from 1 to 3600"
    default: object  # msgspec.NODEFAULT where one must be given


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the file with the settings that stand directly in it."""

    header: str  # "[tls]", "[deliver.routes.NAME]", "[[decide.exceptions]]", "" before the first table
    says: str
    settings: tuple[Setting, ...]
    is_optional: bool  # may be left out or stand several times


@dataclass(frozen=True, slots=True)
class _Table:
    struct: inspect.StructType
    frame: str  # of the header, {} for the path
    is_optional: bool


def describe_sections(struct: type[msgspec.Struct]) -> Iterator[Section]:
    """Give the settings outside all tables, then each table, in the order in which they are declared."""
    info = inspect.type_info(struct)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{struct} is no struct")
    yield from _describe_table(_Table(info, "", is_optional=False), (), "")


def _describe_table(table: _Table, path: KeyPath, says: str) -> Iterator[Section]:
    inner = [(field, _table_of(field.type)) for field in table.struct.fields]
    settings = tuple(_describe_setting(field, path) for field, below in inner if below is None)
    header = table.frame.format(".".join(map(str, path)))
    yield Section(header, says or cleandoc(table.struct.cls.__doc__ or ""), settings, table.is_optional)
    for field, below in inner:
        if below is not None:
            yield from _describe_table(below, (*path, field.name), _says(field.type) if below.is_optional else "")


def _table_of(info: inspect.Type) -> _Table | None:
    """Give the table that a setting is made of, None for a plain value."""
    match _bare(info):
        case inspect.StructType() as struct:
            return _Table(struct, "[{}]", is_optional=False)
        case inspect.UnionType(types=(inspect.StructType() as struct, inspect.NoneType())):
            return _Table(struct, "[{}]", is_optional=True)
        case inspect.DictType(value_type=inspect.StructType() as struct):
            return _Table(struct, "[{}.NAME]", is_optional=True)
        case inspect.ListType(item_type=inspect.StructType() as struct):
            return _Table(struct, "[[{}]]", is_optional=True)
        case inspect.VarTupleType(item_type=inspect.StructType() as struct):
            return _Table(struct, "[[{}]]", is_optional=True)
        case _:
            return None


def _describe_setting(field: inspect.Field, path: KeyPath) -> Setting:
    default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
    return Setting((*path, field.name), _says(field.type), describe_type(field.type), default)


def _says(info: inspect.Type) -> str:
    extra = (info.extra_json_schema or {}) if isinstance(info, inspect.Metadata) else {}
    return str(extra.get("description", ""))


def _bare(info: inspect.Type) -> inspect.Type:
    return info.type if isinstance(info, inspect.Metadata) else info


@singledispatch
def describe_type(info: inspect.Type) -> str:
    """Say which values a setting may have.

    >>> from typing import Annotated
    >>> describe_type(inspect.type_info(Annotated[int, msgspec.Meta(ge=1, le=60)]))
    'a whole number from 1 to 60'
    """
    raise TypeError(f"a setting cannot be {info}")


@describe_type.register
def _(info: inspect.Metadata) -> str:
    examples = info.extra_json_schema.get("examples", ()) if info.extra_json_schema else ()
    such_as = f", such as {', '.join(show_value(example) for example in examples)}" if examples else ""
    return describe_type(info.type) + such_as


@describe_type.register
def _(_info: inspect.BoolType) -> str:
    return "true or false"


@describe_type.register
def _(info: inspect.StrType) -> str:
    return (
        f"{ANY_TEXT} that matches {info.pattern}"
        if info.pattern
        else f"{ANY_TEXT}{_describe_length(info, 'characters')}"
    )


@describe_type.register
def _(info: inspect.IntType) -> str:
    return f"a whole number{_describe_bounds(info)}"


@describe_type.register
def _(info: inspect.FloatType) -> str:
    return f"a number{_describe_bounds(info)}"


def _describe_bounds(info: inspect.IntType | inspect.FloatType) -> str:
    if info.gt is None and info.ge is not None and info.le is not None:
        return f" from {info.ge} to {info.le}"
    bounds = (("more than", info.gt), ("less than", info.lt), ("at least", info.ge), ("at most", info.le))
    words = " and ".join(f"{words} {bound}" for words, bound in bounds if bound is not None)
    return f" of {words}" if words else ""


@describe_type.register
def _(info: inspect.EnumType) -> str:
    return _describe_choices([member.value for member in info.cls])


@describe_type.register
def _(info: inspect.LiteralType) -> str:
    return _describe_choices(info.values)


def _describe_choices(values: list[object] | tuple[object, ...]) -> str:
    return f"one of {', '.join(show_value(value) for value in values)}"


@describe_type.register
def _(info: inspect.UnionType) -> str:
    return " or ".join(describe_type(one) for one in info.types if not isinstance(one, inspect.NoneType))


@describe_type.register
def _(info: inspect.StructType) -> str:
    return f"a table with {', '.join(field.name for field in info.fields)}"


@describe_type.register
def _(info: inspect.DictType) -> str:
    return f"a table whose values are each {describe_type(info.value_type)}"


@describe_type.register(inspect.ListType)
@describe_type.register(inspect.VarTupleType)
@describe_type.register(inspect.SetType)
@describe_type.register(inspect.FrozenSetType)
def _(info: inspect.ListType | inspect.VarTupleType | inspect.SetType | inspect.FrozenSetType) -> str:
    return f"a list{_describe_length(info, 'elements')}, each element {describe_type(info.item_type)}"


def _describe_length(info: inspect.Type, unit: str) -> str:
    match getattr(info, "min_length", None), getattr(info, "max_length", None):
        case ((None | 0), None):
            return ""
        case low, None:
            return f" of at least {low} {unit}"
        case ((None | 0), high):
            return f" of at most {high} {unit}"
        case low, high:
            return f" of {low} to {high} {unit}"
    return ""
