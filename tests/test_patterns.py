"""The regular expressions of the house give the same answers under every Python that it runs on."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import gatepost

PARSER: Any = importlib.import_module("re._parser")
CODES: Any = importlib.import_module("re._constants")
MOVING = (
    CODES.MAX_REPEAT, CODES.MIN_REPEAT, CODES.POSSESSIVE_REPEAT, CODES.SUBPATTERN, CODES.ATOMIC_GROUP, CODES.BRANCH,
    CODES.ASSERT, CODES.ASSERT_NOT,
)  # fmt: skip
NOT_STARTED = ("gatepost.cli.__main__", "gatepost.store.migrations.env")
CANNOT_FAIL_HALFWAY = (  # what is read after the first characters fits always, if only to nothing
    r"\n[ \t][^\n]*+",
    r"[\t\n\f\r /]++|[^\t\n\f\r />][^\t\n\f\r />=]*+(?:",
    r"[\w.,&'+-]++ ?",
)


def find_patterns(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from find_patterns(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from find_patterns(one)


def list_patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in pkgutil.walk_packages(gatepost.__path__, "gatepost."):
        if module.name not in NOT_STARTED and ".versions." not in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                yield from ((f"{module.name}.{name}", pattern) for pattern in find_patterns(value))


def find_groups(tree: Any) -> Iterator[Any]:
    """Give what is repeated possessively or is atomic, wherever it stands in a parsed pattern."""
    for code, value in tree:
        if code is CODES.POSSESSIVE_REPEAT:
            yield value[2]
        elif code is CODES.ATOMIC_GROUP:
            yield value
        for inner in list_inner(code, value):
            yield from find_groups(inner)


def list_inner(code: Any, value: Any) -> list[Any]:
    if code in (CODES.MAX_REPEAT, CODES.MIN_REPEAT, CODES.POSSESSIVE_REPEAT):
        return [value[2]]
    if code is CODES.SUBPATTERN:
        return [value[3]]
    if code is CODES.BRANCH:
        return list(value[1])
    if code in (CODES.ASSERT, CODES.ASSERT_NOT):
        return [value[1]]
    return [value] if code is CODES.ATOMIC_GROUP else []


def may_stay_behind(group: Any) -> bool:
    """Say whether a repetition that fails may leave Python before 3.11.5 where it had read to.

    It goes back only at the next thing that is tried: so the last way must be one that never fits.
    """
    (code, value), *rest = group
    if not rest and code is CODES.BRANCH:
        return not ends_with_what_never_fits(value[1]) and any(map(has_moving_parts, value[1]))
    return has_moving_parts(group)


def ends_with_what_never_fits(ways: Any) -> bool:
    """Say whether the last way is (?!), which Python 3.12 and newer has a code of its own for."""
    (code, value), *rest = ways[-1]
    return not rest and (code is CODES.FAILURE or (code is CODES.ASSERT_NOT and not value[1]))


def has_moving_parts(tree: Any) -> bool:
    return any(code in MOVING for code, _ in tree[1:]) or any(
        has_moving_parts(inner) for code, value in tree for inner in list_inner(code, value)
    )


def is_suspect(pattern: re.Pattern[Any]) -> bool:
    flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    return any(may_stay_behind(group) for group in find_groups(PARSER.parse(pattern.pattern, flags)))


def read(pattern: re.Pattern[Any]) -> str:
    text = pattern.pattern
    return text.decode("latin-1") if isinstance(text, bytes) else str(text)


@pytest.mark.parametrize(
    ("pattern", "suspect"),
    [
        (r"(?:a|\([^)]*+\))*+", True),
        (r"(?:a|\([^)]*+\)|(?!))*+", False),
        (r"(?: ?[a-z]+)*+", True),
        (r"(?>\([^)]*\))", True),
        (r"(?:[^\"\\]|\\.)*+", False),
        (r"[a-z]*+\([^)]*\)", False),
        (r"(?:ab?c)*+", True),
    ],
)
def test_repetitions_that_may_stay_behind_are_known(pattern: str, *, suspect: bool) -> None:
    assert is_suspect(re.compile(pattern)) is suspect


def test_no_repetition_stays_where_a_failed_one_had_read_to() -> None:
    patterns = list(list_patterns())
    assert len(patterns) > 200
    suspect = [(name, read(pattern)) for name, pattern in patterns if is_suspect(pattern)]
    assert [name for name, text in suspect if not any(known in text for known in CANNOT_FAIL_HALFWAY)] == []
