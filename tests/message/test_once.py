from dataclasses import dataclass

from gatepost.message.once import made_once


@dataclass(frozen=True)
class Word:
    text: str

    @made_once
    def letters(self) -> list[str]:
        """Give the letters."""
        return list(self.text)


def test_a_value_is_made_once_and_then_kept() -> None:
    word = Word("ab")
    assert word.letters is word.letters
    assert word.letters == ["a", "b"]


def test_each_owner_has_a_value_of_its_own() -> None:
    assert (Word("a").letters, Word("b").letters) == (["a"], ["b"])


def test_the_class_shows_what_is_made_and_how() -> None:
    assert Word.letters.__doc__ == "Give the letters."
