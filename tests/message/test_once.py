from dataclasses import dataclass

from gatepost.message.once import give, keep_with, made_once


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


def count_letters(word: Word) -> list[int]:
    return [len(word.text)]


def test_what_others_make_of_a_thing_is_kept_with_it() -> None:
    word, other = Word("ab"), Word("abc")
    assert keep_with(word, count_letters) is keep_with(word, count_letters)
    assert (keep_with(word, count_letters), keep_with(other, count_letters)) == ([2], [3])


def test_what_is_given_need_not_be_made() -> None:
    word = Word("ab")
    give(word, count_letters, [7])
    assert keep_with(word, count_letters) == [7]
