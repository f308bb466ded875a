"""Every text can be filled, in every language, and holds no slot that nobody fills."""

import random
import re
import tomllib
from importlib import resources

import pytest

from gatepost.learn.augment.slots import make_reader, make_slots
from gatepost.learn.augment.texts import LANGUAGES, fill, load_phrases


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_filled_to_the_end(language: str) -> None:
    dice = random.Random(1)
    slots = make_slots(language, "Oakline", "oakline.test", make_reader(language, dice), dice)
    phrases = load_phrases(language)
    texts = [*phrases.greetings, *phrases.closings, *phrases.footers]
    for topic in (*phrases.ham, *phrases.bad):
        texts += (*topic.subjects, *topic.lines, *topic.buttons)
    for text in texts:
        for _ in range(5):
            assert not re.search(r"[{}<>|]", fill(text, slots, dice).replace("]] | [[", "")), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_topics_of_all_files_of_a_language_are_read(language: str) -> None:
    folder = resources.files("gatepost.learn.augment")
    files = [file for file in folder.iterdir() if re.fullmatch(rf"{language}(_.*)?\.toml", file.name)]
    tables = [tomllib.loads(file.read_text("utf-8")) for file in files]
    phrases = load_phrases(language)
    assert len(phrases.ham) == sum(len(table.get("ham", ())) for table in tables)
    assert len(phrases.bad) == sum(len(table.get("bad", ())) for table in tables)
    first = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))["ham"][0]
    assert phrases.ham[0].subjects == tuple(first["subjects"])


def test_every_file_belongs_to_a_language() -> None:
    for file in resources.files("gatepost.learn.augment").iterdir():
        if file.name.endswith(".toml"):
            assert re.split(r"[_.]", file.name)[0] in LANGUAGES, file.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_honest_and_unwanted_mail(language: str) -> None:
    phrases = load_phrases(language)
    assert len(phrases.ham) >= 3
    assert phrases.bad
    assert all(topic.subjects and topic.lines and topic.buttons for topic in (*phrases.ham, *phrases.bad))


def test_the_same_dice_pick_the_same() -> None:
    picks = [fill("{a|b|c}{d|e|{f|g}}", {}, random.Random(7)) for _ in range(3)]
    assert len(set(picks)) == 1
