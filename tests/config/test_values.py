import enum
import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.config.values import MAX_SHOWN_LENGTH, is_secret, name_setting, shorten_value, show_value

PLAIN = st.recursive(
    st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4),
)  # fmt: skip


class Word(enum.StrEnum):
    YES = "yes"


class Pair(msgspec.Struct, frozen=True):
    left: int
    right: str | None = None


@given(PLAIN)
def test_a_value_is_written_as_toml_reads_it(value: object) -> None:
    shown = show_value(value)
    assert tomllib.loads(f"a = {shown}")["a"] == value
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Word.YES, '"yes"'), (Pair(1), "{ left = 1 }"), (frozenset({"b", "a"}), '["a", "b"]'), ({}, "{}")],
)
def test_values_of_our_own_types_are_written_as_toml(value: object, shown: str) -> None:
    assert show_value(value) == shown


def test_a_long_value_is_shortened() -> None:
    assert len(shorten_value("x" * 1000)) == MAX_SHOWN_LENGTH
    assert shorten_value("short") == '"short"'


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("state",), "state"),
        (("smtp", "listen"), "[smtp] listen"),
        (("smtp", "listen", 0), "[smtp] listen, element 1,"),
        (("deliver", "routes", "a.example", "upstream"), '[deliver.routes."a.example"] upstream'),
        (("decide", "exceptions", 1), "[decide] exceptions, element 2,"),
        (("decide", "exceptions", 1, "sender"), "[decide.exceptions#2] sender"),
        ((), "settings"),
    ],
)
def test_a_setting_is_named_as_the_file_shows_it(path: tuple[str | int, ...], name: str) -> None:
    assert name_setting(path) == name


def test_passwords_and_tokens_are_secret() -> None:
    assert is_secret(("api", "admin_password"))
    assert not is_secret(("smtp", "listen"))
