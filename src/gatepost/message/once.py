"""Values that are made when they are first asked for, and then kept.

functools.cached_property would do the same, but in Python 3.11 it takes a lock each time, and each mail asks for dozens
of such values. Here two threads that ask at the same moment may both make one; as it follows from the mail alone, it
does not matter whose is kept.
"""

from collections.abc import Callable
from functools import cache
from typing import Generic, Self, TypeVar, overload

Owner = TypeVar("Owner")
Value = TypeVar("Value")


class made_once(Generic[Owner, Value]):  # noqa: N801 - it is used as property is
    """Turn a method without arguments into a value that is made once; the class must have a `__dict__`."""

    def __init__(self, make: Callable[[Owner], Value]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: type[Owner]) -> Self: ...

    @overload
    def __get__(self, owner: Owner, kind: type[Owner] | None = None) -> Value: ...

    def __get__(self, owner: Owner | None, kind: type[Owner] | None = None) -> Value | Self:
        """Make the value; it then hides this descriptor, so that later reads cost what any attribute costs."""
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._make(owner)
        return value


def keep_with(owner: object, make: Callable[[Owner], Value]) -> Value:
    """Give what `make` makes of the owner: made once, and kept with it.

    For what is made of a thing by those who stand above it, so that its class cannot know of them.
    """
    kept: dict[str, Value] = owner.__dict__
    name = _name(make)
    if name not in kept:
        kept[name] = make(owner)  # type: ignore[arg-type]  # the owner is one
    return kept[name]


def give(owner: object, make: Callable[[Owner], Value], value: Value) -> None:
    """Keep with the owner what `make` need not make of it."""
    owner.__dict__[_name(make)] = value


@cache
def _name(make: Callable[[Owner], Value]) -> str:
    return f"{make.__module__}.{make.__qualname__}"
