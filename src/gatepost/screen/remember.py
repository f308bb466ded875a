"""Remember what pure functions tell of a host, and let nobody fill the memory with names that cannot exist.

Trust: the names come from a mail's author, who may write one of many thousand characters into every mail.
Fails: never.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple, cast

MAX_HOST_CHARS = 253  # of a name that the DNS can hold

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


def remember(max_count: int) -> Callable[[Callable[[str, *Ts], T]], Callable[[str, *Ts], T]]:
    """Keep the answers for the `max_count` hosts asked for last; of longer names than exist nothing is kept.

    >>> @remember(2)
    ... def count_dots(host: str) -> int:
    ...     return host.count(".")
    >>> count_dots("www.example.com")
    2
    """

    def decorate(function: Callable[[str, *Ts], T]) -> Callable[[str, *Ts], T]:
        keep = cast("Callable[[str, *Ts], T]", lru_cache(max_count)(function))

        @wraps(function)
        def ask(host: str, *rest: *Ts) -> T:
            return keep(host, *rest) if len(host) <= MAX_HOST_CHARS else function(host, *rest)

        return ask

    return decorate
