"""What is filled in belongs to the language, and readers are nobody."""

import random

from gatepost.learn.augment.slots import make_reader, make_slots


def test_readers_have_addresses_that_nobody_owns() -> None:
    for number in range(50):
        assert ".example." in make_reader("en", random.Random(number)).address


def test_dates_are_written_as_the_language_does() -> None:
    dice = random.Random(1)
    assert "月" in make_slots("zh", "华云", "a.test", make_reader("zh", dice), dice)["date"]
    assert "月" not in make_slots("de", "A", "a.test", make_reader("de", dice), dice)["date"]


def test_sums_are_written_as_the_language_does() -> None:
    for number in range(30):
        dice = random.Random(number)
        korean, polish = (
            make_slots(name, "A", "a.test", make_reader(name, dice), dice)["amount"] for name in ("ko", "pl")
        )
        assert "." not in korean
        assert korean.endswith("원") or korean.startswith("₩")
        assert polish.endswith((" zł", " PLN", " €")) or polish.startswith("€")
