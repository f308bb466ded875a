import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.origin.spf_macros import (
    MAX_EXPANSION_CHARS,
    MAX_NAME_CHARS,
    SpfPermError,
    expand_macros,
    expand_name,
    parse_domain_spec,
    parse_explanation,
    parse_macro_string,
    trim_name,
)

# The examples of RFC 7208 §7.4
VALUES = {
    "s": "strong-bad@email.example.com",
    "l": "strong-bad",
    "o": "email.example.com",
    "d": "email.example.com",
    "i": "192.0.2.3",
    "p": "mx.example.org",
    "v": "in-addr",
    "h": "mx.example.org",
    "c": "192.0.2.3",
    "r": "mx.receiver.example",
    "t": "1767322800",
}
MACRO_TEXTS = st.text(st.sampled_from("%{}slodiphvcrtSLZ0129r.-+,/_=a \x00é"), max_size=40)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{d000000002}", "example.com"),
        ("%{d99999999999999999999}", "email.example.com"),
        ("%{dr}", "com.example.email"),
        ("%{DR}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%%%_%-", "% %20"),
        ("From %{c} to %{r} at %{t}.", "From 192.0.2.3 to mx.receiver.example at 1767322800."),
    ],
)
def test_a_macro_becomes_what_the_standard_shows(text: str, expanded: str) -> None:
    assert expand_macros(parse_explanation(text), VALUES) == expanded


@pytest.mark.parametrize(
    "text", ["%", "%a", "%{", "%{d", "%{}", "%{x}", "%{d0}", "%{d00r}", "%{dx}", "%{d;}", "é", "\0"]
)
def test_a_malformed_macro_is_an_error_everywhere(text: str) -> None:
    for parse in (parse_explanation, parse_macro_string, parse_domain_spec):
        with pytest.raises(SpfPermError):
            parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "com", "com.", "a.b-", "a.-b", "a.123", "a.b c", "a..", "%{d}com", "a.b:8080", "%{c}.a.example", "%{t}"],
)
def test_a_domain_spec_that_ends_in_no_top_label_is_an_error(text: str) -> None:
    with pytest.raises(SpfPermError):
        parse_domain_spec(text)


@pytest.mark.parametrize("text", ["a.b", "a.b.", ".b", "a.1b", "a.1-2", "a/b:c.xn--zckzah", "x%{d}", "%%", "%{d}.com"])
def test_a_domain_spec_may_hold_any_visible_character_before_its_end(text: str) -> None:
    assert parse_domain_spec(text)


def test_a_long_name_loses_whole_labels_on_the_left() -> None:
    name = expand_name(parse_domain_spec("%{d}" * 20 + ".example.com"), VALUES)
    assert len(name) <= MAX_NAME_CHARS
    assert name.endswith(".example.com")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{'a' * 63}.example", f"{'a' * 63}.example"),
        (f"{'a' * 64}.example", ""),
        ("a..example", ""),
        (".example", ""),
        ("a.example.", "a.example"),
        (f"{'a' * 300}", ""),
        (f"{'a' * 300}.example", "example"),
        (f"b.{'a.' * 123}exampl", f"{'a.' * 123}exampl"),
        ("evil\\.example", ""),
        ("a\r\nb.example", ""),
        ("bücher.example", ""),
        ("", ""),
    ],
)
def test_only_names_that_the_dns_can_hold_are_asked_for(text: str, name: str) -> None:
    assert trim_name(text) == name


def test_a_local_part_outside_ascii_leads_to_no_name_even_when_escaped() -> None:
    values = VALUES | {"l": "jürgen"}
    assert expand_name(parse_domain_spec("%{L}.example.com"), values) == ""
    assert expand_name(parse_domain_spec("%{d}"), values) == "email.example.com"


def test_an_expansion_that_grows_without_measure_is_given_up() -> None:
    few = parse_explanation("%{s}" * 100)
    many = parse_explanation("%{s}" * 1_000)
    assert len(expand_macros(few, VALUES) or "") == 100 * len(VALUES["s"]) <= MAX_EXPANSION_CHARS
    assert expand_macros(many, VALUES) is None


@given(MACRO_TEXTS, st.text(max_size=300))
def test_any_text_gives_a_name_of_the_dns_or_the_one_error(text: str, value: str) -> None:
    try:
        parts = parse_domain_spec(text)
    except SpfPermError:
        return
    name = expand_name(parts, dict.fromkeys(VALUES, value))
    assert name == trim_name(name)
    assert len(name) <= MAX_NAME_CHARS
