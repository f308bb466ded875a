"""The numbers differ by secret, by kind and by where one word ends; the same words give the same number."""

from gatepost.screen.lookups.contact_keys import ContactKeys

KEYS = ContactKeys(b"k" * 32)


def test_the_same_words_have_the_same_number() -> None:
    assert ContactKeys(b"k" * 32).pair("a@x.example", "b@y.example") == KEYS.pair("a@x.example", "b@y.example")


def test_another_installation_has_other_numbers() -> None:
    assert ContactKeys(b"l" * 32).reader("a@x.example") != KEYS.reader("a@x.example")


def test_kinds_and_ends_of_words_are_told_apart() -> None:
    numbers = [KEYS.pair("ab", "c"), KEYS.pair("a", "bc"), KEYS.name("ab", "c"), KEYS.sent("ab", "c")]
    numbers += [KEYS.reader("ab"), KEYS.organisation("ab"), KEYS.pair("1:", "a"), KEYS.pair("1", ":a")]
    assert len(set(numbers)) == len(numbers)


def test_a_number_fits_into_a_column_of_sqlite() -> None:
    numbers = [KEYS.reader(f"{number}\udcff") for number in range(200)]  # what no encoding holds, too
    assert all(-(2**63) <= number < 2**63 for number in numbers)
    assert min(numbers) < 0 < max(numbers)
