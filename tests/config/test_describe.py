import enum
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta, inspect

from gatepost.config.describe import describe_sections, describe_type


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Row(msgspec.Struct, frozen=True):
    """One row."""

    name: Annotated[str, Meta(description="Its name.")]


class Tree(msgspec.Struct, frozen=True):
    """All of it."""

    count: Annotated[int, Meta(description="How many.", ge=0)] = 3
    rows: Annotated[tuple[Row, ...], Meta(description="Many rows.")] = ()
    by_name: Annotated[dict[str, Row], Meta(description="Rows by name.")] = msgspec.field(default_factory=dict)
    extra: Annotated[Row | None, Meta(description="Perhaps a row.")] = None
    row: Row = Row("x")


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (bool, "true or false"),
        (int, "a whole number"),
        (Annotated[int, Meta(ge=1)], "a whole number of at least 1"),
        (Annotated[float, Meta(gt=0, le=9)], "a number of more than 0 and at most 9"),
        (Annotated[float, Meta(lt=9)], "a number of less than 9"),
        (str, "a text"),
        (Annotated[str, Meta(min_length=1, max_length=9)], "a text of 1 to 9 characters"),
        (Annotated[str, Meta(min_length=1)], "a text of at least 1 characters"),
        (Annotated[str, Meta(pattern="^a")], "a text that matches ^a"),
        (Annotated[str, Meta(examples=["a", "b"])], 'a text, such as "a", "b"'),
        (Colour, 'one of "red", "blue"'),
        (Literal[1, 2], "one of 1, 2"),
        (str | None, "a text"),
        (Row, "a table with name"),
        (dict[str, int], "a table whose values are each a whole number"),
        (Annotated[tuple[str, ...], Meta(max_length=2)], "a list of at most 2 elements, each element a text"),
        (frozenset[bool], "a list, each element true or false"),
    ],
)
def test_what_is_allowed_is_said_in_words(hint: object, words: str) -> None:
    assert describe_type(inspect.type_info(hint)) == words


def test_a_type_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="a setting cannot be"):
        describe_type(inspect.type_info(bytes))


def test_each_table_becomes_a_section_with_the_header_that_the_file_needs() -> None:
    sections = list(describe_sections(Tree))
    assert [(section.header, section.says, section.is_optional) for section in sections] == [
        ("", "All of it.", False),
        ("[[rows]]", "Many rows.", True),
        ("[by_name.NAME]", "Rows by name.", True),
        ("[extra]", "Perhaps a row.", True),
        ("[row]", "One row.", False),
    ]
    (count,) = sections[0].settings
    assert (count.path, count.says, count.default) == (("count",), "How many.", 3)
    assert sections[1].settings[0].default is msgspec.NODEFAULT
