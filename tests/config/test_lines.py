import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gatepost.config.lines import MAX_DEPTH, KeyPath, locate_keys

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)
LEAVES = st.one_of(st.integers(-99, 99), st.booleans(), st.text("ab \"'\\#=[]{},.", max_size=8), st.floats(0, 1))
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
BREAKS = st.sampled_from(["", "\n", "  # why ] } not\n", "\r\n\t"])


def quote(text: str) -> str:
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08X}" for c in text) + '"'


def write(value: object, gap: str) -> str:
    """Write a value as TOML, with `gap` wherever a list may be broken."""
    if isinstance(value, list):
        return "[" + gap + ",".join(gap + write(item, gap) + gap for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quote(key)} = {write(item, '')}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return quote(value) if isinstance(value, str) else str(value)


def all_paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    pairs: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return [found for key, item in pairs for found in ((*path, key), *all_paths(item, (*path, key)))]


def test_every_kind_of_key_is_found_on_its_line() -> None:
    text = """\
a = 1
"quoted key" = '''
b = 2
'''
[t]  # a comment with [brackets]
x.y = { z = 1, w = ["]", '}'] }
when = 1979-05-27 07:32:00

[[t.rows]]
n = 1
[[t.rows]]
n = [
  10,
  20,
]
[t.rows.sub]
deep = "x" # end"""
    assert locate_keys(text) == {
        ("a",): 1,
        ("quoted key",): 2,
        ("t",): 5,
        ("t", "x"): 6,
        ("t", "x", "y"): 6,
        ("t", "x", "y", "z"): 6,
        ("t", "x", "y", "w"): 6,
        ("t", "x", "y", "w", 0): 6,
        ("t", "x", "y", "w", 1): 6,
        ("t", "when"): 7,
        ("t", "rows"): 9,
        ("t", "rows", 0): 9,
        ("t", "rows", 0, "n"): 10,
        ("t", "rows", 1): 11,
        ("t", "rows", 1, "n"): 12,
        ("t", "rows", 1, "n", 0): 13,
        ("t", "rows", 1, "n", 1): 14,
        ("t", "rows", 1, "sub"): 16,
        ("t", "rows", 1, "sub", "deep"): 17,
    }


@given(st.dictionaries(KEYS, VALUES, max_size=4), BREAKS)
def test_all_that_tomllib_reads_has_a_line(data: dict[str, object], gap: str) -> None:
    text = "".join(f"{gap}{quote(key)} = {write(value, gap)}\n" for key, value in data.items())
    read = tomllib.loads(text)
    assert set(locate_keys(text)) == set(all_paths(read))


@given(st.text(st.sampled_from("ab=.[]{}\"'\\#\n, 1"), max_size=60))
def test_a_text_that_is_no_toml_breaks_nothing(text: str) -> None:
    lines = locate_keys(text)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_endless_nesting_ends_the_walk() -> None:
    assert len(locate_keys("a = " + "[" * 5000)) <= MAX_DEPTH + 2


def test_escapes_in_keys_are_read_as_tomllib_reads_them() -> None:
    text = r'"\u00e9\t\"\\" = 1'
    assert set(locate_keys(text)) == {(key,) for key in tomllib.loads(text)}
