from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from gatepost.config.check import Mistake, find_mistakes
from gatepost.config.settings import Settings
from gatepost.model.errors import BadSettings


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, Meta(min_length=2)]
    allow_all: bool = False


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    idle_timeout_s: Annotated[int, Meta(ge=1, le=3600)] = 60
    low: int = 1
    high: int = 2
    api_token: Annotated[str, Meta(max_length=5)] = ""
    rows: tuple[Row, ...] = ()
    by_name: dict[str, Row] = {}
    limits: dict[str, Annotated[float, Meta(le=1)]] = {}
    other: Row | None = None

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("low must not be above high")
        if self.low == self.high:
            raise BadSettings("low and high must differ")
        if self.api_token == "a b":
            raise ValueError("api_token: spaces are not allowed")
        if self.api_token == "none":
            raise BadSettings("api_token cannot be none: it is a word")


def only(data: object) -> Mistake:
    (mistake,) = find_mistakes(data, Part)
    return mistake


def test_good_values_have_no_mistake() -> None:
    data = {"idle_timeout_s": 5, "rows": [{"name": "ab"}], "by_name": {"x": {"name": "cd"}}, "other": {"name": "ef"}}
    assert list(find_mistakes(data, Part)) == []


def test_an_unknown_key_is_told_with_the_nearest_known_one() -> None:
    assert only({"idle_timeut_s": 5}) == Mistake(("idle_timeut_s",), "is not a setting; did you mean idle_timeout_s?")


def test_an_unknown_key_that_resembles_none_is_told_with_all_known_ones() -> None:
    assert only({"zzzz": 5}).says.startswith("is not a setting; known here: idle_timeout_s, low,")


@pytest.mark.parametrize("value", [0, 3601, "60", 1.5, True, [], {}])
def test_a_value_out_of_bounds_or_of_another_type_is_told_with_what_is_allowed(value: object) -> None:
    mistake = only({"idle_timeout_s": value})
    assert mistake.path == ("idle_timeout_s",)
    assert mistake.says.endswith("; it must be a whole number from 1 to 3600")


def test_a_secret_is_never_repeated() -> None:
    assert only({"api_token": "hunter2hunter2"}).says.startswith("cannot be (hidden);")


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"rows": [{"name": "ab"}, {"name": "a"}]}, ("rows", 1, "name")),
        ({"rows": [{"name": "ab", "allow_al": True}]}, ("rows", 0, "allow_al")),
        ({"by_name": {"x": {"name": "a"}}}, ("by_name", "x", "name")),
        ({"limits": {"y": 2}}, ("limits", "y")),
        ({"other": {"name": 1}}, ("other", "name")),
        ({"other": {}}, ("other", "name")),
        ({"rows": 5}, ("rows",)),
        ({"rows": "ab"}, ("rows",)),
        ({"by_name": []}, ("by_name",)),
        ({"other": 7}, ("other",)),
        (5, ()),
    ],
)
def test_a_mistake_deep_inside_is_told_where_it_stands(data: object, path: tuple[object, ...]) -> None:
    assert only(data).path == path


def test_all_mistakes_are_found_at_once() -> None:
    data = {"low": "x", "nonsense": 1, "rows": [{}, {"name": 3}]}
    assert {mistake.path for mistake in find_mistakes(data, Part)} == {
        ("low",),
        ("nonsense",),
        ("rows", 0, "name"),
        ("rows", 1, "name"),
    }


@pytest.mark.parametrize(
    ("data", "says"),
    [({"low": 3}, "is wrong: low must not be above high"), ({"low": 2}, "is wrong: low and high must differ")],
)
def test_a_part_s_own_rule_is_told_in_its_own_words(data: object, says: str) -> None:
    assert only(data) == Mistake((), says)


@pytest.mark.parametrize(
    ("token", "says"),
    [("a b", "is wrong: spaces are not allowed"), ("none", "cannot be none: it is a word")],
)
def test_a_part_s_own_rule_about_one_setting_is_told_at_that_setting(token: str, says: str) -> None:
    assert only({"low": 0, "api_token": token}) == Mistake(("api_token",), says)


NAMES = st.sampled_from([*Settings.__struct_fields__, "listen", "domains", "exceptions", "name", "routes", "x"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.text(max_size=4) | st.booleans() | st.floats() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_data_is_good_exactly_when_it_makes_settings(data: dict[str, Any]) -> None:
    try:
        msgspec.convert(data, Settings)
        is_good = True
    except (msgspec.ValidationError, BadSettings):
        is_good = False
    assert is_good is not any(find_mistakes(data, Settings))
